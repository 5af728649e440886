public import MoiraModel
public import MoiraPlan

/// What a party is told of a job before it decides to take part.
public struct JobProposal: Hashable, Codable, Sendable {
  public static let currentVersion = 1

  public let version: Int
  public let job: JobID
  /// As the submitter's certificate names them.
  public let submitter: String
  public let plan: Plan
  /// The certificates of the plan's registered parties, in DER, so that each can check the others.
  public let certificates: [PartyID: [UInt8]]
  /// Where the parties that can be reached past the hub may be dialled.
  public let addresses: [PartyID: String]

  public init(
    job: JobID, submitter: String, plan: Plan, certificates: [PartyID: [UInt8]],
    addresses: [PartyID: String] = [:]
  ) {
    version = Self.currentVersion
    self.job = job
    self.submitter = submitter
    self.plan = plan
    self.certificates = certificates
    self.addresses = addresses
  }
}
