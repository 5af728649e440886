internal import MoiraConfig

/// A request that was read, and of whom.
public struct FlowRequest: Sendable {
  let route: FlowRoute
  let fields: FlowFields
  /// A file that came with it, and the name that the client gave it.
  let file: IncomingFile?
  /// Nil while requests need no signature.
  let caller: FlowCaller?
  /// FATE's header `userName`: free text, which grants nothing.
  let user: String

  init(
    _ route: FlowRoute, _ fields: FlowFields, file: IncomingFile? = nil,
    caller: FlowCaller? = nil, user: String = ""
  ) {
    self.route = route
    self.fields = fields
    self.file = file
    self.caller = caller
    self.user = user
  }
}

/// A file that has come in, at a place of the server's own; removed with the request.
struct IncomingFile: Sendable {
  let path: String
  let name: String
}
