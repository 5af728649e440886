public import MoiraModel
public import MoiraRuntime
import Synchronization

/// A clock that stands still until it is told to go on.
public final class ManualClock: WallClock {
  private struct Sleeper {
    let number: Int
    let moment: Instant
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var now: Instant
    var made = 0
    var sleepers: [Sleeper] = []
    /// Cancelled before they could lie down.
    var cancelled: Set<Int> = []
    var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

    /// Those who wait for as many sleepers as there are now.
    mutating func satisfiedWatchers() -> [CheckedContinuation<Void, Never>] {
      let done = watchers.filter { $0.count <= sleepers.count }.map(\.continuation)
      watchers.removeAll { $0.count <= sleepers.count }
      return done
    }
  }

  private let state: Mutex<State>

  public init(_ start: Instant = Instant(milliseconds: 0)) { state = Mutex(State(now: start)) }

  public func now() -> Instant { state.withLock { $0.now } }

  /// When each of those who sleep is to be woken, the earliest first.
  public var alarms: [Instant] { state.withLock { $0.sleepers.map(\.moment).sorted() } }

  /// Goes on, and wakes those whose moment has come, the earliest first.
  public func advance(by wait: Duration) {
    let woken = state.withLock { state in
      state.now = state.now + wait
      let woken = state.sleepers.filter { $0.moment <= state.now }
      state.sleepers.removeAll { $0.moment <= state.now }
      return woken
    }
    for sleeper in woken.sorted(by: { ($0.moment, $0.number) < ($1.moment, $1.number) }) {
      sleeper.continuation.resume()
    }
  }

  /// Goes on to the moment of whoever is to be woken first; does nothing when nobody sleeps.
  public func advanceToNextAlarm() {
    guard let next = alarms.first else { return }
    advance(by: max(next - now(), .zero))
  }

  /// Returns as soon as so many sleep.
  public func sleepers(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let ready = state.withLock { state in
        state.watchers.append((count, continuation))
        return state.satisfiedWatchers()
      }
      for watcher in ready { watcher.resume() }
    }
  }

  public func sleep(until moment: Instant) async throws {
    let number = state.withLock { state in
      state.made += 1
      return state.made
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        lieDown(Sleeper(number: number, moment: moment, continuation: continuation))
      }
    } onCancel: {
      cancel(number)
    }
  }

  private func lieDown(_ sleeper: Sleeper) {
    enum Fate {
      case sleeps([CheckedContinuation<Void, Never>])
      case wakes, isCancelled
    }
    let fate: Fate = state.withLock { state in
      if state.cancelled.remove(sleeper.number) != nil { return .isCancelled }
      if sleeper.moment <= state.now { return .wakes }
      state.sleepers.append(sleeper)
      return .sleeps(state.satisfiedWatchers())
    }
    switch fate {
    case .sleeps(let watchers): for watcher in watchers { watcher.resume() }
    case .wakes: sleeper.continuation.resume()
    case .isCancelled: sleeper.continuation.resume(throwing: CancellationError())
    }
  }

  private func cancel(_ number: Int) {
    let sleeper: Sleeper? = state.withLock { state in
      guard let place = state.sleepers.firstIndex(where: { $0.number == number }) else {
        state.cancelled.insert(number)
        return nil
      }
      return state.sleepers.remove(at: place)
    }
    sleeper?.continuation.resume(throwing: CancellationError())
  }
}
