internal import CLibYAML
public import MoiraConfig
public import MoiraModel

/// How much of a YAML text is read before it is refused.
public struct YAMLLimits: Sendable {
  /// Bytes of text.
  public var size = 16 << 20
  /// Lists and mappings inside one another.
  public var depth = 64
  /// Nodes after every alias has been put in the place of its name.
  public var nodes = 1_000_000

  public init() {}
}

/// Reads one YAML document with libyaml's event parser.
///
/// - Parameter file: how diagnostics name the text.
/// - Throws: every diagnostic that was found: the first syntax error ends the reading, while
///   duplicate keys and unknown tags do not.
public func readYAML(
  _ text: String, file: String, limits: YAMLLimits = YAMLLimits()
) throws(Diagnostics) -> ConfigNode {
  let start = Site(file: file, line: 1, column: 1)
  var text = text
  if text.utf8.count > limits.size {
    throw Diagnostics(
      Diagnostic(
        code: "yaml-too-large",
        "the text must be at most \(limits.size) bytes, but has \(text.utf8.count)", at: start))
  }
  var tree = TreeBuilder(file: file, limits: limits)
  let fault = text.withUTF8 { parse($0, into: &tree) }
  if let fault { tree.diagnostics.add(locate(fault, in: text, file: file)) }
  if tree.diagnostics.hasErrors { throw tree.diagnostics }
  return tree.root ?? ConfigNode(.null, at: start)
}

/// Where and why libyaml stopped.
private struct SyntaxFault {
  let problem: String
  let context: String
  let line: Int
  let column: Int
}

/// Feeds the events to the tree until the end, the first syntax error, or a limit.
private func parse(
  _ bytes: UnsafeBufferPointer<UInt8>, into tree: inout TreeBuilder
) -> SyntaxFault? {
  var parser = yaml_parser_t()
  guard yaml_parser_initialize(&parser) == 1 else {
    return SyntaxFault(problem: "out of memory", context: "", line: 0, column: 0)
  }
  defer { yaml_parser_delete(&parser) }
  yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
  yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
  while true {
    var event = yaml_event_t()
    guard yaml_parser_parse(&parser, &event) == 1 else { return fault(of: parser) }
    defer { yaml_event_delete(&event) }
    if event.type == YAML_STREAM_END_EVENT { return nil }
    tree.take(event)
    if tree.isOver { return nil }
  }
}

private func fault(of parser: yaml_parser_t) -> SyntaxFault {
  let mark = parser.problem_mark
  return SyntaxFault(
    problem: parser.problem.map { String(cString: $0) } ?? "unreadable text",
    context: parser.context.map { String(cString: $0) } ?? "",
    line: Int(mark.line), column: Int(mark.column))
}

/// Puts libyaml's words into a diagnostic, and names what is really there: a tab, most often.
private func locate(_ fault: SyntaxFault, in text: String, file: String) -> Diagnostic {
  let site = Site(file: file, line: fault.line + 1, column: fault.column + 1)
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  if fault.line < lines.count {
    let line = lines[fault.line]
    let indent = line.prefix { $0 == " " || $0 == "\t" }
    let rest = line.dropFirst(fault.column)
    if let tab = indent.firstIndex(of: "\t"), rest.first == "\t" || fault.column <= indent.count {
      let column = line.distance(from: line.startIndex, to: tab) + 1
      return Diagnostic(
        code: "yaml-tab", "a line must be indented with spaces, but has a tab",
        at: Site(file: file, line: site.line, column: column),
        hint: "replace each tab by two spaces")
    }
  }
  let context = fault.context.isEmpty ? "" : " \(fault.context)"
  return Diagnostic(code: "yaml-syntax", "\(fault.problem)\(context)", at: site)
}
