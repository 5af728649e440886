/// Names that are allowed, or the word `any`.
public struct NameRule: Hashable, Sendable {
  public static let anyWord = "any"

  /// In the order in which they were written, each once.
  public let names: [String]
  public let allowsAny: Bool
  private let known: Set<String>

  public init(_ words: [String]) {
    allowsAny = words.contains(Self.anyWord)
    var seen: Set<String> = []
    names = words.filter { $0 != Self.anyWord && seen.insert($0).inserted }
    known = seen
  }

  public func allows(_ name: String) -> Bool { allowsAny || known.contains(name) }

  /// `any`, `none`, or the names.
  public var words: String {
    if allowsAny { return Self.anyWord }
    return names.isEmpty ? "none" : names.joined(separator: ", ")
  }
}

/// Components that are allowed, in all versions or in one.
public struct ComponentRule: Hashable, Sendable {
  /// `homo_lr`, or `homo_lr@2`.
  public struct Entry: Hashable, Sendable {
    public let name: String
    /// Nil for all versions.
    public let version: Int?

    /// Nil if the text is neither a name nor a name with a version from 1 on.
    public init?(_ text: String) {
      let parts = text.split(separator: "@", omittingEmptySubsequences: false)
      guard let name = parts.first, isPartyName(String(name)), parts.count <= 2 else { return nil }
      self.name = String(name)
      if parts.count == 2 {
        guard let version = Int(parts[1]), version > 0, parts[1].first != "+" else { return nil }
        self.version = version
      } else {
        version = nil
      }
    }

    public var text: String { version.map { "\(name)@\($0)" } ?? name }
  }

  public let entries: [Entry]
  public let allowsAny: Bool
  private let known: [String: [Int?]]

  /// Words that are no entries allow nothing.
  public init(_ words: [String]) {
    allowsAny = words.contains(NameRule.anyWord)
    entries = words.filter { $0 != NameRule.anyWord }.compactMap { Entry($0) }
    known = Dictionary(grouping: entries, by: \.name).mapValues { $0.map(\.version) }
  }

  public func allows(_ name: String, version: Int) -> Bool {
    if allowsAny { return true }
    return known[name]?.contains { $0 == nil || $0 == version } ?? false
  }

  public var words: String {
    if allowsAny { return NameRule.anyWord }
    return entries.isEmpty ? "none" : entries.map(\.text).joined(separator: ", ")
  }
}
