import MoiraModel

/// How the process ends.
enum ExitStatus: Int32 {
  case done = 0
  case jobFailed = 1
  case usage = 64
  case wrongPipeline = 65
  case partyUnreachable = 69
  case bug = 70
  case tryAgain = 75
  case refused = 77

  init(of failure: Failure) {
    self = Self.byCode[failure.code] ?? .jobFailed
  }

  /// Codes of failures that end a command otherwise than as a failed job.
  private static let byCode: [String: ExitStatus] = [
    "admission-form": .refused,
    "admission-proof": .refused,
    "artifact-secret": .refused,
    "audit-damaged": .refused,
    "audit-locked": .tryAgain,
    "audit-unwritable": .tryAgain,
    "artifact-unknown": .usage,
    "certificate-expired": .refused,
    "certificate-foreign": .refused,
    "certificate-form": .refused,
    "certificate-missing": .refused,
    "certificate-not-yet": .refused,
    "certificate-revoked": .refused,
    "component-fault": .bug,
    "component-unknown": .usage,
    "code-unknown": .usage,
    "consortium-exists": .refused,
    "consortium-missing": .usage,
    "file-exists": .refused,
    "file-unwritable": .tryAgain,
    "internal-error": .bug,
    "job-ambiguous": .usage,
    "job-ended": .usage,
    "job-locked": .tryAgain,
    "job-unknown": .usage,
    "journal-unreadable": .tryAgain,
    "journal-unwritable": .tryAgain,
    "journal-version": .refused,
    "keys-exposed": .refused,
    "keys-mismatch": .refused,
    "member-exists": .refused,
    "member-unknown": .usage,
    "party-exists": .refused,
    "party-name": .usage,
    "party-unreachable": .partyUnreachable,
    "peer-identity-mismatch": .refused,
    "request-exists": .refused,
    "revocations-form": .refused,
    "revocations-old": .refused,
    "policy-release": .refused,
    "policy-submitter": .refused,
    "stop-refused": .refused,
    "storage-unwritable": .tryAgain,
    "task-unknown": .usage,
    "template-unknown": .usage,
  ]
}
