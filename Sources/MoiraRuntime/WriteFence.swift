public import MoiraModel
import Synchronization

/// Whether a store of this process may write, and who waits for the moment from which it may not.
///
/// A store that never asked for the lease writes without one. One that asked writes only while it has
/// the lease.
public final class WriteFence: Sendable {
  /// Why a store that asked for the lease may not write.
  public enum Lack: Hashable, Sendable {
    /// Another process had it when this one asked.
    case notGiven
    /// Another process took it; with what that one calls itself, if it is known.
    case taken(by: String?)
    /// The store could not be reached for longer than the lease lasts.
    case notRenewed
    case givenBack
  }

  private enum Side {
    case unasked
    case holding(token: Int64)
    case shut(Lack)
  }

  private struct State {
    var side = Side.unasked
    var waiters: [Int: AsyncStream<Never>.Continuation] = [:]
    var count = 0

    func holds(_ token: Int64) -> Bool {
      if case .holding(token) = side { true } else { false }
    }
  }

  /// The store, as a message names it.
  private let place: String
  private let state = Mutex(State())

  public init(of place: String) { self.place = place }

  /// The token that a write must prove; nil for a store that never asked for the lease.
  ///
  /// - Throws: `lease-lost`.
  public func token() throws(Failure) -> Int64? {
    switch state.withLock({ $0.side }) {
    case .unasked: return nil
    case .holding(let token): return token
    case .shut(let lack): throw failure(lack)
    }
  }

  /// The store got the lease; one that it had before is lost.
  public func hold(_ token: Int64) { turn(to: .holding(token: token)) { _ in true } }

  /// The store asked for the lease and did not get it. What it has it keeps.
  public func deny() {
    state.withLock { state in
      if case .holding = state.side { return }
      state.side = .shut(.notGiven)
    }
  }

  /// The lease of this token is lost. Nothing happens if the store has a newer one.
  public func shut(_ token: Int64, _ lack: Lack) {
    turn(to: .shut(lack)) { $0.holds(token) }
  }

  public func isHolding(_ token: Int64) -> Bool {
    state.withLock { $0.holds(token) }
  }

  /// Returns when the lease of this token is lost.
  ///
  /// - Throws: `CancellationError`.
  public func lost(_ token: Int64) async throws {
    let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
    let number: Int? = state.withLock { state in
      guard state.holds(token) else { return nil }
      state.count += 1
      state.waiters[state.count] = continuation
      return state.count
    }
    guard let number else { return }
    for await _ in stream {}
    state.withLock { $0.waiters[number] = nil }
    try Task.checkCancellation()
  }

  private func turn(to side: Side, if isDue: (State) -> Bool) {
    let waiters: [AsyncStream<Never>.Continuation] = state.withLock { state in
      guard isDue(state) else { return [] }
      state.side = side
      defer { state.waiters = [:] }
      return state.waiters.values.map(\.self)
    }
    for waiter in waiters { waiter.finish() }
  }

  // MARK: Words

  public func failure(_ lack: Lack) -> Failure {
    let fact =
      switch lack {
      case .notGiven: "another process has it"
      case .taken(let holder?): "'\(holder)' has taken it over"
      case .taken(nil): "another process has taken it over"
      case .notRenewed: "it could not be renewed in time"
      case .givenBack: "this process gave it back"
      }
    return Failure(
      "lease-lost", "writing to \(place) needs its lease, but \(fact)",
      hint: "start this process again: it waits until the lease is free")
  }
}
