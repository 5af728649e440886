internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import MoiraModel
internal import NIOCore
internal import NIOSSL
import Synchronization

/// One connection to a hub, or to another party, for the length of a call.
struct HubChannel {
  let address: HubAddress
  let trust: MemberTrust
  private let kind: MemberKind
  private let id: PartyID?
  /// What the last handshake showed: TLS itself tells no more than that it failed.
  private let found = Found()

  private final class Found: Sendable {
    let peer = Mutex<Result<Member, Failure>?>(nil)
    let isLetIn = Mutex(false)
    var refusal: Failure? {
      if case .failure(let failure) = peer.withLock({ $0 }) { failure } else { nil }
    }
  }

  /// - Parameters:
  ///   - kind: what the other end must be, by its certificate.
  ///   - id: who; nil for any of the kind.
  init(
    _ address: HubAddress, _ trust: MemberTrust, _ kind: MemberKind = .hub, _ id: PartyID? = nil
  ) {
    self.address = address
    self.trust = trust
    self.kind = kind
    self.id = id
  }

  /// - Throws: what the hub said; `hub-unreachable`, or why its certificate was refused.
  func call<Result: Sendable>(
    _ body: @Sendable @escaping (GRPCClient<HTTP2ClientTransport.Posix>) async throws -> Result
  ) async throws -> Result {
    let tls = try trust.clientTLS(dialling: address.host, kind, id) { [found] result in
      found.peer.withLock { $0 = result }
    }
    let transport = try HTTP2ClientTransport.Posix(
      target: target, transportSecurity: .customSecure,
      config: .agent(tls) { [found] in found.isLetIn.withLock { $0 = true } },
      serviceConfig: Self.failFast)
    do {
      return try await withGRPCClient(transport: transport) { try await body($0) }
    } catch {
      throw RPCFailure.failure(error, dialling: "\(address)", found.refusal)
    }
  }

  /// Whether the other end has let this one in, so that a call may have reached it. A handshake is over at
  /// this end before the other has looked at its certificate; a call begins when it has.
  var isLetIn: Bool { found.isLetIn.withLock { $0 } }

  /// Whom the last handshake showed.
  var peer: Member? { found.peer.withLock { try? $0?.get() } }

  /// Whether whoever was believed in the handshake is to be believed still.
  func checkPeer() throws(Failure) {
    if let peer { try trust.check(peer) }
  }

  private var target: any ResolvableTarget {
    switch address.host {
    case .name(let name): .dns(host: name, port: address.port)
    case .address(let bytes) where bytes.count == 4:
      .ipv4(address: address.host.description, port: address.port)
    case .address: .ipv6(address: address.host.description, port: address.port)
    }
  }

  /// A hub that is not there is told at once: whoever dials has a back-off of its own.
  private static var failFast: ServiceConfig {
    ServiceConfig(methodConfig: [MethodConfig(names: [.init(service: "")], waitForReady: false)])
  }
}

extension HTTP2ClientTransport.Posix.Config {
  /// - Parameter begun: called when a call begins.
  fileprivate static func agent(
    _ tls: @escaping @Sendable () throws -> NIOSSLClientHandler,
    begun: @escaping @Sendable () -> Void
  ) -> Self {
    .defaults { config in
      config.channelDebuggingCallbacks.onCreateTCPConnection = { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(try tls(), position: .first)
        }
      }
      config.channelDebuggingCallbacks.onCreateHTTP2Stream = { channel in
        begun()
        return channel.eventLoop.makeSucceededVoidFuture()
      }
      config.http2.maxFrameSize = 1 << 20
      config.http2.targetWindowSize = 16 << 20
      config.connection.maxIdleTime = nil
      config.connection.flushCoalescing = nil
      config.connection.keepalive = .init(
        time: .seconds(30), timeout: .seconds(10), allowWithoutCalls: false)
    }
  }
}
