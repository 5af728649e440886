import MoiraModel
import MoiraRelay
import MoiraRuntime

/// A hub that says what a test lets it say, in place of one that keeps the rules.
struct LyingHub: HubDialer {
  /// What it says first, what to each message, and whether that is all.
  let first: [HubMessage]
  let react: @Sendable (AgentMessage) async -> (say: [HubMessage], isOver: Bool)

  func connect(
    _ hello: Hello, outgoing: OutgoingMessages<AgentMessage>,
    incoming: @escaping @Sendable (HubMessage) async -> Void
  ) async throws {
    await incoming(.welcome(Welcome(patience: .seconds(30), revocations: [])))
    for message in first { await incoming(message) }
    try await outgoing.drain { messages in
      for message in messages {
        let (answers, isOver) = await react(message)
        for answer in answers { await incoming(answer) }
        if isOver { throw Failure("enough", "enough") }
      }
    }
  }

  /// Runs an agent against it until it has nothing more to say.
  func deceive(_ agent: AgentService) async {
    await withTaskGroup(of: Void.self) { group in
      let (over, end) = AsyncStream.makeStream(of: Void.self)
      let once = Once(hub: self) { end.finish() }
      group.addTask { try? await agent.run(dialling: once) }
      for await _ in over {}
      group.cancelAll()
    }
  }
}

/// One connection, and no second one.
private struct Once: HubDialer {
  let hub: LyingHub
  let over: @Sendable () -> Void

  func connect(
    _ hello: Hello, outgoing: OutgoingMessages<AgentMessage>,
    incoming: @escaping @Sendable (HubMessage) async -> Void
  ) async throws {
    try? await hub.connect(hello, outgoing: outgoing, incoming: incoming)
    over()
    throw CancellationError()
  }
}
