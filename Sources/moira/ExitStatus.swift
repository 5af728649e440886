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
    "artifact-secret": .refused,
    "audit-damaged": .refused,
    "audit-locked": .tryAgain,
    "audit-unwritable": .tryAgain,
    "artifact-unknown": .usage,
    "component-fault": .bug,
    "component-unknown": .usage,
    "code-unknown": .usage,
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
    "party-exists": .refused,
    "party-unreachable": .partyUnreachable,
    "storage-unwritable": .tryAgain,
    "task-unknown": .usage,
    "template-unknown": .usage,
  ]
}
