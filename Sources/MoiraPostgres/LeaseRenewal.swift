internal import MoiraRuntime
import Synchronization

/// Renews a lease until it is lost, given back, or nobody uses the store any more.
final class LeaseRenewal: Sendable {
  private let task = Mutex<Task<Void, Never>?>(nil)

  deinit { stop() }

  /// - Parameter moment: when the lease was asked for: it lasts from then on at least.
  func start(_ database: Database, _ token: Int64, from moment: ContinuousClock.Instant) {
    let round = Round(
      keeper: database.keeper, fence: database.fence, length: database.leaseLength, token: token)
    let new = Task { await round.run(from: moment) }
    task.withLock { old in
      old?.cancel()
      old = new
    }
  }

  func stop() {
    task.withLock { old in
      old?.cancel()
      old = nil
    }
  }
}

/// What the renewing needs; not the database, which ends it.
private struct Round: Sendable {
  let keeper: Session
  let fence: WriteFence
  let length: Duration
  let token: Int64

  /// - Parameter moment: when the lease was renewed last.
  func run(from moment: ContinuousClock.Instant) async {
    var renewed = moment
    while fence.isHolding(token) {
      do { try await Task.sleep(for: length / 3) } catch { return }
      let began = ContinuousClock.now
      if await renew(until: renewed + length) {
        renewed = began
      } else if ContinuousClock.now > renewed + length {
        fence.shut(token, .notRenewed)
      }
    }
  }

  /// Renewing twice does no harm. A process that was stopped for long tries once all the same: if
  /// nobody took the lease, it still has it.
  ///
  /// - Returns: whether it is renewed. If another has it, the fence says so afterwards.
  private func renew(until end: ContinuousClock.Instant) async -> Bool {
    let (token, length) = (token, length)
    do {
      let holder: String?? = try await keeper.repeatable(patience: end - .now) { connection in
        try connection.renewLease(token, for: length) ? nil : .some(try connection.leaseHolder())
      }
      if let holder { fence.shut(token, .taken(by: holder)) }
      return holder == nil
    } catch {
      return false
    }
  }
}
