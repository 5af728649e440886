internal import MoiraConfig

/// What goes back to the client: FATE's envelope, or a file.
public struct FlowReply: Sendable {
  enum Content: Sendable {
    /// `{"code", "message", "data"}` and, after a submission, `"job_id"`.
    case envelope(ConfigValue)
    case tar([UInt8], name: String)
  }

  let status: Int
  let content: Content

  init(
    status: Int = 200, code: FlowCode = .success, message: String = "success",
    data: ConfigValue? = nil, job: String? = nil
  ) {
    self.status = status
    var entries: [(key: String, value: ConfigValue)] = [
      ("code", .int(code.rawValue)), ("message", .string(message)),
    ]
    if let data { entries.append(("data", data)) }
    if let job { entries.append(("job_id", .string(job))) }
    content = .envelope(.map(entries))
  }

  init(tar bytes: [UInt8], name: String) {
    status = 200
    content = .tar(bytes, name: name)
  }

  static func data(_ value: ConfigValue) -> FlowReply { FlowReply(data: value) }
  static let done = FlowReply()
}
