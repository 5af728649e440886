public import MoiraModel

/// The scheduler of one job, without clock, socket or database: events in, actions out.
///
/// The driver appends each event to the journal, then calls `handle`, then carries out the actions.
/// The state is a fold of the journal, so recovery is replay followed by `resumed`; the same events
/// at the same instants give the same state and the same actions. An event that is stale, repeated
/// or impossible changes nothing and asks for nothing.
///
/// A task:
///
///     waiting ──all needs have outputs──▶ ready ◀──timer── backing-off
///        │                                  │                    ▲
///        │                     a place is free                   │ transient, retries left
///        │                                  ▼                    │
///        │                  (look up) ──▶ running ──fails──┬─────┘
///        │                      │          ▲ │ │           └─ otherwise ──▶ failed
///        │                     hit         └─┘ └──all parts succeed──▶ succeeded
///        │                      ▼        resumed:
///        │                   reused      next attempt
///        └──an ancestor failed or was stopped──▶ skipped
///
/// `stopRequested` ends the job at once: `ready`, `running` and `backing-off` become `stopped`,
/// `waiting` becomes `skipped`, and late reports are not heard. What becomes of an attempt's parts
/// is the matter of another machine, one for each attempt.
///
/// - A cacheable task is looked up once, before its first attempt; from then on it holds its place.
/// - At most `parallelism` tasks hold a place. The next is the one with the highest priority, then
///   the first in topological order.
/// - The job ends when every task is final: `succeeded` if all have outputs, else `failed`.
/// - An attempt that a crash cut off does not count against the retries; one task may lose
///   `lossLimit` of them.
///
/// - Complexity: `handle` takes amortised O((edges affected + tasks started) · log tasks + parts);
///   `resumed` and `stopRequested` O(tasks + edges). Memory is linear in tasks, edges and parts.
public struct JobMachine: Equatable, Sendable {
  /// How long the parts of a failed attempt have to say why, when all that is known is an echo.
  public static let settlingGrace = Duration.seconds(5)
  /// How many attempts of a task may be lost with a part's process.
  public static let lossLimit = 100

  /// What was submitted; nil before.
  public internal(set) var shape: JobShape?
  /// Nil before the job is submitted.
  public internal(set) var state: JobState?
  public internal(set) var submitted: Instant?
  public internal(set) var ended: Instant?
  public internal(set) var stopReason: String?
  /// Why parties did not take part.
  public internal(set) var refusals: [Failure] = []

  /// In topological order.
  var tasks: [TaskRecord] = []
  /// Where in `tasks` each one stands.
  var places: [TaskID: Int] = [:]
  var ready = ReadyQueue()
  /// How many tasks hold a place.
  var occupied = 0
  /// How many tasks are not final.
  var unfinished = 0

  public init() {}

  /// The machine as it stood after the last entry of a journal. Follow it with `resumed`, unless
  /// the job has ended.
  public init(replaying journal: some Sequence<JournalEntry>) {
    self.init()
    for entry in journal { _ = handle(entry.event, at: entry.at) }
  }

  /// Takes in one event, and says what is to be done.
  public mutating func handle(_ event: JobEvent, at now: Instant) -> [JobAction] {
    var actions: [JobAction] = []
    if case .submitted(let shape) = event {
      submit(shape, at: now)
    } else if case .refused(let refusal) = event {
      refuse(refusal, at: now, &actions)
    } else if state == .running {
      take(event, at: now, &actions)
    }
    if state == .running {
      fillPlaces(at: now, &actions)
      if unfinished == 0 { end(at: now, &actions) }
    }
    return actions
  }

  private mutating func take(_ event: JobEvent, at now: Instant, _ actions: inout [JobAction]) {
    switch event {
    case .submitted: break
    case .cacheAnswered(let answer): cacheAnswered(answer, at: now, &actions)
    case .partSucceeded(let report): partSucceeded(report, at: now, &actions)
    case .partFailed(let report): partFailed(report, at: now, &actions)
    case .timerFired(let timer): timerFired(timer, at: now, &actions)
    case .stopRequested(let request): stop(request, at: now, &actions)
    case .resumed: resume(at: now, &actions)
    case .recovered: recover(at: now, &actions)
    case .partLost(let part): partLost(part, at: now, &actions)
    case .refused: break
    }
  }

  mutating func submit(_ shape: JobShape, at now: Instant) {
    guard self.shape == nil else { return }
    self.shape = shape
    state = .running
    submitted = now
    unfinished = shape.tasks.count
    tasks = shape.tasks.map(TaskRecord.init)
    places.reserveCapacity(tasks.count)
    for (place, task) in shape.tasks.enumerated() {
      places[task.id] = place
      for need in task.needs {
        if let needed = places[need] { tasks[needed].dependents.append(place) }
      }
      if task.needs.isEmpty { makeReady(place) }
    }
  }

  private mutating func end(at now: Instant, _ actions: inout [JobAction]) {
    let outcome: JobState = tasks.allSatisfy(\.state.hasOutputs) ? .succeeded : .failed
    state = outcome
    ended = now
    actions.append(.ended(outcome))
  }
}
