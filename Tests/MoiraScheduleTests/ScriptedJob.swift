import MoiraModel
import Testing

@testable import MoiraSchedule

/// A machine with short words for telling it things, and a journal of what it was told.
struct ScriptedJob {
  var machine = JobMachine()
  var journal: [JournalEntry] = []
  var now = Instant(milliseconds: 1_000_000)

  init() {}

  /// Submits the tasks, and forgets the first actions.
  init(_ tasks: [TaskShape], parallelism: Int = 10) throws {
    _ = try submit(tasks, parallelism: parallelism)
  }

  mutating func submit(_ tasks: [TaskShape], parallelism: Int = 10) throws -> [JobAction] {
    tell(.submitted(try JobShape(id: "j", tasks: tasks, parallelism: parallelism, seed: 7)))
  }

  mutating func tell(_ event: JobEvent) -> [JobAction] {
    journal.append(JournalEntry(event, at: now))
    return machine.handle(event, at: now)
  }

  mutating func succeed(
    _ task: TaskID, _ attempt: Int = 1, _ party: PartyID = "a", made: [ArtifactReference] = []
  ) -> [JobAction] {
    tell(.partSucceeded(.init(part: .init(task, attempt, party), outputs: made)))
  }

  mutating func fail(
    _ task: TaskID, _ attempt: Int = 1, _ party: PartyID = "a", code: String = "boom",
    transient: Bool = false
  ) -> [JobAction] {
    let failure = Failure(code, "it went wrong", isTransient: transient)
    return tell(.partFailed(.init(part: .init(task, attempt, party), failure: failure)))
  }

  mutating func fire(_ task: TaskID, _ attempt: Int, _ purpose: TimerID.Purpose) -> [JobAction] {
    tell(.timerFired(TimerID(task: task, attempt: attempt, purpose: purpose)))
  }

  mutating func answer(
    _ task: TaskID, _ reuse: [PartyID: [ArtifactReference]]?
  ) -> [JobAction] {
    tell(.cacheAnswered(.init(task: task, reuse: reuse)))
  }

  func task(_ id: TaskID) throws -> TaskSnapshot { try #require(machine.snapshot(of: id)) }
}

extension PartKey {
  init(_ task: TaskID, _ attempt: Int, _ party: PartyID) {
    self.init(task: task, attempt: attempt, party: party)
  }
}

extension TaskShape {
  /// A task of party `a` alone unless told otherwise.
  init(
    _ id: TaskID, _ parties: [PartyID] = ["a"], needs: [TaskID] = [], policy: TaskPolicy = .init()
  ) {
    self.init(id: id, parties: parties, needs: needs, policy: policy)
  }
}

extension JobAction {
  static func start(_ task: TaskID, _ attempt: Int = 1, _ party: PartyID = "a") -> JobAction {
    .start(PartKey(task, attempt, party))
  }
  static func cancel(_ task: TaskID, _ attempt: Int = 1, _ party: PartyID = "a") -> JobAction {
    .cancel(PartKey(task, attempt, party))
  }
  static func cancelTimer(
    _ task: TaskID, _ attempt: Int, _ purpose: TimerID.Purpose
  ) -> JobAction {
    .cancelTimer(TimerID(task: task, attempt: attempt, purpose: purpose))
  }
  static func setTimer(
    _ task: TaskID, _ attempt: Int, _ purpose: TimerID.Purpose, at: Instant
  ) -> JobAction {
    .setTimer(TimerID(task: task, attempt: attempt, purpose: purpose), at: at)
  }
}

/// Waits of exactly 1 s, 2 s, 4 s, ... up to 10 s.
let plainBackoff = Backoff(initial: .seconds(1), factor: 2, limit: .seconds(10), jitter: 0)

func artifact(_ hash: String) -> ArtifactReference {
  ArtifactReference(port: "out", kind: .table, hash: ContentHash(hash), bytes: 3)
}
