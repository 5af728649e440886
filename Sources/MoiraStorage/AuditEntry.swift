import Foundation
public import MoiraConfig
internal import MoiraCrypto
public import MoiraModel

/// What kind of thing an audit log tells of. Open, so that an agent may bring kinds of its own.
public struct AuditKind: Name {
  public let text: String
  public init(_ text: String) { self.text = text }

  /// What the party said to a proposal, with every refusal.
  public static let decision: Self = "decision"
  public static let partStarted: Self = "part-started"
  public static let partEnded: Self = "part-ended"
  /// An artifact went to somebody who asked for it.
  public static let artifactLeft: Self = "artifact-left"
  public static let releaseRefused: Self = "release-refused"
  /// What a crash left of a line was taken away.
  public static let mended: Self = "mended"
}

/// One line of an audit log.
public struct AuditEntry: Hashable, Sendable {
  /// From 1.
  public let number: Int
  public let time: Instant
  public let kind: AuditKind
  /// Public facts: names, codes, hashes, sizes. Never a value from the data or a key.
  public let facts: ConfigValue
  /// The hash of the line before; 64 zeros on the first.
  public let before: ContentHash
  /// The hash of this line up to here.
  public let hash: ContentHash

  static let version = 1
  /// What stands in the place of the hash before the first line.
  static let origin = ContentHash(String(repeating: "0", count: 64))
  private static let seam = ",\"hash\":\""
  private static let end = "\"}"

  init(
    number: Int, time: Instant, kind: AuditKind, facts: ConfigValue, before: ContentHash
  ) {
    self.number = number
    self.time = time
    self.kind = kind
    self.facts = facts
    self.before = before
    hash = sha256(
      Array(Self.body(number: number, time: time, kind: kind, facts: facts, before: before).utf8))
  }

  /// As it stands in the file, with its line feed.
  var line: [UInt8] {
    let body = Self.body(number: number, time: time, kind: kind, facts: facts, before: before)
    return Array("\(body)\(Self.seam)\(hash)\(Self.end)\n".utf8)
  }

  /// The line without its own hash and what follows.
  private static func body(
    number: Int, time: Instant, kind: AuditKind, facts: ConfigValue, before: ContentHash
  ) -> String {
    let map = ConfigValue.map([
      ("version", .int(version)), ("number", .int(number)), ("time", .int(Int(time.milliseconds))),
      ("kind", .string(kind.text)), ("facts", facts), ("before", .string(before.text)),
    ])
    return String(map.json().dropLast())
  }

  // MARK: Reading

  /// Why a line is not what was written.
  enum Flaw: Error, Hashable {
    case form
    case version(Int)
    /// Its bytes do not give its hash.
    case hash
  }

  private struct Decoded: Decodable {
    let version: Int
    let number: Int
    let time: Instant
    let kind: AuditKind
    let facts: ConfigValue
    let before: ContentHash
    let hash: ContentHash
  }

  /// - Parameter line: without its line feed.
  init(line: UnsafeRawBufferPointer) throws(Flaw) {
    let tail = Self.seam.utf8.count + 64 + Self.end.utf8.count
    guard line.count > tail else { throw .form }
    let body = UnsafeRawBufferPointer(rebasing: line.prefix(line.count - tail))
    var hasher = ContentHasher()
    hasher.update(body)
    let hash = hasher.finish()
    guard line.suffix(tail).elementsEqual("\(Self.seam)\(hash)\(Self.end)".utf8) else {
      throw .hash
    }
    guard let read = try? JSONDecoder().decode(Decoded.self, from: Data(line)) else { throw .form }
    guard read.version == Self.version else { throw .version(read.version) }
    number = read.number
    time = read.time
    kind = read.kind
    facts = read.facts
    before = read.before
    self.hash = hash
  }
}
