internal import MoiraModel
public import MoiraRuntime

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
    trust.whenRefusing { [log] in log.refusedAtDoor($0) }
    try await WireServer(
      [
        LinkService(hub: hub, trust: trust, log: log, helloWait: bounds.helloWait),
        JobsService(hub: hub, trust: trust, log: log),
      ], trust, address, door: ConnectionDoor(bounds) { [log] in log.refusedAtDoor($0) }
    ).run(ready)
  }
}
