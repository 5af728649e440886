internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import MoiraRuntime
internal import NIOCore

/// The connection that a request came on.
struct BoardConnection: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }
}

/// Answers three paths.
struct BoardResponder: HTTPResponder {
  let metrics: ServiceMetrics
  let readiness: @Sendable () async -> Readiness

  func respond(to request: Request, context: BoardConnection) async throws -> Response {
    closeIfMoreComes(request, context.channel)
    let path = request.head.path?.prefix { $0 != "?" } ?? ""
    switch (request.method, path) {
    case (.get, "/healthz"): return answer(.ok, "ok\n")
    case (.get, "/readyz"):
      switch await readiness() {
      case .ready: return answer(.ok, "ready\n")
      case .unready(let reason): return answer(.serviceUnavailable, "\(reason)\n")
      }
    case (.get, "/metrics"):
      return answer(.ok, metrics.text(), type: ServiceMetrics.contentType)
    default: return answer(.notFound, "there are /healthz, /readyz and /metrics\n")
    }
  }

  /// A body that nobody reads must not hold the connection.
  private func closeIfMoreComes(_ request: Request, _ channel: any Channel) {
    let length = request.headers[.contentLength]
    guard request.headers[.transferEncoding] != nil || (length != nil && length != "0") else {
      return
    }
    channel.eventLoop.scheduleTask(in: .seconds(Int64(BoardLimits.bodySeconds))) {
      channel.close(promise: nil)
    }
  }

  private func answer(
    _ status: HTTPResponse.Status, _ text: String, type: String = "text/plain; charset=utf-8"
  ) -> Response {
    var headers = HTTPFields()
    headers[.contentType] = type
    headers[.cacheControl] = "no-store"
    return Response(
      status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
  }
}
