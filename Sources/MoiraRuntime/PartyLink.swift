public import MoiraCrypto
public import MoiraModel
public import MoiraPlan
public import MoiraSchedule

/// How a coordinator reaches a party's agent, in this process or over a network.
public protocol PartyLink: Sendable {
  /// The public half of the party's long-term key, to be pinned by a job.
  func identity() async throws(Failure) -> IdentityPublicKey
  /// Runs a part to its end.
  func run(_ order: PartOrder, report: @escaping @Sendable (PartReport) -> Void)
    async throws(Failure) -> PartOutcome
  /// What the part's result depends on at this party besides parameters and inputs.
  func fingerprint(_ order: PartOrder) async throws(Failure) -> String?
  /// Whether all of these lie at this party.
  func holds(_ hashes: [ContentHash]) async -> Bool
  /// Has a part end that runs.
  ///
  /// - Returns: Whether the link sees to it, and `run` still returns with the part's last word; if
  ///   not, whoever called `run` is to be cancelled.
  func end(_ part: PartKey, of job: JobID) -> Bool
}

extension PartyLink {
  public func end(_ part: PartKey, of job: JobID) -> Bool { false }
}

/// What a part came to.
public struct PartOutcome: Codable, Sendable {
  public let outputs: [ArtifactReference]
  /// Parties that the task went on without; nil from a part that does not know.
  public let absent: [PartyID]?

  public init(outputs: [ArtifactReference], absent: [PartyID]? = nil) {
    self.outputs = outputs
    self.absent = absent
  }
}

/// All that an agent must know to run a part.
public struct PartOrder: Codable, Sendable {
  public let job: JobID
  public let attempt: Int
  public let task: PlannedTask
  public let part: PlannedPart
  public let inputs: [PortName: ArtifactReference]
  /// The long-term keys of the job's parties, as it pinned them when it was submitted.
  public let identities: [PartyID: IdentityPublicKey]
  /// The parties that the task goes without already; nil in orders of before.
  public var absent: [PartyID]? = nil

  public var key: PartKey { PartKey(task: task.id, attempt: attempt, party: part.party) }
}
