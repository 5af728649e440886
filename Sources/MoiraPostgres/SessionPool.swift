import Synchronization

/// A few sessions for all callers; who finds none free waits in the order of coming.
final class SessionPool: Sendable {
  private struct State {
    var free: [Session]
    var waiting: [CheckedContinuation<Session, Never>] = []
  }

  private let state: Mutex<State>

  init(_ sessions: [Session]) { state = Mutex(State(free: sessions)) }

  func use<Value: Sendable>(
    _ body: (Session) async throws -> Value
  ) async throws -> Value {
    let session = await take()
    defer { put(session) }
    return try await body(session)
  }

  private func take() async -> Session {
    await withCheckedContinuation { continuation in
      let session: Session? = state.withLock { state in
        if let session = state.free.popLast() { return session }
        state.waiting.append(continuation)
        return nil
      }
      if let session { continuation.resume(returning: session) }
    }
  }

  private func put(_ session: Session) {
    let next: CheckedContinuation<Session, Never>? = state.withLock { state in
      if !state.waiting.isEmpty { return state.waiting.removeFirst() }
      state.free.append(session)
      return nil
    }
    next?.resume(returning: session)
  }
}
