internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import MoiraModel
internal import NIOCore

/// A gRPC server with mutual TLS 1.3 and bounds of its own.
struct WireServer {
  private let services: [any RegistrableRPCService]
  private let trust: MemberTrust
  private let address: HubAddress
  private let door: ConnectionDoor

  init(
    _ services: [any RegistrableRPCService], _ trust: MemberTrust, _ address: HubAddress,
    door: ConnectionDoor
  ) {
    self.services = services
    self.trust = trust
    self.address = address
    self.door = door
  }

  /// Serves until cancelled; then takes nobody in, and returns when those who are here have gone, after some
  /// seconds at the latest.
  ///
  /// - Parameter ready: called once with the port.
  /// - Throws: `address-taken`.
  func run(_ ready: @Sendable (Int) async -> Void) async throws {
    // Not in the clear: each connection gets its TLS where it is accepted, or is not accepted.
    let transport = HTTP2ServerTransport.Posix(
      address: socketAddress, transportSecurity: .plaintext, config: .wire(door, trust))
    let server = GRPCServer(transport: transport, services: services)
    // A task of its own, since whoever cancels this must not cancel that: the transport ends the process
    // when it is cancelled over connections that it has accepted and not looked at yet.
    let serving = Task { try await server.serve() }
    let bound: GRPCNIOTransportCore.SocketAddress
    do {
      bound = try await transport.listeningAddress
    } catch {
      throw Failure(
        "address-taken", "'\(address)' cannot be listened at",
        hint: "another process may; 'listen' names another address", cause: "\(error)")
    }
    await ready(bound.ipv4?.port ?? bound.ipv6?.port ?? address.port)
    await withTaskCancellationHandler {
      _ = await serving.result
    } onCancel: {
      server.beginGracefulShutdown()
      door.close()
      // By now all that were accepted have been looked at; a call that hears nothing of its end is cut.
      Task {
        try? await Task.sleep(for: Self.longestEnd)
        serving.cancel()
      }
    }
  }

  private static let longestEnd = ConnectionDoor.grace + .seconds(2)

  private var socketAddress: GRPCNIOTransportCore.SocketAddress {
    switch address.host {
    case .address(let bytes) where bytes.count == 16:
      .ipv6(host: address.host.description, port: address.port)
    default: .ipv4(host: address.host.description, port: address.port)
    }
  }
}

extension HTTP2ServerTransport.Posix.Config {
  fileprivate static func wire(_ door: ConnectionDoor, _ trust: MemberTrust) -> Self {
    .defaults { config in
      // A word is written when it is said: rounds of training wait for small messages.
      config.connection.flushCoalescing = nil
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
          try channel.pipeline.syncOperations.addHandler(
            try trust.serverTLS(), position: .after(guest))
          try channel.pipeline.syncOperations.addHandler(ModernTLSGate(guest))
        }
      }
    }
  }
}
