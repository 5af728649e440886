public import MoiraConfig
public import MoiraModel

/// Why a request got no answer that it wanted: one of FATE's codes, and our own words.
public struct FlowRefusal: Error, Sendable {
  /// Of HTTP. FATE answers 200 to whatever it understands.
  let status: Int
  let code: FlowCode
  let diagnostics: [Diagnostic]
  /// The places of the diagnostics, as fields of what was sent: `dag.tasks.lr_0.parameters.epochs`.
  let fields: [String?]

  init(_ code: FlowCode, _ failure: Failure, status: Int = 200, field: String? = nil) {
    self.code = code
    self.status = status
    diagnostics = [
      Diagnostic(code: failure.code, failure.message, at: nil, hint: failure.hint)
    ]
    fields = [field]
  }

  /// What no request could have put right.
  public init(_ failure: Failure) { self.init(.exception, failure) }

  /// What is wrong with a DAG.
  public init(_ diagnostics: [(diagnostic: Diagnostic, field: String?)]) {
    code = .jobParameters
    status = 200
    self.diagnostics = diagnostics.map(\.diagnostic)
    fields = diagnostics.map(\.field)
  }

  /// What FATE's client prints: a line for each finding, its hint below.
  var message: String { lines.joined(separator: "\n") }

  /// The same, one for each finding.
  public var lines: [String] {
    zip(diagnostics, fields).map { finding, field in
      var text = field.map { "\($0): " } ?? ""
      if finding.severity != .error { text += "\(finding.severity.rawValue): " }
      text += "\(finding.message) [\(finding.code)]"
      if let hint = finding.hint { text += "\n  help: \(hint)" }
      return text
    }
  }

  /// Whether a party's policy keeps something back.
  var isOfPolicy: Bool { diagnostics.contains { $0.code.hasPrefix("policy-") } }

  var reply: FlowReply {
    FlowReply(status: status, code: code, message: message, data: .list(details))
  }

  private var details: [ConfigValue] {
    zip(diagnostics, fields).map { finding, field in
      .map([
        ("severity", .string(finding.severity.rawValue)), ("code", .string(finding.code)),
        ("message", .string(finding.message)), ("field", field.map { .string($0) } ?? .null),
        ("hint", finding.hint.map { .string($0) } ?? .null),
      ])
    }
  }
}

extension FlowRefusal {
  /// What is wrong with a text, at the fields of it.
  public init(_ diagnostics: Diagnostics, in node: ConfigNode) {
    let paths = FieldPaths(node)
    self.init(diagnostics.sorted.map { ($0, $0.site.flatMap { paths[$0] }) })
  }
}

/// The fields of a text by their places: `dag.tasks.lr_0.parameters.epochs`.
private struct FieldPaths {
  private var paths: [Site: String] = [:]

  init(_ root: ConfigNode) {
    var open: [(node: ConfigNode, path: String)] = [(root, "")]
    while let (node, path) = open.popLast() {
      if let site = node.site, !path.isEmpty, paths[site] == nil { paths[site] = path }
      for entry in node.map?.entries ?? [] {
        let inner = path.isEmpty ? entry.key : "\(path).\(entry.key)"
        if let site = entry.keySite { paths[site] = inner }
        open.append((entry.value, inner))
      }
      for (index, item) in (node.list ?? []).enumerated() {
        open.append((item, "\(path)[\(index)]"))
      }
    }
  }

  subscript(site: Site) -> String? { paths[site] }
}
