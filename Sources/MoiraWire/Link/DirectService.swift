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
        try? await link.drain { messages in
          try await response.write(contentsOf: messages.map { Moira_V1_AgentFrame($0) })
        }
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
  /// - Parameter ready: called once with the port.
  /// - Throws: `address-taken`.
  public func run(_ ready: @Sendable (Int) async -> Void) async throws {
    let log = HubLog(label: "moira.direct")
    trust.whenRefusing { log.refusedAtDoor($0) }
    try await WireServer(
      [DirectService(agent: agent, trust: trust, log: log)], trust, address,
      door: ConnectionDoor(ConnectionBounds()) { log.refusedAtDoor($0) }
    ).run(ready)
  }
}

/// Dials other parties past the hub.
public struct WireDirectDialer: DirectDialer {
  private let trust: MemberTrust
  private let patience: Duration

  /// - Parameter patience: how long a party has to let this one in: letters wait meanwhile.
  public init(trust: MemberTrust, patience: Duration = .seconds(5)) {
    self.trust = trust
    self.patience = patience
  }

  public func connect(
    _ address: String, to party: PartyID, outgoing: OutgoingMessages<AgentMessage>,
    linked: @escaping @Sendable () async -> Void,
    incoming: @escaping @Sendable (AgentMessage) async -> Void
  ) async throws {
    guard let place = HubAddress(address) else {
      throw Failure("hub-address", "a party's address must be HOST:PORT, but is '\(address)'")
    }
    let channel = HubChannel(place, trust, .party, party)
    do {
      try await link(channel, address, party, outgoing, linked, incoming)
    } catch let failure as Failure where failure.code == "hub-unreachable" {
      // What ended the writing is told by nobody else.
      try channel.checkPeer()
      throw Failure(
        "party-unreachable", "'\(party)' cannot be reached at '\(address)'", cause: failure.cause,
        isTransient: true)
    }
  }

  private func link(
    _ channel: HubChannel, _ address: String, _ party: PartyID,
    _ outgoing: OutgoingMessages<AgentMessage>, _ linked: @escaping @Sendable () async -> Void,
    _ incoming: @escaping @Sendable (AgentMessage) async -> Void
  ) async throws {
    let (isIn, letIn) = AsyncStream.makeStream(of: Void.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { letIn.finish() }
        try await exchange(on: channel, outgoing, incoming) {
          letIn.finish()
          await linked()
        }
      }
      group.addTask {
        let failure = Failure(
          "party-unreachable",
          "'\(party)' has not answered at '\(address)' within \(patience.components.seconds) seconds",
          isTransient: true)
        try await within(patience, orThrow: failure) { for await _ in isIn {} }
      }
      defer { group.cancelAll() }
      // The one that waits ends first, if all goes well.
      while try await group.next() != nil {}
    }
  }

  private func exchange(
    on channel: HubChannel, _ outgoing: OutgoingMessages<AgentMessage>,
    _ incoming: @escaping @Sendable (AgentMessage) async -> Void,
    _ linked: @escaping @Sendable () async -> Void
  ) async throws {
    try await channel.call { client in
      try await Moira_V1_Direct.Client(wrapping: client).exchange(
        requestProducer: { writer in
          try await outgoing.drain { messages in
            // A party that was revoked gets nothing more either.
            try channel.checkPeer()
            try await writer.write(contentsOf: messages.map { Moira_V1_AgentFrame($0) })
          }
        },
        onResponse: { response in
          // A refusal of the call is thrown here; else the party has let this one in.
          if case .success = response.accepted { await linked() }
          for try await frame in response.messages { await incoming(try frame.message()) }
          outgoing.end()
        })
    }
  }
}
