internal import MoiraModel
public import MoiraRelay

/// How an agent reaches its hub.
public protocol HubDialer: Sendable {
  /// Connects, says hello, writes what goes out and hands in what comes, until the connection ends.
  ///
  /// - Throws: why it ended; `CancellationError` when cancelled.
  func connect(
    _ hello: Hello, outgoing: OutgoingMessages<AgentMessage>,
    incoming: @escaping @Sendable (HubMessage) async -> Void
  ) async throws
}
