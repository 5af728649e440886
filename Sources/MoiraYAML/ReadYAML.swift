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
  // libyaml would count a byte order mark as the first column.
  if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
  var tree = TreeBuilder(file: file, limits: limits)
  let fault = text.withUTF8 { parse($0, into: &tree) }
  if let fault { tree.diagnostics.add(fault.diagnostic(in: text, file: file)) }
  if tree.diagnostics.hasErrors { throw tree.diagnostics }
  return tree.root ?? ConfigNode(.null, at: start)
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
    guard yaml_parser_parse(&parser, &event) == 1 else { return SyntaxFault(of: parser, in: bytes) }
    defer { yaml_event_delete(&event) }
    if event.type == YAML_STREAM_END_EVENT { return nil }
    tree.take(event)
    if tree.isOver { return nil }
  }
}
