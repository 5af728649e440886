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
    "address-taken": .tryAgain,
    "admission-form": .refused,
    "admission-proof": .refused,
    "agent-locked": .tryAgain,
    "artifact-secret": .refused,
    "artifact-unknown": .usage,
    "audit-damaged": .refused,
    "audit-locked": .tryAgain,
    "audit-unwritable": .tryAgain,
    "certificate-expired": .refused,
    "certificate-foreign": .refused,
    "certificate-form": .refused,
    "certificate-missing": .refused,
    "certificate-not-yet": .refused,
    "certificate-revoked": .refused,
    "code-unknown": .usage,
    "component-fault": .bug,
    "component-unknown": .usage,
    "consortium-exists": .refused,
    "consortium-missing": .usage,
    "database-refused": .refused,
    "database-unreachable": .tryAgain,
    "database-url": .usage,
    "file-exists": .refused,
    "file-unwritable": .tryAgain,
    "frame-form": .refused,
    "hub-address": .usage,
    "hub-locked": .tryAgain,
    "hub-member": .usage,
    "hub-missing": .usage,
    "hub-unreachable": .partyUnreachable, "hub-cut": .partyUnreachable,
    "hub-version": .refused,
    "idempotency-key": .usage,
    "idempotency-key-reused": .usage,
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
    "lease-lost": .tryAgain,
    "login-unreadable": .usage,
    "member-exists": .refused,
    "member-unknown": .usage,
    "party-exists": .refused,
    "party-name": .usage,
    "party-unreachable": .partyUnreachable,
    "peer-identity-mismatch": .refused,
    "pipeline-refused": .wrongPipeline,
    "policy-release": .refused,
    "policy-submitter": .refused,
    "queue-full": .tryAgain,
    "request-exists": .refused,
    "revocations-form": .refused,
    "revocations-old": .refused,
    "stop-refused": .refused,
    "storage-unwritable": .tryAgain,
    "submitter-limit": .tryAgain,
    "task-unknown": .usage,
    "template-unknown": .usage,
  ]
}
