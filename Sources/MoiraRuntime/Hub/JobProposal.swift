public import MoiraModel
public import MoiraPlan

/// What a party is told of a job before it decides to take part.
public struct JobProposal: Hashable, Codable, Sendable {
  public static let currentVersion = 3

  public let version: Int
  public let job: JobID
  /// Who has submitted it, and what shows that.
  public let submission: Submission
  public let plan: Plan
  /// The certificates of the plan's registered parties, in DER, so that each can check the others.
  public var certificates: [PartyID: [UInt8]] { shown.mapValues(\.bytes) }
  private let shown: [PartyID: RecordBytes]
  /// Where the parties that can be reached past the hub may be dialled.
  public let addresses: [PartyID: String]

  public init(
    job: JobID, _ submission: Submission, plan: Plan, certificates: [PartyID: [UInt8]],
    addresses: [PartyID: String] = [:]
  ) {
    version = Self.currentVersion
    self.job = job
    self.submission = submission
    self.plan = plan
    shown = certificates.mapValues(RecordBytes.init)
    self.addresses = addresses
  }

  private enum CodingKeys: String, CodingKey {
    case version, job, submission, plan, addresses
    case shown = "certificates"
  }
}
