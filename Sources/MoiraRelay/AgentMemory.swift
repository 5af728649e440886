public import MoiraModel

/// What an agent must not forget when its process ends: what it agreed to, how its parts ended, what
/// the hub has not noted, and what its partners have not received.
public struct AgentMemory: Equatable, Sendable {
  public private(set) var consents: [JobID: Consent] = [:]
  public private(set) var parts: [OrderKey: PartRecord] = [:]
  public private(set) var tellings: [UInt64: Telling] = [:]
  public private(set) var letters: [LaneAddress: [Letter]] = [:]
  /// The highest number that any telling had.
  public private(set) var lastTold: UInt64 = 0

  public init() {}

  /// Where a part stands.
  public struct PartRecord: Hashable, Codable, Sendable {
    /// Which process of the agent began it.
    public let incarnation: UInt64
    /// Nil while it runs, or did when the process died.
    public let end: PartEnd?

    public init(incarnation: UInt64, end: PartEnd?) {
      self.incarnation = incarnation
      self.end = end
    }
  }

  /// One thing that is remembered or, with nil, forgotten.
  public enum Change: Equatable, Sendable {
    case consent(JobID, Consent?)
    case part(OrderKey, PartRecord?)
    case telling(UInt64, Telling?)
    case letters(LaneAddress, [Letter])
  }

  public mutating func apply(_ change: Change) {
    switch change {
    case .consent(let job, let consent): consents[job] = consent
    case .part(let key, let record): parts[key] = record
    case .telling(let number, let telling):
      tellings[number] = telling
      lastTold = max(lastTold, number)
    case .letters(let address, let left): letters[address] = left.isEmpty ? nil : left
    }
  }

  /// The jobs of which anything is remembered.
  public var jobs: Set<JobID> {
    Set(consents.keys).union(parts.keys.map(\.job)).union(letters.keys.map(\.job))
  }
}
