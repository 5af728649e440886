public import MoiraCrypto
public import MoiraKit
public import MoiraModel
internal import MoiraPlan
public import MoiraRelay

/// What an agent needs of the party that it serves.
public protocol AgentSite: Sendable {
  var party: PartyID { get }
  /// What it tells the hub of itself: build, components, slots and memory.
  var resources: AgentResources { get }
  /// The artifacts of one of the party's seats.
  func artifacts(of seat: PartyID) throws(Failure) -> any ArtifactStore
  func datasets() -> any DatasetStore
  /// Checks the certificates of a job's parties.
  ///
  /// - Returns: the keys of each, by registered party.
  /// - Throws: `certificate-foreign`, `certificate-expired`, `certificate-revoked`, ...
  func peers(
    _ certificates: [PartyID: [UInt8]], at now: Instant
  ) throws(Failure) -> [PartyID: PeerKeys]
  /// The keys of a party or a submitter that asks for something: a hub asks for nothing in its own name.
  ///
  /// - Throws: as `peers`, and `peer-identity-mismatch`.
  func asker(
    _ member: PartyID, _ certificate: [UInt8], at now: Instant
  ) throws(Failure) -> PeerKeys
  /// Takes in the consortium's newest list of revoked certificates.
  func revoke(_ revocations: [UInt8]) throws(Failure)
  /// What the party's policy says of a job.
  func decide(on proposal: JobProposal, at now: Instant) async -> Consent
  /// The job is over at this party, or has never begun.
  func settle(_ job: JobID) async
  /// Nothing but these jobs is agreed to, as a process of the agent finds it when it begins.
  func settle(allBut jobs: Set<JobID>) async
  /// Whether an artifact may leave on a submitter's request; secrets never may. What may is written down
  /// before this returns.
  func release(_ question: ArtifactQuestion, at now: Instant) async throws(Failure)
  /// Writes down what happened, for the party's own eyes.
  ///
  /// - Returns: whether it is written; what must be written before it happens does not happen else.
  @discardableResult func record(_ event: AgentEvent) async -> Bool
}

/// What a party offers.
public struct AgentResources: Hashable, Sendable {
  public let build: String
  public let catalog: Catalog
  public let slots: Int
  public let memory: Int
  /// Where other parties may dial the agent; nil for nowhere.
  public let direct: String?

  public init(
    build: String, catalog: Catalog, slots: Int, memory: Int, direct: String? = nil
  ) {
    self.build = build
    self.catalog = catalog
    self.slots = slots
    self.memory = memory
    self.direct = direct
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.build == right.build && left.slots == right.slots && left.memory == right.memory
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(build) }
}

/// The public keys of another party, as its certificate has them.
public struct PeerKeys: Hashable, Sendable {
  public let identity: IdentityPublicKey
  public let sealing: SealingPublicKey

  public init(identity: IdentityPublicKey, sealing: SealingPublicKey) {
    self.identity = identity
    self.sealing = sealing
  }
}

/// Something that a party wants to know of its agent afterwards.
public enum AgentEvent: Sendable {
  case decided(JobID, submitter: String, Consent)
  case partStarted(OrderKey, component: String)
  case partEnded(OrderKey, PartEnd)
  case released(ArtifactQuestion)
  case releaseRefused(ArtifactQuestion, Failure)
  case refused(RelayRefusal)
  case connected(hub: String)
  case disconnected(Failure?)
  /// Letters to the party go past the hub from now on; or by the hub again, and why.
  case linked(PartyID)
  case unlinked(PartyID, Failure?)
  /// The failure of a part with what lies beneath, which does not leave the party.
  case failed(OrderKey, Failure)
}
