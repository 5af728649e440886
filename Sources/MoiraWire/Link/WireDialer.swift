internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import MoiraModel
public import MoiraRelay
public import MoiraRuntime
import Synchronization

/// Dials the hub over gRPC with mutual TLS.
public final class WireDialer: HubDialer {
  private let place: Mutex<HubAddress>
  private let trust: MemberTrust

  public init(_ address: HubAddress, trust: MemberTrust) {
    place = Mutex(address)
    self.trust = trust
  }

  /// Has the next call go there.
  ///
  /// - Returns: whether that is another address than before.
  public func lead(to address: HubAddress) -> Bool {
    place.withLock { place in
      defer { place = address }
      return place != address
    }
  }

  public func connect(
    _ hello: Hello, outgoing: OutgoingMessages<AgentMessage>,
    incoming: @escaping @Sendable (HubMessage) async -> Void
  ) async throws {
    try await HubChannel(place.withLock { $0 }, trust).call { client in
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
