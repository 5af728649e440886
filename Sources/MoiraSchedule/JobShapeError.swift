public import MoiraModel

/// Why tasks do not make a job.
public enum JobShapeError: Error, Hashable, Sendable {
  case parallelismBelowOne(Int)
  case tooManyTasks(Int)
  case duplicateTask(TaskID)
  case noParties(TaskID)
  case duplicateParty(TaskID, PartyID)
  case duplicateNeed(TaskID, TaskID)
  /// The need is unknown, or the task itself, or comes later.
  case needNotBefore(TaskID, TaskID)
  case retriesOutOfRange(TaskID, Int)
  case backoffOutOfRange(TaskID)
  case timeoutOutOfRange(TaskID)
}

extension JobShapeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .parallelismBelowOne(let count): "the parallelism must be at least 1, but is \(count)"
    case .tooManyTasks(let count):
      "a job has at most \(JobShape.taskLimit) tasks, but this one has \(count)"
    case .duplicateTask(let task): "two tasks are called '\(task)'"
    case .noParties(let task): "'\(task)' has no party"
    case .duplicateParty(let task, let party): "'\(task)' names '\(party)' twice"
    case .duplicateNeed(let task, let need): "'\(task)' needs '\(need)' twice"
    case .needNotBefore(let task, let need):
      "'\(task)' needs '\(need)', but no task of that name comes before it"
    case .retriesOutOfRange(let task, let retries):
      "'\(task)' must have 0 to \(TaskPolicy.retryLimit) retries, but has \(retries)"
    case .backoffOutOfRange(let task):
      "the back-off of '\(task)' must have waits of 0 to 366 days, a factor of at least 1"
        + " and a jitter of 0 to 1"
    case .timeoutOutOfRange(let task):
      "the timeout of '\(task)' must be at least 1 ms and at most 366 days"
    }
  }
}
