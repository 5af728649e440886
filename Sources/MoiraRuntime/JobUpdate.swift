public import MoiraModel
public import MoiraSchedule

/// What whoever watches a job is told, in order.
public enum JobUpdate: Codable, Sendable {
  /// How the job stands; the first update, and again after a crash.
  case began(JobSnapshot)
  case task(TaskSnapshot)
  /// Why the job has not begun yet, in words.
  case waiting(String)
  case report(PartReport)
  /// The last update.
  case ended(JobSnapshot)
  /// The job could not go on, and is left as its journal has it; the last update.
  case broken(Failure)
}
