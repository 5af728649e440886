public import MoiraCrypto
public import MoiraModel
public import MoiraPlan

/// A submitter's word for one job of one plan, signed with the key of their certificate: without it a
/// hub could have jobs run in the name of whomever the parties' policies allow.
public struct SubmissionProof: Hashable, Codable, Sendable {
  /// How old a submission may be when a party is first asked for its consent: a hub that keeps one back
  /// cannot bring it up much later.
  public static let ageLimit = Duration.seconds(7 * 86_400)
  /// By how much the clocks of a submitter and a party may differ.
  public static let clockTolerance = Duration.seconds(86_400)

  /// Drawn by the submitter, or made of the key: a party takes part once in a job of an id.
  public let job: JobID
  public let submitted: Instant
  private let signature: RecordBytes

  /// - Parameter submitter: as their certificate names them.
  public init(
    _ job: JobID, of plan: Plan, by submitter: String, at now: Instant,
    signing pair: IdentityKeyPair
  ) {
    self.job = job
    submitted = now
    signature = RecordBytes(pair.sign(Self.statement(job, plan.termsHash, submitter, now)))
  }

  /// Whether the owner of the key has submitted just this plan under just this id.
  public func isValid(of plan: Plan, by submitter: String, _ key: IdentityPublicKey) -> Bool {
    key.isValid(
      signature.bytes, for: Self.statement(job, plan.termsHash, submitter, submitted))
  }

  private static func statement(
    _ job: JobID, _ terms: ContentHash, _ submitter: String, _ submitted: Instant
  ) -> SignedStatement {
    SignedStatement("moira/submission/1") { writer in
      writer.write(job.text)
      writer.write(terms.text)
      writer.write(submitter)
      writer.write(submitted.milliseconds)
    }
  }

  /// - Throws: `submission-stale`.
  func checkAge(at now: Instant) throws(Failure) {
    let age = now - submitted
    guard age > Self.ageLimit || age < .zero - Self.clockTolerance else { return }
    let words = age < .zero ? "from a time that is still to come" : "older than 7 days"
    throw Failure(
      "submission-stale", "the submission of the job '\(job)' is \(words)",
      hint: "submit it again; do the clocks of hub, party and submitter agree?")
  }
}

extension JobID {
  /// Eight hexadecimal digits that no job had before, most likely.
  public static func drawn() -> JobID {
    let digits = String(UInt32.random(in: .min ... .max), radix: 16)
    return JobID(String(repeating: "0", count: 8 - digits.count) + digits)
  }

  /// What all submissions of one submitter under one key are: sixteen hexadecimal digits.
  public static func keyed(_ key: String, of submitter: String) -> JobID {
    let text = "\(submitter.utf8.count):\(submitter):\(key)"
    return JobID(String(sha256(Array(text.utf8)).text.prefix(16)))
  }

  var isDrawn: Bool {
    text.utf8.count == 8
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}
