internal import MoiraModel

/// Does something, or throws the failure if it takes longer.
func within<Value: Sendable>(
  _ wait: Duration, orThrow failure: Failure,
  _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value.self) { group in
    group.addTask { try await body() }
    group.addTask {
      try await Task.sleep(for: wait)
      throw failure
    }
    defer { group.cancelAll() }
    guard let value = try await group.next() else { throw failure }
    return value
  }
}
