public import MoiraModel
internal import MoiraPlan
public import MoiraRelay

/// How an agent reaches another one past the hub.
public protocol DirectDialer: Sendable {
  /// Connects, writes what goes out and hands in what comes, until the connection ends.
  ///
  /// - Parameters:
  ///   - party: who must be at the other end, by its certificate.
  ///   - linked: called once, when the other end has let this one in.
  /// - Throws: why it ended, and soon when nobody answers; `CancellationError` when cancelled.
  func connect(
    _ address: String, to party: PartyID, outgoing: OutgoingMessages<AgentMessage>,
    linked: @escaping @Sendable () async -> Void,
    incoming: @escaping @Sendable (AgentMessage) async -> Void
  ) async throws
}

/// The links between this agent and others, past the hub.
struct DirectLinks {
  /// To each party that was dialled: letters go there.
  var outgoing: [PartyID: OutgoingMessages<AgentMessage>] = [:]
  /// From each party that has dialled: receipts for its letters go there.
  var incoming: [PartyID: OutgoingMessages<AgentMessage>] = [:]
  /// Parties that could not be reached; they are not tried again for the same job.
  var unreachable: [JobID: Set<PartyID>] = [:]
}

extension AgentJob {
  /// Whether its letters may go past the hub.
  var isDirect: Bool { proposal.plan.service?.direct == true }
}

extension AgentService {
  // MARK: Dialling

  /// Dials the holder of a lane's other end, if the job wants that and it can be dialled.
  ///
  /// Letters wait for the link while it is being dialled. What it loses when it ends, or does not come
  /// about, goes through the hub at once; a lane that stalls on it is said again there too.
  func dial(_ address: LaneAddress, in job: AgentJob) {
    guard job.isDirect, let dialer = directDialer,
      let holder = job.holders[address.to], holder != site.party,
      let place = job.proposal.addresses[holder], direct.outgoing[holder] == nil,
      direct.unreachable[address.job]?.contains(holder) != true
    else { return }
    let link = OutgoingMessages<AgentMessage>()
    direct.outgoing[holder] = link
    Task {
      var failure: Failure?
      do {
        try await dialer.connect(place, to: holder, outgoing: link) {
          await self.site.record(.linked(holder))
        } incoming: {
          await self.receiveReceipt($0, from: holder)
        }
      } catch {
        failure = error as? Failure
      }
      await hangUp(link, to: holder, for: address.job, failure)
    }
  }

  private func hangUp(
    _ link: OutgoingMessages<AgentMessage>, to party: PartyID, for job: JobID, _ failure: Failure?
  ) async {
    link.end()
    if direct.outgoing[party] === link { direct.outgoing[party] = nil }
    if failure != nil, proposals[job] != nil {
      direct.unreachable[job, default: []].insert(party)
    }
    post(machine.lanes.again { proposals[$0.job]?.holders[$0.to] == party })
    await site.record(.unlinked(party, failure))
  }

  private func receiveReceipt(_ message: AgentMessage, from party: PartyID) {
    guard case .receipt(let receipt) = message,
      proposals[receipt.address.job]?.holders[receipt.address.to] == party
    else { return }
    carryOut(machine.handle(.received(.receipt(receipt))))
    lanes.wakeSenders(machine.lanes)
  }

  /// Where a lane's letters go: the link to its receiver, or the hub.
  func way(_ address: LaneAddress) -> OutgoingMessages<AgentMessage>? {
    guard let job = proposals[address.job], job.isDirect, let holder = job.holders[address.to],
      let link = direct.outgoing[holder]
    else { return outgoing }
    return link
  }

  /// Ends the links that no job needs any more.
  func endLinks(of job: JobID) {
    direct.unreachable[job] = nil
    let needed = proposals.values.filter(\.isDirect).flatMap(\.holders.values)
    for (party, link) in direct.outgoing where !needed.contains(party) {
      direct.outgoing[party] = nil
      link.end()
    }
  }

  // MARK: Being dialled

  /// Takes in a letter of a party that has dialled this agent.
  ///
  /// - Parameters:
  ///   - party: as the certificate of the connection names it.
  ///   - link: where receipts go.
  public func takeDirect(
    _ message: AgentMessage, from party: PartyID, link: OutgoingMessages<AgentMessage>
  ) async {
    guard case .letter(let letter) = message else { return }
    let address = letter.address
    guard let job = try? await agreed(address.job) else {
      return refuse(.withoutConsent(address.job))
    }
    guard job.holders[address.from] == party else { return refuse(.forgedSender(address)) }
    guard job.isDirect, job.holders[address.to] == site.party else {
      return refuse(.misrouted(address.job))
    }
    direct.incoming[party] = link
    take(letter)
  }

  /// The party that had dialled is gone; its lanes go through the hub.
  public func endDirect(_ link: OutgoingMessages<AgentMessage>) {
    link.end()
    direct.incoming = direct.incoming.filter { $0.value !== link }
  }

  /// Where receipts of a lane go: the way that the letters come.
  func wayBack(_ address: LaneAddress) -> OutgoingMessages<AgentMessage>? {
    guard let job = proposals[address.job], job.isDirect, let holder = job.holders[address.from],
      let link = direct.incoming[holder]
    else { return outgoing }
    return link
  }
}
