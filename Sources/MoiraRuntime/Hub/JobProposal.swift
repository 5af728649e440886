public import MoiraModel
public import MoiraPlan

/// What a party is told of a job before it decides to take part.
public struct JobProposal: Hashable, Codable, Sendable {
  public static let currentVersion = 2

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

extension JobProposal {
  private enum Keys: String, CodingKey {
    case version, job, submitter, plan, certificates, addresses
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Keys.self)
    version = try values.decode(Int.self, forKey: .version)
    job = try values.decode(JobID.self, forKey: .job)
    submitter = try values.decode(String.self, forKey: .submitter)
    plan = try values.decode(Plan.self, forKey: .plan)
    certificates = try values.decode([PartyID: RecordBytes].self, forKey: .certificates)
      .mapValues(\.bytes)
    addresses = try values.decode([PartyID: String].self, forKey: .addresses)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Keys.self)
    try values.encode(version, forKey: .version)
    try values.encode(job, forKey: .job)
    try values.encode(submitter, forKey: .submitter)
    try values.encode(plan, forKey: .plan)
    try values.encode(certificates.mapValues(RecordBytes.init), forKey: .certificates)
    try values.encode(addresses, forKey: .addresses)
  }
}
