public import MoiraModel

extension Failure {
  /// Whether it says no more than that something else went wrong first: `cancelled` or
  /// `peer-failed`.
  public var isEcho: Bool { code == "cancelled" || code == "peer-failed" }

  /// Whether it says that the party itself is gone, rather than that it met with something.
  var isVanishing: Bool { code == "party-unreachable" }

  /// The process that ran a part died with it.
  public static func partLost() -> Failure {
    Failure("part-lost", "the agent's process ended while the part ran", isTransient: true)
  }

  /// Whether it says that the process that ran the part died with it.
  public var isLoss: Bool { code == "part-lost" }

  /// An attempt ran for longer than its policy allows.
  static func timeout(of task: TaskID, attempt: Int, after limit: Duration, open: [PartyID])
    -> Failure
  {
    let names = open.map { "'\($0)'" }.joined(separator: ", ")
    return Failure(
      "task-timeout", "\(names) had not ended after \(readable(limit))", isTransient: true
    ).placed(task, attempt)
  }

  /// A crash cut an attempt off, and there may not be another.
  static func attemptLost(of task: TaskID, attempt: Int) -> Failure {
    Failure(
      "attempt-lost", "the process ended while the attempt ran, and the task is not restartable"
    ).placed(task, attempt)
  }

  /// The same failure, told whose it is; task and attempt as the machine knows them, the party only
  /// where the failure names none.
  func placed(_ task: TaskID, _ attempt: Int, _ party: PartyID? = nil) -> Failure {
    var copy = self
    copy.task = task
    copy.attempt = attempt
    copy.party = copy.party ?? party
    return copy
  }

  private static func readable(_ wait: Duration) -> String {
    let milliseconds = wait.milliseconds
    return milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
  }
}
