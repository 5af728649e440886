public import MoiraModel
internal import MoiraPlan
public import MoiraRelay

/// How an agent reaches another one past the hub.
public protocol DirectDialer: Sendable {
  /// Connects, writes what goes out and hands in what comes, until the connection ends.
  ///
  /// - Parameter party: who must be at the other end, by its certificate.
  /// - Throws: why it ended; `CancellationError` when cancelled.
  func connect(
    _ address: String, to party: PartyID, outgoing: OutgoingMessages<AgentMessage>,
    incoming: @escaping @Sendable (AgentMessage) async -> Void
  ) async throws
}

/// The links between this agent and others, past the hub.
struct DirectLinks {
  /// To each party that was dialled: letters go there.
  var outgoing: [PartyID: OutgoingMessages<AgentMessage>] = [:]
  /// From whoever dialled: receipts for these lanes go there.
  var incoming: [LaneAddress: OutgoingMessages<AgentMessage>] = [:]
  /// Parties that could not be reached; they are not tried again for the same job.
  var unreachable: Set<PartyID> = []
}

extension AgentService {
  /// Dials the holder of a lane's other end, if the job wants that and it can be dialled.
  ///
  /// What a link loses when it ends goes through the hub: a lane that stalls is said again there.
  func dial(_ address: LaneAddress, in job: AgentJob) {
    guard job.proposal.plan.service?.direct == true, let dialer = directDialer,
      let holder = job.holders[address.to], holder != site.party,
      let place = job.proposal.addresses[holder], direct.outgoing[holder] == nil,
      !direct.unreachable.contains(holder)
    else { return }
    let link = OutgoingMessages<AgentMessage>()
    direct.outgoing[holder] = link
    Task {
      do {
        try await dialer.connect(place, to: holder, outgoing: link) { message in
          await self.receiveReceipt(message, from: holder)
        }
        hangUp(holder, failure: nil)
      } catch {
        hangUp(holder, failure: error)
      }
    }
  }

  private func hangUp(_ party: PartyID, failure: (any Error)?) {
    direct.outgoing.removeValue(forKey: party)?.end()
    if failure != nil { direct.unreachable.insert(party) }
    carryOut(machine.handle(.tick))
  }

  private func receiveReceipt(_ message: AgentMessage, from party: PartyID) {
    guard case .receipt(let receipt) = message,
      proposals[receipt.address.job]?.holders[receipt.address.to] == party
    else { return }
    carryOut(machine.handle(.received(.receipt(receipt))))
    lanes.wakeSenders(machine.lanes)
    if receipt.next == 0 { sayAgainSoon(receipt.address) }
  }

  /// Past the hub a letter may come before the order that begins its part, and is not let in.
  private func sayAgainSoon(_ address: LaneAddress) {
    Task {
      try? await clock.sleep(until: clock.now() + .milliseconds(20))
      post(machine.lanes.again(address))
    }
  }

  /// Takes in a letter of a party that has dialled this agent.
  ///
  /// - Parameter party: as the certificate of the connection names it.
  /// - Parameter link: where receipts go.
  public func takeDirect(
    _ message: AgentMessage, from party: PartyID, link: OutgoingMessages<AgentMessage>
  ) async {
    guard case .letter(let letter) = message else { return }
    let address = letter.address
    guard let job = try? await agreed(address.job), job.holders[address.from] == party else {
      return refuse(.forgedSender(address))
    }
    direct.incoming[address] = link
    take(letter)
  }

  /// The party that had dialled is gone; its lanes go through the hub.
  public func endDirect(_ link: OutgoingMessages<AgentMessage>) {
    link.end()
    direct.incoming = direct.incoming.filter { $0.value !== link }
  }
}
