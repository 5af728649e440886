public import MoiraModel

/// Why something that came was not taken in. Names only, never contents.
public enum RelayRefusal: Hashable, Sendable {
  case withoutConsent(JobID)
  case misrouted(JobID)
  /// The sender is not who the address says.
  case forgedSender(LaneAddress)
  case unknownJob(JobID)
  case tooLong(LaneAddress)
  /// The seal does not open.
  case broken(LaneAddress)
  case full(LaneAddress)
  /// The number of a telling leaves one out.
  case skipped(JobID)
  /// The answer came after it was given up.
  case late(LateAnswer)

  /// For counters: a word of a small set.
  public var kind: String {
    switch self {
    case .withoutConsent: "without-consent"
    case .misrouted: "misrouted"
    case .forgedSender: "forged-sender"
    case .unknownJob: "unknown-job"
    case .tooLong: "too-long"
    case .broken: "broken-seal"
    case .full: "full"
    case .skipped: "skipped"
    case .late: "late-answer"
    }
  }
}

extension Failure {
  static var cancelled: Failure { Failure("cancelled", "the part was cancelled") }

  static func withoutConsent(_ job: JobID) -> Failure {
    Failure("consent-missing", "the party has not agreed to the job '\(job)'")
  }
}
