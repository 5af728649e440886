internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import MoiraModel
public import MoiraRelay
public import MoiraRuntime

/// Dials the hub over gRPC with mutual TLS.
public struct WireDialer: HubDialer {
  private let address: HubAddress
  private let trust: MemberTrust

  public init(_ address: HubAddress, trust: MemberTrust) {
    self.address = address
    self.trust = trust
  }

  public func connect(
    _ hello: Hello, outgoing: OutgoingMessages<AgentMessage>,
    incoming: @escaping @Sendable (HubMessage) async -> Void
  ) async throws {
    try await HubChannel(address, trust).call { client in
      try await Moira_V1_Link.Client(wrapping: client).connect(
        requestProducer: { writer in
          try await writer.write(Moira_V1_AgentFrame(.hello(hello)))
          try await outgoing.drain { messages in
            try await writer.write(contentsOf: messages.map { Moira_V1_AgentFrame($0) })
          }
        },
        onResponse: { response in
          for try await frame in response.messages { await incoming(try frame.message()) }
          // The hub has ended the connection; what goes out need not be waited for.
          outgoing.end()
        })
    }
  }
}
