/// The codes that the sources give to failures and diagnostics.
enum Codes {
  /// Where each code stands, as it was found.
  static let inSources: [String: [String]] = {
    var places: [String: [String]] = [:]
    for file in Repository.sources {
      for code in codes(in: file) { places[code, default: []].append(file.path) }
    }
    return places
  }()

  private static func codes(in file: SourceFile) -> [String] {
    // The code mostly stands on the line after the parenthesis.
    let first = /\s*"([a-z][a-z0-9-]*)"/
    // `isThis ? "one-code" : "other-code"` as the first argument.
    let choice = /\s*\w+\s*\? "([a-z0-9-]+)"\s*: "([a-z0-9-]+)"/
    var found = file.matches(after: "code:", first).map { String($0.1) }
    for call in ["Failure(", "diagnostics.error(", "diagnostics.warn(", "diagnostics.note("] {
      found += file.matches(after: call, first).map { String($0.1) }
      found += file.matches(after: call, choice).flatMap { [String($0.1), String($0.2)] }
    }
    return found + propertyCodes(in: file.text)
  }

  /// The literals of a property `var code: String { … }`.
  private static func propertyCodes(in text: String) -> [String] {
    let parts = text.split(separator: "var code: String {", maxSplits: 1)
    guard parts.count == 2 else { return [] }
    let body = parts[1].split(separator: "\n  }\n", maxSplits: 1)[0]
    return body.matches(of: /"([a-z]+(?:-[a-z0-9]+)+)"/).map { String($0.1) }
  }
}
