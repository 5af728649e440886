internal import MoiraCrypto
internal import MoiraModel
internal import MoiraPlan
internal import MoiraRelay
internal import MoiraSchedule

/// How a job of the hub's reaches one seat: through the connection of the party that holds it.
struct HubLink: PartyLink {
  let hub: HubService
  let seat: RolePlayer
  let job: JobID
  let key: IdentityPublicKey

  func identity() -> IdentityPublicKey { key }

  /// Reports come past the link: the hub keeps them before they are noted.
  func run(
    _ order: PartOrder, report: @escaping @Sendable (PartReport) -> Void
  ) async throws(Failure) -> PartOutcome {
    switch await hub.run(start(order), at: seat.registered, wait: wait(order)) {
    case .succeeded(let outputs, let absent): return PartOutcome(outputs: outputs, absent: absent)
    case .lost: throw Failure.partLost()
    case .failed(let failure):
      throw failure.attributed(to: order.task.id, attempt: order.attempt, party: seat.party)
    }
  }

  func fingerprint(_ order: PartOrder) async throws(Failure) -> String? {
    let answer = await hub.ask(
      .fingerprint(start(order)), of: seat.registered, wait: wait(order))
    switch answer {
    case .fingerprint(let text): return text
    case .failed(let failure): throw failure
    default: throw Failure("protocol-violation", "'\(seat.registered)' answered another question")
    }
  }

  func holds(_ hashes: [ContentHash]) async -> Bool {
    let answer = await hub.ask(
      .holds(job, seat: seat.party, hashes), of: seat.registered, wait: .seconds(10))
    return answer == .holds(true)
  }

  func end(_ part: PartKey, of job: JobID) -> Bool {
    Task { await hub.withdraw(OrderKey(part, of: job)) }
    return true
  }

  private func start(_ order: PartOrder) -> StartOrder {
    StartOrder(
      key: OrderKey(order.key, of: order.job), inputs: order.inputs,
      absent: order.absent ?? [])
  }

  private func wait(_ order: PartOrder) -> Duration {
    Duration(planned: order.task.policy.waitForParty ?? PlannedPolicy.usualWait)
  }
}
