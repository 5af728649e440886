internal import CLibYAML
internal import MoiraModel

/// Where and why libyaml stopped; line and column from 0.
struct SyntaxFault {
  let problem: String
  let context: String
  var line: Int
  var column: Int
  /// Where the thing began that was being read.
  var start: (line: Int, column: Int)?
}

extension SyntaxFault {
  init(of parser: yaml_parser_t, in bytes: UnsafeBufferPointer<UInt8>) {
    problem = parser.problem.map { String(cString: $0) } ?? "unreadable text"
    context = parser.context.map { String(cString: $0) } ?? ""
    if parser.error == YAML_READER_ERROR {
      // For a character that it refuses libyaml gives the byte only.
      let before = lines(of: String(decoding: bytes.prefix(parser.problem_offset), as: UTF8.self))
      line = before.count - 1
      column = before.last?.count ?? 0
    } else {
      line = parser.problem_mark.line
      column = parser.problem_mark.column
      guard parser.context != nil else { return }
      start = (parser.context_mark.line, parser.context_mark.column)
      // The key without its colon is what is wrong, not the line on which that shows.
      if context == "while scanning a simple key", let start { (line, column) = start }
    }
  }

  /// Puts libyaml's words into a diagnostic, and names what is really there: a tab, most often.
  func diagnostic(in text: String, file: String) -> Diagnostic {
    let lines = lines(of: text)
    if line < lines.count, let tab = tab(in: lines[line]) {
      return Diagnostic(
        code: "yaml-tab", "a line must be indented with spaces, but has a tab",
        at: Site(file: file, line: line + 1, column: tab + 1),
        hint: "replace each tab by two spaces")
    }
    let place = place(in: lines)
    return Diagnostic(
      code: "yaml-syntax", context.isEmpty ? problem : "\(problem) \(context)",
      at: Site(file: file, line: place.line + 1, column: place.column + 1))
  }

  /// The column of a tab that indents the line, if that is what libyaml stumbled over.
  private func tab(in line: Line) -> Int? {
    let indent = line.prefix { $0 == " " || $0 == "\t" }
    let isTab = line.dropFirst(column).first == "\t"
    guard isTab || column <= indent.count, let tab = indent.firstIndex(of: "\t") else { return nil }
    return line.distance(from: line.startIndex, to: tab)
  }

  /// Where the text ends too early, what was left open is the place to show; libyaml names the line
  /// after the last.
  private func place(in lines: [Line]) -> (line: Int, column: Int) {
    if line < lines.count, !isBlank(lines[line].dropFirst(column)) { return (line, column) }
    if line + 1 < lines.count, !lines[(line + 1)...].allSatisfy({ isBlank($0) }) {
      return (line, column)
    }
    if let start, start.line < lines.count, !isBlank(lines[start.line].dropFirst(start.column)) {
      return start
    }
    guard let last = lines.lastIndex(where: { !isBlank($0) }) else { return (0, 0) }
    let end = lines[last].lastIndex { $0 != " " && $0 != "\t" } ?? lines[last].startIndex
    return (last, lines[last].distance(from: lines[last].startIndex, to: end) + 1)
  }

  private func isBlank(_ line: Line) -> Bool { line.allSatisfy { $0 == " " || $0 == "\t" } }
}

private typealias Line = Substring.UnicodeScalarView

/// The lines as libyaml counts them; never none.
private func lines(of text: String) -> [Line] {
  let scalars = Substring(text).unicodeScalars
  var lines: [Line] = []
  var start = scalars.startIndex
  var index = start
  while index < scalars.endIndex {
    let scalar = scalars[index]
    let end = index
    scalars.formIndex(after: &index)
    guard breaks.contains(scalar) else { continue }
    lines.append(scalars[start..<end])
    if scalar == "\r", index < scalars.endIndex, scalars[index] == "\n" {
      scalars.formIndex(after: &index)
    }
    start = index
  }
  lines.append(scalars[start...])
  return lines
}

private let breaks: Set<Unicode.Scalar> = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]
