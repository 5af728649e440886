public import MoiraModel

/// What the scheduler of one job wants done.
///
/// Each is idempotent under its key: to carry one out twice, or for an attempt that is long over,
/// must do no more than to carry it out once.
public enum JobAction: Hashable, Sendable {
  /// Ask whether an earlier job left the outputs of this task; answer with `cacheAnswered`.
  case lookUp(TaskID)
  /// Begin a part; its end is told with `partSucceeded` or `partFailed`.
  case start(PartKey)
  /// End a part if it still runs. If it does, it may say so with `partFailed` and code `cancelled`.
  case cancel(PartKey)
  /// Tell `timerFired` at this moment, or at once if it has passed.
  case setTimer(TimerID, at: Instant)
  /// The timer is not wanted any more; that it fires all the same does no harm.
  case cancelTimer(TimerID)
  /// The job is over; the last action there is.
  case ended(JobState)
}
