/// A place in a text that the user wrote. Lines and columns count from 1, columns in characters.
public struct Site: Hashable, Codable, Sendable, Comparable {
  /// The file as the user named it, or `--set`.
  public let file: String
  public let line: Int
  public let column: Int

  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.file, left.line, left.column) < (right.file, right.line, right.column)
  }
}

extension Site: CustomStringConvertible {
  public var description: String { "\(file):\(line):\(column)" }
}

/// Something wrong, or doubtful, in what the user wrote.
public struct Diagnostic: Hashable, Codable, Sendable, Error {
  public enum Severity: String, Codable, Sendable {
    case error, warning
    /// Nothing is wrong; something is not as the reader may think.
    case note
  }

  public let severity: Severity
  /// Kebab-case and stable; `moira explain` prints its page.
  public let code: String
  public let message: String
  public let site: Site?
  /// Something to type, a near miss, or the list of what is allowed.
  public let hint: String?

  public init(
    _ severity: Severity = .error, code: String, _ message: String, at site: Site?,
    hint: String? = nil
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.site = site
    self.hint = hint
  }
}

/// All that was found wrong in one reading, so that it can be shown at once.
public struct Diagnostics: Sendable, Error {
  public private(set) var all: [Diagnostic] = []
  private var seen: Set<Diagnostic> = []

  public init() {}
  public init(_ one: Diagnostic) { add(one) }

  /// Adds what is not there yet: two parties that share a wrong parameter make one diagnostic.
  public mutating func add(_ diagnostic: Diagnostic) {
    if seen.insert(diagnostic).inserted { all.append(diagnostic) }
  }

  public mutating func error(
    _ code: String, _ message: String, at site: Site?, hint: String? = nil
  ) {
    add(Diagnostic(.error, code: code, message, at: site, hint: hint))
  }

  public mutating func warn(
    _ code: String, _ message: String, at site: Site?, hint: String? = nil
  ) {
    add(Diagnostic(.warning, code: code, message, at: site, hint: hint))
  }

  public mutating func note(
    _ code: String, _ message: String, at site: Site?, hint: String? = nil
  ) {
    add(Diagnostic(.note, code: code, message, at: site, hint: hint))
  }

  public mutating func add(contentsOf others: Diagnostics) {
    for one in others.all { add(one) }
  }

  public var hasErrors: Bool { all.contains { $0.severity == .error } }

  /// By place, those without a place last, in the order in which they were found.
  public var sorted: [Diagnostic] {
    all.enumerated().sorted { left, right in
      switch (left.element.site, right.element.site) {
      case (let a?, let b?) where a != b: a < b
      case (_?, nil): true
      case (nil, _?): false
      default: left.offset < right.offset
      }
    }.map(\.element)
  }
}
