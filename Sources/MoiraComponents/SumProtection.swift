internal import MoiraCrypto
internal import MoiraKit
internal import MoiraModel
internal import MoiraPlan
internal import MoiraProtocols

/// One way in which the clients of a task add up words while nobody sees a summand: what an encryptor
/// chooses. A value is one party's side for one task.
protocol SumProtection: Sendable {
  /// For the job's report: the method, and who could learn what if whom colluded.
  var summary: String { get }
  /// The fewest clients that a sum can be over.
  var leastSummed: Int { get }
  /// How long the arbiter waits for silent parties.
  var patience: Duration { get }
  /// Whether the arbiter sees each summand.
  var showsSummands: Bool { get }

  /// One sum. All members call the same sums in the same order.
  ///
  /// - Parameters:
  ///   - words: A client's summand; nil at the arbiter.
  ///   - count: How many words each vector has.
  ///   - noise: What the arbiter adds to the sum before anybody else sees it.
  /// - Returns: the sum, and over whom it is; the same at all members.
  /// - Throws: `Failure`.
  mutating func total(
    _ words: [UInt64]?, _ label: MaskLabel, count: Int, noise: [UInt64]?,
    in task: some TaskContext
  ) async throws -> SummedWords
}

extension SumProtection {
  var showsSummands: Bool { false }
}

/// What every way of protecting needs to know of its task.
struct SumGround: Sendable {
  /// The attempt whose sums these are.
  let scope: TaskScope
  /// Those of the task, by id.
  let clients: [PartyID]
  let arbiter: PartyID
  let identities: IdentityRoster

  init(_ task: some TaskContext, arbiter: PartyID) {
    scope = TaskScope(job: task.job, task: task.task, attempt: task.attempt)
    clients = task.clients
    self.arbiter = arbiter
    identities = IdentityRoster(task.identities)
  }
}

/// The protection that an encryptor's keys give, or fresh keys for this task alone.
///
/// - Throws: `protection-stale` if the keys are of another job, `protection-roster` if they are of
///   other parties; `too-few-parties`, `protocol-violation`.
func protection(
  _ protection: Artifact<ProtectionKeys>?, in task: some TaskContext, arbiter: PartyID
) async throws -> any SumProtection {
  let ground = SumGround(task, arbiter: arbiter)
  guard let protection else {
    let keys = try await KeyPossession.agreed(ground, in: task)
    return try SecureAggregation(keys, ground, SecureAggregation.Settings(), in: task)
  }
  let keys = try await task.read(protection)
  guard keys.job == task.job else {
    throw Failure(
      "protection-stale", "the keys of '\(keys.task)' are of job '\(keys.job)', not of this one")
  }
  switch keys.method {
  case .none: return NoProtection(ground, patience: keys.patience)
  case .secureAggregation:
    return try SecureAggregation(
      try KeyPossession(keys, ground), ground, SecureAggregation.Settings(keys), in: task)
  case .algebraic:
    return try await AlgebraicObfuscation(
      try KeyPossession(keys, ground), ground, patience: keys.patience, in: task)
  case .paillier:
    return try PaillierEncryption(keys, try KeyPossession(keys, ground), ground)
  case .secretSharing:
    return SecretSharing(
      try KeyPossession(keys, ground), ground, threshold: keys.threshold,
      patience: keys.patience)
  }
}

/// The arbiter was to add noise to a sum that the method hides from it too.
func noSumForNoise(_ method: ProtectionMethod) -> Failure {
  Failure(
    "privacy-protection",
    "'privacy.unit: central' needs an arbiter that sees the sum, but 'method: \(method.rawValue)' hides it",
    hint: "'privacy.unit: distributed', or 'method: secure_aggregation'")
}
