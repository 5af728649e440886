public import MoiraModel
public import MoiraPlan
public import MoiraSchedule

/// How a coordinator reaches a party's agent, in this process or over a network.
public protocol PartyLink: Sendable {
  /// Runs a part to its end.
  func run(_ order: PartOrder, report: @escaping @Sendable (PartReport) -> Void)
    async throws(Failure) -> [ArtifactReference]
  /// What the part's result depends on at this party besides parameters and inputs.
  func fingerprint(_ order: PartOrder) async throws(Failure) -> String?
  /// Whether all of these lie at this party.
  func holds(_ hashes: [ContentHash]) async -> Bool
}

/// All that an agent must know to run a part.
public struct PartOrder: Codable, Sendable {
  public let job: JobID
  public let attempt: Int
  public let task: PlannedTask
  public let part: PlannedPart
  public let inputs: [PortName: ArtifactReference]

  public var key: PartKey { PartKey(task: task.id, attempt: attempt, party: part.party) }
}
