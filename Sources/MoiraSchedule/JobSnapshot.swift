public import MoiraModel

/// How a job stands, for people and for tables.
public struct JobSnapshot: Hashable, Codable, Sendable {
  public let id: JobID
  public let state: JobState
  public let submitted: Instant
  public let ended: Instant?
  public let stopReason: String?
  /// Why parties did not take part; nil if all did.
  public let refusals: [Failure]?
  /// In topological order.
  public let tasks: [TaskSnapshot]
}

/// How one task stands. Instants are as the driver's clock gave them, and may go backwards with it.
public struct TaskSnapshot: Hashable, Codable, Sendable {
  public let id: TaskID
  public let state: TaskState
  /// The number of the last attempt; 0 before the first.
  public let attempt: Int
  /// The parts of the last attempt, by party.
  public let parts: [PartyID: PartProgress]
  /// One for each attempt that failed, in order, with the cause and the attempt's number.
  public let failures: [Failure]
  /// How many attempts were cut off by a crash.
  public let lostAttempts: Int
  public let skipReason: SkipReason?
  /// Whether it waits for an answer about reuse.
  public let isLookingUp: Bool
  /// When the next attempt may start, while the task backs off.
  public let nextAttemptAt: Instant?
  /// When the first attempt began.
  public let started: Instant?
  /// When the task reached its final state.
  public let ended: Instant?
  /// What it made, or what was reused, by party.
  public let outputs: [PartyID: [ArtifactReference]]
  /// The parties that it, or a task that it stands on, went on without.
  public let absent: [PartyID]

  /// Why the task failed; nil unless it has.
  public var failure: Failure? { state == .failed ? failures.last : nil }

  init(_ record: TaskRecord) {
    id = record.shape.id
    state = record.state
    attempt = record.attempt?.number ?? 0
    parts = record.attempt?.parts ?? [:]
    failures = record.failures
    lostAttempts = record.lostAttempts
    skipReason = record.skipReason
    isLookingUp = record.isLookingUp
    nextAttemptAt = record.state == .backingOff ? record.timer?.due : nil
    started = record.started
    ended = record.ended
    outputs = record.outputs
    absent = record.absent.sorted()
  }
}

extension JobMachine {
  /// The whole job; nil before it is submitted.
  ///
  /// - Complexity: O(tasks + parts).
  public var snapshot: JobSnapshot? {
    guard let shape, let state, let submitted else { return nil }
    return JobSnapshot(
      id: shape.id, state: state, submitted: submitted, ended: ended, stopReason: stopReason,
      refusals: refusals.isEmpty ? nil : refusals,
      tasks: tasks.map(TaskSnapshot.init))
  }

  /// One task; nil if the job has none of this name.
  public func snapshot(of task: TaskID) -> TaskSnapshot? {
    places[task].map { TaskSnapshot(tasks[$0]) }
  }

  public func state(of task: TaskID) -> TaskState? { places[task].map { tasks[$0].state } }

  /// What a task made or reused, by party; nil while it has no outputs.
  public func outputs(of task: TaskID) -> [PartyID: [ArtifactReference]]? {
    guard let place = places[task], tasks[place].state.hasOutputs else { return nil }
    return tasks[place].outputs
  }

  /// The parties that a task goes without, since it or a task that it stands on lost them.
  public func absent(of task: TaskID) -> Set<PartyID> {
    places[task].map { tasks[$0].absent } ?? []
  }

  /// The parts of running attempts that have not had their last word, in the order of the tasks.
  public var openParts: [PartKey] {
    guard state == .running else { return [] }
    return tasks.flatMap { task -> [PartKey] in
      guard task.state == .running, let attempt = task.attempt else { return [] }
      return attempt.openParties.map {
        PartKey(task: task.shape.id, attempt: attempt.number, party: $0)
      }
    }
  }

  /// Whether a report of this part would still be heard. For an agent that comes back and names
  /// what it runs: what is not wanted is to be cancelled.
  public func isWanted(_ part: PartKey) -> Bool {
    guard state == .running, let place = places[part.task], tasks[place].state == .running,
      let attempt = tasks[place].attempt, attempt.number == part.attempt
    else { return false }
    return attempt.parts[part.party]?.state == .running
  }
}
