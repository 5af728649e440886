public import MoiraModel

/// One line of a job's journal: an event, and when it was told.
public struct JournalEntry: Hashable, Codable, Sendable {
  /// The version that is written, and the only one that is read.
  public static let version = 1

  public let at: Instant
  public let event: JobEvent

  public init(_ event: JobEvent, at: Instant) {
    self.at = at
    self.event = event
  }

  private enum CodingKeys: String, CodingKey {
    case version, at, event
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Self.version, forKey: .version)
    try container.encode(at, forKey: .at)
    try container.encode(event, forKey: .event)
  }

  /// - Throws: `UnknownJournalVersion`, before anything else is looked at.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let version = try container.decode(Int.self, forKey: .version)
    if version != Self.version { throw UnknownJournalVersion(version: version) }
    at = try container.decode(Instant.self, forKey: .at)
    event = try container.decode(JobEvent.self, forKey: .event)
  }
}

/// A journal entry was written by a Moira that knows more than this one.
public struct UnknownJournalVersion: Error, Hashable, Sendable, CustomStringConvertible {
  public let version: Int
  public init(version: Int) { self.version = version }
  public var description: String {
    "the journal has version \(version), but this build reads version \(JournalEntry.version)"
  }
}
