internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import MoiraModel
public import MoiraRuntime
internal import NIOCore

/// Serves agents and submitters over gRPC with mutual TLS 1.3.
public struct HubServer: Sendable {
  /// Bytes of one message; a plan of 10,000 tasks has some 10 MB.
  public static let messageLimit = 64 << 20

  private let hub: HubService
  private let trust: MemberTrust
  private let address: HubAddress
  private let log: HubLog
  private let bounds: ConnectionBounds

  /// - Parameter address: to listen at; port 0 is not one.
  public init(
    _ hub: HubService, trust: MemberTrust, listening address: HubAddress, log: HubLog,
    bounds: ConnectionBounds = ConnectionBounds()
  ) {
    self.bounds = bounds
    self.hub = hub
    self.trust = trust
    self.address = address
    self.log = log
  }

  /// Serves until cancelled.
  ///
  /// - Parameter ready: called once with the port.
  /// - Throws: `address-taken`.
  public func run(_ ready: @Sendable (Int) async -> Void) async throws {
    let transport = HTTP2ServerTransport.Posix(
      address: socketAddress, transportSecurity: trust.serverSecurity(),
      config: .hub(door: ConnectionDoor(bounds) { [log] in log.refusedAtDoor($0) }))
    trust.whenRefusing { [log] in log.refusedAtDoor($0) }
    let server = GRPCServer(
      transport: transport,
      services: [
        LinkService(hub: hub, trust: trust, log: log, helloWait: bounds.helloWait),
        JobsService(hub: hub, trust: trust, log: log),
      ])
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.serve() }
      let bound: GRPCNIOTransportCore.SocketAddress
      do {
        bound = try await transport.listeningAddress
      } catch {
        group.cancelAll()
        throw Failure(
          "address-taken", "the hub cannot listen at '\(address)'",
          hint: "another process may; 'listen' in hub.yaml names another address",
          cause: "\(error)")
      }
      await ready(bound.ipv4?.port ?? bound.ipv6?.port ?? address.port)
      await withTaskCancellationHandler {
        _ = try? await group.next()
      } onCancel: {
        server.beginGracefulShutdown()
      }
      group.cancelAll()
    }
  }

  private var socketAddress: GRPCNIOTransportCore.SocketAddress {
    switch address.host {
    case .address(let bytes) where bytes.count == 16:
      .ipv6(host: address.host.description, port: address.port)
    default: .ipv4(host: address.host.description, port: address.port)
    }
  }
}

extension HTTP2ServerTransport.Posix.Config {
  fileprivate static func hub(door: ConnectionDoor) -> Self {
    .defaults { config in
      config.connection.maxIdleTime = door.bounds.idleTime
      config.http2.maxFrameSize = 1 << 20
      config.http2.targetWindowSize = 16 << 20
      config.http2.maxConcurrentStreams = 128
      config.rpc.maxRequestPayloadSize = HubServer.messageLimit
      config.connection.maxGraceTime = .seconds(5)
      config.connection.keepalive.clientBehavior.minPingIntervalWithoutCalls = .seconds(10)
      config.channelDebuggingCallbacks.onAcceptTCPConnection = { channel in
        channel.eventLoop.makeCompletedFuture {
          let guest = door.guest(channel)
          try channel.pipeline.syncOperations.addHandler(guest, position: .first)
          try channel.pipeline.syncOperations.addHandler(ModernTLSGate(guest))
        }
      }
    }
  }
}
