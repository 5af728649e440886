internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
public import MoiraModel
public import MoiraRelay
public import MoiraRuntime

/// An agent's end of the streams of other parties.
struct DirectService: Moira_V1_Direct.SimpleServiceProtocol {
  let agent: AgentService
  let trust: MemberTrust
  let log: HubLog

  func exchange(
    request: RPCAsyncSequence<Moira_V1_AgentFrame, any Error>,
    response: RPCWriter<Moira_V1_AgentFrame>, context: ServerContext
  ) async throws {
    try await refusing(log, from: "a party") {
      let member = try PeerIdentity.member(of: context, trust)
      try member.expected(.party)
      let link = OutgoingMessages<AgentMessage>()
      let writing = Task {
        try? await link.drain { try await response.write(Moira_V1_AgentFrame($0)) }
      }
      defer { writing.cancel() }
      do {
        for try await frame in request {
          try trust.check(member)
          await agent.takeDirect(try frame.message(), from: member.id, link: link)
        }
      } catch is RPCError {
        // The other party has gone.
      }
      await agent.endDirect(link)
    }
  }
}

/// Serves other parties past the hub.
public struct DirectServer: Sendable {
  private let agent: AgentService
  private let trust: MemberTrust
  private let address: HubAddress

  public init(_ agent: AgentService, trust: MemberTrust, listening address: HubAddress) {
    self.agent = agent
    self.trust = trust
    self.address = address
  }

  /// Serves until cancelled.
  ///
  /// - Throws: `address-taken`.
  public func run() async throws {
    let log = HubLog(label: "moira.direct")
    try await WireServer(
      [DirectService(agent: agent, trust: trust, log: log)], trust, address,
      door: ConnectionDoor(ConnectionBounds()) { log.refusedAtDoor($0) }
    ).run { _ in }
  }
}

/// Dials other parties past the hub.
public struct WireDirectDialer: DirectDialer {
  private let trust: MemberTrust

  public init(trust: MemberTrust) { self.trust = trust }

  public func connect(
    _ address: String, to party: PartyID, outgoing: OutgoingMessages<AgentMessage>,
    incoming: @escaping @Sendable (AgentMessage) async -> Void
  ) async throws {
    guard let place = HubAddress(address) else {
      throw Failure("hub-address", "a party's address must be HOST:PORT, but is '\(address)'")
    }
    try await HubChannel(place, trust, .party, party).call { client in
      try await Moira_V1_Direct.Client(wrapping: client).exchange(
        requestProducer: { writer in
          try await outgoing.drain { try await writer.write(Moira_V1_AgentFrame($0)) }
        },
        onResponse: { response in
          for try await frame in response.messages { await incoming(try frame.message()) }
          outgoing.end()
        })
    }
  }
}
