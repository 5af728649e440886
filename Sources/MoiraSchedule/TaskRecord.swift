import MoiraModel

/// What the machine keeps of one task.
struct TaskRecord: Equatable, Sendable {
  struct Timer: Equatable, Sendable {
    let id: TimerID
    let due: Instant
  }

  let shape: TaskShape
  /// The places of the tasks that need this one.
  var dependents: [Int] = []
  /// How many needs have no outputs yet.
  var missing: Int

  var state: TaskState = .waiting
  /// Whether an answer about reuse is awaited; the task holds a place and is `ready`.
  var isLookingUp = false
  /// Whether that was asked and answered before.
  var wasLookedUp = false
  /// The last attempt, running or over.
  var attempt: AttemptMachine?
  /// The one timer that is set.
  var timer: Timer?
  /// One for each attempt that failed, with its number.
  var failures: [Failure] = []
  /// How many attempts a crash cut off.
  var lostAttempts = 0
  var skipReason: SkipReason?
  var outputs: [PartyID: [ArtifactReference]] = [:]
  /// The parties that this task, or one that it stands on, went on without.
  var absent: Set<PartyID> = []
  var started: Instant?
  var ended: Instant?

  init(_ shape: TaskShape) {
    self.shape = shape
    missing = shape.needs.count
  }

  var nextAttempt: Int { (attempt?.number ?? 0) + 1 }

  /// Why the tasks that need this one are skipped, if they are.
  var reasonToSkip: SkipReason? {
    state == .failed || state == .stopped
      ? SkipReason(upstream: shape.id, state: state) : skipReason
  }
}

extension Sequence {
  /// The first result that is not nil.
  func firstNonNil<Result>(_ transform: (Element) -> Result?) -> Result? {
    for element in self {
      if let result = transform(element) { return result }
    }
    return nil
  }
}
