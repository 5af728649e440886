public import MoiraModel

/// What the scheduler of one job is told. The driver journals it first, then feeds the machine.
public enum JobEvent: Hashable, Sendable {
  /// The job begins. The first event of every journal; a second one changes nothing.
  case submitted(JobShape)
  /// The answer to `JobAction.lookUp`.
  case cacheAnswered(CacheAnswer)
  case partSucceeded(PartSuccess)
  case partFailed(PartFailure)
  case timerFired(TimerID)
  case stopRequested(StopRequest)
  /// The process that ran the job and its parts died; another has replayed the journal and goes on.
  case resumed
  /// The process that ran the job died, but not those that run its parts: another goes on with them.
  case recovered
  /// The process that ran a part died; the others need a new attempt.
  case partLost(PartKey)
  /// The job ends before anything of it has run; the first and last event of its journal.
  case refused(JobRefusal)
}

/// Why a job never began.
public struct JobRefusal: Hashable, Codable, Sendable {
  public let shape: JobShape
  /// Why parties do not take part, each with its party; empty if somebody stopped the job.
  public let failures: [Failure]
  /// Nil unless somebody stopped it while it waited.
  public let stopReason: String?

  public init(shape: JobShape, failures: [Failure], stopReason: String? = nil) {
    self.shape = shape
    self.failures = failures
    self.stopReason = stopReason
  }
}

/// One party's share of one attempt of a task: the key of whatever is done for it.
public struct PartKey: Hashable, Codable, Sendable {
  public let task: TaskID
  /// From 1.
  public let attempt: Int
  public let party: PartyID

  public init(task: TaskID, attempt: Int, party: PartyID) {
    self.task = task
    self.attempt = attempt
    self.party = party
  }
}

/// Whether an earlier job left what a task would make.
public struct CacheAnswer: Hashable, Codable, Sendable {
  public let task: TaskID
  /// The outputs of every party of the task; nil if there are none to reuse. An answer for other
  /// parties than the task's is taken as a miss.
  public let reuse: [PartyID: [ArtifactReference]]?

  public init(task: TaskID, reuse: [PartyID: [ArtifactReference]]?) {
    self.task = task
    self.reuse = reuse
  }
}

/// A part has done its work, and its outputs lie at its party.
public struct PartSuccess: Hashable, Codable, Sendable {
  public let part: PartKey
  public let outputs: [ArtifactReference]
  /// Parties that the attempt went on without: theirs are not waited for. Nil from a part that does
  /// not know.
  public let absent: [PartyID]?

  public init(part: PartKey, outputs: [ArtifactReference], absent: [PartyID]? = nil) {
    self.part = part
    self.outputs = outputs
    self.absent = absent
  }
}

/// A part has ended without its outputs.
public struct PartFailure: Hashable, Codable, Sendable {
  public let part: PartKey
  public let failure: Failure

  public init(part: PartKey, failure: Failure) {
    self.part = part
    self.failure = failure
  }
}

/// Somebody wants the job to end now.
public struct StopRequest: Hashable, Codable, Sendable {
  /// For people: `stopped by hospital-a`.
  public let reason: String
  public init(reason: String) { self.reason = reason }
}

/// A timer of one attempt. A task has at most one at a time.
public struct TimerID: Hashable, Codable, Sendable {
  public enum Purpose: String, Codable, Sendable, CaseIterable {
    /// The wait after the attempt has failed is over.
    case backOff = "back-off"
    /// The attempt has run for as long as it may.
    case timeout
    /// The parts of a failed attempt have had their time to say why.
    case settle
  }

  public let task: TaskID
  public let attempt: Int
  public let purpose: Purpose

  public init(task: TaskID, attempt: Int, purpose: Purpose) {
    self.task = task
    self.attempt = attempt
    self.purpose = purpose
  }
}
