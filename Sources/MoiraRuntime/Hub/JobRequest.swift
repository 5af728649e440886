public import MoiraCrypto
public import MoiraModel
public import MoiraPlan

/// What somebody submits.
public struct JobRequest: Hashable, Codable, Sendable {
  /// The longest `--idempotency-key`, in bytes.
  public static let keyLimit = 256

  public let source: PipelineSource
  /// What makes the same thing submitted twice one job; nil for a new job each time.
  public let key: String?
  /// In place of the pipeline's.
  public let priority: Int?
  /// Run this task and what follows anew.
  public let from: TaskID?
  public let proof: SubmissionProof

  /// Signs a submission.
  ///
  /// - Parameters:
  ///   - plan: what the submitter's own machine makes of the source.
  ///   - submitter: as their certificate names them; the pair is the certificate's.
  /// - Throws: `idempotency-key` unless the key has 1 to 256 bytes.
  public init(
    _ source: PipelineSource, planned plan: Plan, key: String? = nil, priority: Int? = nil,
    from: TaskID? = nil, by submitter: String, at now: Instant, signing pair: IdentityKeyPair
  ) throws(Failure) {
    try Self.check(key)
    self.source = source
    self.key = key
    self.priority = priority
    self.from = from
    proof = SubmissionProof(
      key.map { .keyed($0, of: submitter) } ?? .drawn(),
      of: from.map(plan.withoutReuse) ?? plan, by: submitter, at: now, signing: pair)
  }

  private static func check(_ key: String?) throws(Failure) {
    guard let key, key.isEmpty || key.utf8.count > keyLimit else { return }
    throw Failure(
      "idempotency-key",
      "an idempotency key must have 1 to \(keyLimit) bytes, but has \(key.utf8.count)")
  }

  /// The id of the job: the submitter's own choice, but nobody takes the id of another's key.
  ///
  /// - Throws: `idempotency-key`, `submission-unproven`.
  func id(for submitter: String) throws(Failure) -> JobID {
    try Self.check(key)
    let isRight = key.map { proof.job == .keyed($0, of: submitter) } ?? proof.job.isDrawn
    guard isRight else {
      throw Failure(
        "submission-unproven",
        "'\(proof.job)' is no id that a submission of '\(submitter)' may have")
    }
    return proof.job
  }
}
