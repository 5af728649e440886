import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import MoiraConfig
internal import MoiraModel
internal import NIOCore

/// What is known of a request beside itself: the connection that it came on.
struct FlowConnection: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }
}

/// Reads requests, has them answered, and writes the answers.
struct FlowResponder: HTTPResponder {
  /// How long a client that was refused in mid-body has to read the answer.
  private static let lastWords = TimeAmount.seconds(2)

  let service: FlowService
  let settings: FlowSettings

  func respond(to request: Request, context: FlowConnection) async throws -> Response {
    do throws(FlowRefusal) {
      return Self.response(try await answer(request))
    } catch {
      // Whoever goes on sending what nobody reads is cut off.
      if error.status == 413 || error.status == 408 {
        let channel = context.channel
        channel.eventLoop.scheduleTask(in: Self.lastWords) { channel.close(promise: nil) }
      }
      return Self.response(error.reply)
    }
  }

  private func answer(_ request: Request) async throws(FlowRefusal) -> FlowReply {
    try Self.refuseBrowsers(request.headers)
    let target = request.head.path ?? ""
    guard target.utf8.count <= FlowLimits.target, let query = QueryText(target) else {
      throw FlowRefusal(
        .parameter,
        Failure("request-form", "the request's target is too long, or holds a wrong escape"),
        status: 400)
    }
    let route = try Self.route(request.method.rawValue, query.path)
    let header = { (name: String) -> String? in
      HTTPField.Name(name).flatMap { request.headers[$0] }
    }
    let signature = Signature(header)
    try await service.precheck(signature)
    let body = try await FlowBody.read(
      request.body, type: request.headers[.contentType], route: route, settings: settings)
    defer { body.remove() }
    let caller = try await service.caller(
      .init(method: request.method.rawValue, target: target, bodyDigest: body.digest),
      route: route, signature: signature)
    // As FATE has it: the query of a GET, the body of a POST.
    let fields =
      route.method == "GET"
      ? FlowFields(query: query.entries) : body.fields ?? FlowFields(ConfigMap())
    return await service.answer(
      FlowRequest(
        route, fields, file: body.file, caller: caller,
        user: header("userName") ?? header("user_name") ?? ""))
  }

  /// Web pages may not call: a page that the operator looks at could otherwise reach a server on
  /// the same machine.
  private static func refuseBrowsers(_ headers: HTTPFields) throws(FlowRefusal) {
    let names = ["Origin", "Sec-Fetch-Site"].compactMap { HTTPField.Name($0) }
    guard names.contains(where: { headers[$0] != nil }) else { return }
    throw FlowRefusal(
      .permission,
      Failure("browser-refused", "requests from web pages are not answered"), status: 403)
  }

  private static func route(_ method: String, _ path: String) throws(FlowRefusal) -> FlowRoute {
    guard let methods = FlowRoute.byPath[path] else {
      throw FlowRefusal(
        .restricted,
        Failure(
          "route-unknown", "there is no route '\(path.prefix(120))'",
          hint: nearestName(to: path, among: FlowRoute.byPath.keys.sorted()).map {
            "did you mean '\($0)'?"
          } ?? "routes begin with '\(FlowRoute.prefix)/'"), status: 404)
    }
    if let route = methods[method] { return route }
    throw FlowRefusal(
      .restricted,
      Failure(
        "route-method",
        "'\(path)' takes \(methods.keys.sorted().joined(separator: ", ")), not \(method)"),
      status: 405)
  }

  // MARK: Answers

  private static func response(_ reply: FlowReply) -> Response {
    var headers = HTTPFields()
    let body: ByteBuffer
    switch reply.content {
    case .envelope(let value):
      // FATE's client compares the type with this very text.
      headers[.contentType] = "application/json"
      body = ByteBuffer(string: value.json())
    case .tar(let bytes, let name):
      headers[.contentType] = "application/x-tar"
      headers[.contentDisposition] = "attachment; filename=\(name)"
      body = ByteBuffer(bytes: bytes)
    }
    return Response(
      status: .init(code: reply.status), headers: headers, body: .init(byteBuffer: body))
  }
}
