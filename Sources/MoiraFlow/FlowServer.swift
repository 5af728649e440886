internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// FATE-Flow's API on HTTP. All that it says is in `FlowService`; here are only bytes and bounds.
public struct FlowServer: Sendable {
  private let service: FlowService
  private let settings: FlowSettings

  public init(_ service: FlowService, _ settings: FlowSettings) {
    self.service = service
    self.settings = settings
  }

  /// Serves until the task is cancelled, or the process is asked to end.
  ///
  /// - Parameter started: told the port, once requests are taken.
  public func run(started: @escaping @Sendable (Int) async -> Void) async throws {
    let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
      maxHeaderFieldSize: FlowLimits.headerBytes, maxHeaderListSize: FlowLimits.headerBytes,
      maxHeaderFieldCount: FlowLimits.headers)
    let channel = HTTP1Channel.Configuration(
      idleTimeout: .seconds(Int64(settings.patience)), httpDecoderConfiguration: decoder)
    var logger = Logger(label: "moira.flow")
    logger.logLevel = .error
    let application = Application(
      responder: FlowResponder(service: service, settings: settings),
      server: .http1(configuration: channel),
      configuration: ApplicationConfiguration(
        address: .hostname(settings.host, port: settings.port),
        availableConnectionsDelegate: MaximumAvailableConnections(
          FlowLimits.connections, logger: logger)),
      onServerRunning: { [service] channel in
        let port = channel.localAddress?.port ?? 0
        await service.listens(at: port)
        await started(port)
      }, logger: logger)
    try await application.runService()
  }
}
