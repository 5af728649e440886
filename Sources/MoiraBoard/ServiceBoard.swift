internal import Hummingbird
internal import HummingbirdCore
internal import Logging
public import MoiraRuntime
internal import NIOCore
import Synchronization

/// Whether a process takes work.
public enum Readiness: Hashable, Sendable {
  case ready
  /// - Parameter reason: in words, for an operator; the board shows it to whoever asks.
  case unready(reason: String)
}

/// The board cannot listen where it is told to.
public struct BoardAddressTaken: Error {
  /// What the system said.
  public let cause: String
}

/// Tells operators' tools how a process does, on an address of its own: `GET /healthz` says that it
/// lives, `/readyz` whether it takes work, `/metrics` what it counts. There is nothing else.
public struct ServiceBoard: Sendable {
  private let host: String
  private let port: Int
  private let responder: BoardResponder
  private let started: @Sendable (Int) async -> Void

  /// - Parameters:
  ///   - port: 0 for one that is free.
  ///   - readiness: asked anew for each request.
  ///   - started: told the port, once requests are taken.
  public init(
    host: String, port: Int, metrics: ServiceMetrics,
    readiness: @escaping @Sendable () async -> Readiness,
    started: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
  ) {
    self.host = host
    self.port = port
    responder = BoardResponder(metrics: metrics, readiness: readiness)
    self.started = started
  }

  /// Serves until the task is cancelled, or the group of services that it runs in shuts down.
  /// Signals are left to whoever runs it.
  ///
  /// - Throws: `BoardAddressTaken`.
  public func run() async throws {
    let isListening = Atomic(false)
    let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
      maxHeaderFieldSize: BoardLimits.headerBytes, maxHeaderListSize: BoardLimits.headerBytes,
      maxHeaderFieldCount: BoardLimits.headers)
    let channel = HTTP1Channel.Configuration(
      idleTimeout: .seconds(Int64(BoardLimits.headSeconds)), httpDecoderConfiguration: decoder)
    var logger = Logger(label: "moira.board")
    logger.logLevel = .critical
    let application = Application(
      responder: responder, server: .http1(configuration: channel),
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port),
        availableConnectionsDelegate: MaximumAvailableConnections(
          BoardLimits.connections, logger: logger)),
      onServerRunning: { [started] channel in
        isListening.store(true, ordering: .relaxed)
        await started(channel.localAddress?.port ?? 0)
      },
      logger: logger)
    do {
      try await application.run()
    } catch  where !isListening.load(ordering: .relaxed) && !(error is CancellationError) {
      throw BoardAddressTaken(cause: "\(error)")
    }
  }
}
