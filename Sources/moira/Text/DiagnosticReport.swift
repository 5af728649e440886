import MoiraConfig
import MoiraModel

/// What was found wrong in texts, with the texts themselves.
struct WrongText: Error {
  let diagnostics: Diagnostics
  let sources: [String: String]
}

/// Diagnostics in the house's form: place, message, code, the line, a caret, and help.
struct DiagnosticReport {
  /// The longest stretch of a line that is shown.
  static let lineLimit = 160

  private let diagnostics: [Diagnostic]
  private var lines: [String: [Substring]] = [:]

  /// - Parameter sources: texts by the names of their files.
  init(_ diagnostics: Diagnostics, sources: [String: String]) {
    self.diagnostics = diagnostics.sorted
    for (file, text) in sources {
      lines[file] = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    }
  }

  func show(asJSON: Bool) {
    if asJSON {
      Console.print(json.json(indent: 2))
    } else {
      Console.printError(text(.errors))
    }
  }

  func text(_ style: Style = .plain) -> String {
    let parts = diagnostics.flatMap { self.text(of: $0, style) }
    return (parts + [summary]).joined(separator: "\n")
  }

  /// `2 errors, 1 warning`.
  var summary: String {
    let errors = diagnostics.count { $0.severity == .error }
    let warnings = diagnostics.count { $0.severity == .warning }
    let counts = [
      (errors, "error"), (warnings, "warning"), (diagnostics.count - errors - warnings, "note"),
    ]
    return counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }
      .joined(separator: ", ")
  }

  private func text(of one: Diagnostic, _ style: Style) -> [String] {
    let word = one.severity.rawValue + ":"
    let severity =
      switch one.severity {
      case .error: style.red(word)
      case .warning: style.yellow(word)
      case .note: style.cyan(word)
      }
    let place = one.site.map { style.bold("\(withoutControls($0.description)):") + " " } ?? ""
    let message = style.bold(withoutControls(one.message))
    var text = ["\(place)\(severity) \(message) \(style.dim("[\(one.code)]"))"]
    if let site = one.site { text += excerpt(at: site, style) }
    if let hint = one.hint { text.append("  \(style.cyan("help:")) \(withoutControls(hint))") }
    return text
  }

  /// The line of the source and a caret below the column.
  private func excerpt(at site: Site, _ style: Style) -> [String] {
    guard let lines = lines[site.file], lines.indices.contains(site.line - 1) else { return [] }
    let scalars = Array(lines[site.line - 1].unicodeScalars)
    guard !scalars.isEmpty, site.column >= 1, site.column <= scalars.count + 1 else { return [] }
    var start = 0
    if scalars.count > Self.lineLimit { start = max(0, site.column - 1 - Self.lineLimit / 2) }
    let end = min(scalars.count, start + Self.lineLimit)
    let shown = text(scalars[start..<end], cut: (start > 0, end < scalars.count))
    let before = text(scalars[start..<min(end, site.column - 1)], cut: (start > 0, false))
    let number = "\(site.line)"
    let gutter = String(repeating: " ", count: number.count)
    return [
      style.dim(" \(number) | ") + shown,
      style.dim(" \(gutter) | ") + blank(before) + style.red("^"),
    ]
  }

  private func text(_ scalars: ArraySlice<Unicode.Scalar>, cut: (Bool, Bool)) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return (cut.0 ? "…" : "") + withoutControls(String(text)) + (cut.1 ? "…" : "")
  }

  /// Spaces as wide as the text; tabs stay tabs.
  private func blank(_ text: String) -> String {
    text.unicodeScalars.map {
      $0 == "\t" ? "\t" : String(repeating: " ", count: displayWidth($0))
    }.joined()
  }

  var json: ConfigValue {
    .map([
      (
        "diagnostics",
        .list(
          diagnostics.map { one in
            .map([
              ("severity", .string(one.severity.rawValue)), ("code", .string(one.code)),
              ("message", .string(one.message)),
              ("file", one.site.map { .string($0.file) } ?? .null),
              ("line", one.site.map { .int($0.line) } ?? .null),
              ("column", one.site.map { .int($0.column) } ?? .null),
              ("hint", one.hint.map { .string($0) } ?? .null),
            ])
          })
      )
    ])
  }
}
