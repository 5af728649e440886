internal import MoiraModel
public import MoiraRelay
public import MoiraRuntime
import Synchronization

/// Connects an agent to a hub in the same process; can be cut, and be led to another hub.
public final class MemoryDialer: HubDialer {
  private struct State {
    var hub: HubService?
    var live: HubService.Connection?
  }

  private let member: HubMember
  private let state: Mutex<State>
  private let seen: @Sendable (AgentMessage) -> Void

  /// - Parameters:
  ///   - member: as a certificate would name the party.
  ///   - seen: told everything that the agent says.
  public init(
    _ member: HubMember, to hub: HubService?,
    seen: @escaping @Sendable (AgentMessage) -> Void = { _ in }
  ) {
    self.member = member
    self.seen = seen
    state = Mutex(State(hub: hub))
  }

  /// Where the agent comes to when it dials next; nil for nowhere.
  public func lead(to hub: HubService?) { state.withLock { $0.hub = hub } }

  /// Cuts the connection; what is under way is lost.
  public func cut() { state.withLock { $0.live }?.outgoing.end() }

  public func connect(
    _ hello: Hello, outgoing: OutgoingMessages<AgentMessage>,
    incoming: @escaping @Sendable (HubMessage) async -> Void
  ) async throws {
    guard let hub = state.withLock({ $0.hub }) else {
      throw Failure("hub-unreachable", "there is no hub", isTransient: true)
    }
    let connection = try await hub.connect(member, hello)
    state.withLock { $0.live = connection }
    let writing = Task { [seen] in
      try? await outgoing.drain { messages in
        for message in messages {
          seen(message)
          await hub.receive(message, session: connection.session)
        }
      }
      // The agent has nothing more to say on this connection.
      await hub.disconnect(connection.session)
    }
    try? await connection.outgoing.drain { for message in $0 { await incoming(message) } }
    writing.cancel()
    await hub.disconnect(connection.session)
  }
}
