public import MoiraCrypto
public import MoiraModel
public import MoiraPlan
public import MoiraSchedule

/// Keeps jobs: what they are, their journals, what they reported, and what may be reused.
public protocol JobStore: Sendable {
  /// Adds a job. On return it survives a power cut.
  func create(_ record: JobRecord) async throws(Failure)
  func record(of job: JobID) async throws(Failure) -> JobRecord?
  /// The latest so many jobs, or all of them, the oldest first.
  func records(latest count: Int?) async throws(Failure) -> [JobRecord]
  /// The ids of all jobs, the oldest first.
  ///
  /// - Complexity: no record is read.
  func ids() async throws(Failure) -> [JobID]
  /// The jobs that were not concluded, the oldest first.
  ///
  /// - Complexity: linear in them, whatever else the store keeps.
  func unfinished() async throws(Failure) -> [JobID]

  /// Appends to a job's journal, all or none. On return it survives a power cut.
  ///
  /// - Parameter made: what tasks made, so that a later job with the same key can reuse it; rides
  ///   in the same transaction.
  func append(_ entries: [JournalEntry], made: [ReuseNote], to job: JobID) async throws(Failure)
  func journal(of job: JobID) async throws(Failure) -> [JournalEntry]
  /// Notes how the fold of the journal ended, for lists of jobs.
  func conclude(_ job: JobID, _ state: JobState, at: Instant) async throws(Failure)
  /// Notes that a concluded job runs again.
  func reopen(_ job: JobID) async throws(Failure)

  func add(_ reports: [PartReport], to job: JobID) async throws(Failure)
  /// Reports with a number above `after`, in their order.
  func reports(of job: JobID, after: Int) async throws(Failure) -> [NumberedReport]

  /// What an earlier job made under the key.
  func recall(_ key: ContentHash) async throws(Failure) -> [PartyID: [ArtifactReference]]?
  /// Forgets a job, and what only it made reusable.
  func remove(_ job: JobID) async throws(Failure)
}

extension JobStore {
  /// All jobs, the oldest first.
  public func records() async throws(Failure) -> [JobRecord] { try await records(latest: nil) }
}

/// What is known of a job beside its journal.
public struct JobRecord: Hashable, Codable, Sendable {
  public let id: JobID
  public let name: String
  public let created: Instant
  public var state: JobState
  public var ended: Instant?
  public let source: PipelineSource
  public let plan: Plan
  public let planHash: ContentHash
  /// The long-term keys of the parties; nil in records of before there were any.
  public let identities: [PartyID: IdentityPublicKey]?
  /// Who submitted it to a hub; nil for a job of this machine's own.
  public let submission: Submission?

  public init(
    id: JobID, created: Instant, source: PipelineSource, plan: Plan, planHash: ContentHash,
    identities: [PartyID: IdentityPublicKey]? = nil, submission: Submission? = nil
  ) {
    self.id = id
    name = plan.name
    self.created = created
    state = .running
    self.source = source
    self.plan = plan
    self.planHash = planHash
    self.identities = identities
    self.submission = submission
  }
}

/// How a job came to a hub.
public struct Submission: Hashable, Codable, Sendable {
  /// As the certificate names them.
  public let submitter: String
  /// What makes the same thing submitted twice one job; nil if the submitter gave nothing.
  public let key: String?
  /// The higher goes first among the jobs that wait.
  public let priority: Int
  /// The task that was to run anew with what follows; nil for none.
  public let from: TaskID?
  /// What the parties are shown; nil in records of before there was one.
  public let proof: SubmissionProof?
  /// The submitter's, in DER.
  public var certificate: [UInt8] { shown?.bytes ?? [] }
  private let shown: RecordBytes?

  public init(
    submitter: String, key: String? = nil, priority: Int = 0, from: TaskID? = nil,
    proof: SubmissionProof? = nil, certificate: [UInt8] = []
  ) {
    self.submitter = submitter
    self.key = key
    self.priority = priority
    self.from = from
    self.proof = proof
    shown = RecordBytes(certificate)
  }

  private enum CodingKeys: String, CodingKey {
    case submitter, key, priority, from, proof
    case shown = "certificate"
  }
}

/// What a task made, under the key that says what it depended on.
public struct ReuseNote: Hashable, Codable, Sendable {
  public let key: ContentHash
  public let outputs: [PartyID: [ArtifactReference]]

  public init(key: ContentHash, outputs: [PartyID: [ArtifactReference]]) {
    self.key = key
    self.outputs = outputs
  }
}

/// The text that a plan was made from, so that a job can be planned again with changes.
public struct PipelineSource: Hashable, Codable, Sendable {
  /// As the user named it.
  public let file: String
  public let text: String
  /// The values of `--set`.
  public let overrides: [String]
  /// The folder of the parties' folders.
  public let parties: String

  public init(file: String, text: String, overrides: [String], parties: String) {
    self.file = file
    self.text = text
    self.overrides = overrides
    self.parties = parties
  }
}
