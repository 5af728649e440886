import MoiraModel
import Testing

@testable import MoiraSchedule

/// A driver, its parties, its timers and its crashes, all decided by a seed.
///
/// What is in flight is a bag from which one thing is drawn at a time. Every action and every state
/// is checked on the way (`Invariants.swift`).
struct SimulatedFederation {
  /// What may go wrong besides what the fates say.
  struct Faults {
    /// The chance of a crash before each event.
    var crash = 0.0
    /// The chance that an event is told twice, and that one that cannot be is told.
    var noise = 0.0
    /// Whether timers fire while reports are on their way.
    var hasty = false
    /// The chance of a stop before each event.
    var stop = 0.0
  }

  let shape: JobShape
  let fates: [TaskID: Fate]
  let faults: Faults
  var generator: SeededGenerator
  var now = Instant(milliseconds: 1_700_000_000_000)

  var machine = JobMachine()
  var journal: [JournalEntry] = []
  /// Reports and answers on their way.
  var inFlight: [JobEvent] = []
  var timers: [TimerID: Instant] = [:]
  /// Parts that were started and have not sent their report.
  var working: Set<PartKey> = []

  /// For the invariants: what was ever started, done and said.
  var started: Set<PartKey> = []
  var final: [TaskID: TaskState] = [:]
  var endings: [JobState] = []
  var crashes = 0

  init(_ world: RandomJob, _ faults: Faults, seed: UInt64) {
    shape = world.shape
    fates = world.fates
    self.faults = faults
    generator = SeededGenerator(seed: mix64(seed ^ 0xD21))
  }

  /// Runs the job to its end; false if it got stuck.
  mutating func run() -> Bool {
    tell(.submitted(shape))
    for _ in 0..<5000 {
      if !endings.isEmpty { return true }
      now = Instant(milliseconds: now.milliseconds + .random(in: -5000...5000, using: &generator))
      if happens(faults.crash) { crash() }
      if happens(faults.noise) { tellSomethingStrange() }
      if happens(faults.stop) { tell(.stopRequested(.init(reason: "enough"))) }
      guard let event = nextEvent() ?? (endings.isEmpty ? nil : .resumed) else { return false }
      tell(event)
      if happens(faults.noise) { inFlight.append(event) }
    }
    return false
  }

  mutating func happens(_ chance: Double) -> Bool { generator.unit() < chance }

  /// Journals first, then feeds the machine, then carries out what it wants.
  mutating func tell(_ event: JobEvent) {
    journal.append(JournalEntry(event, at: now))
    let actions = machine.handle(event, at: now)
    checkState()
    if happens(faults.crash) { return crash() }
    for action in actions { carryOut(action) }
  }

  private mutating func nextEvent() -> JobEvent? {
    let timerIsNext = faults.hasty && happens(0.2)
    if !inFlight.isEmpty, !timerIsNext || timers.isEmpty {
      return inFlight.remove(at: .random(in: inFlight.indices, using: &generator))
    }
    let next = timers.min { ($0.value, "\($0.key)") < ($1.value, "\($1.key)") }
    guard let (id, due) = next else { return nil }
    timers[id] = nil
    now = max(now, due)
    return .timerFired(id)
  }

  private mutating func carryOut(_ action: JobAction) {
    check(action)
    switch action {
    case .lookUp(let task):
      inFlight.append(.cacheAnswered(.init(task: task, reuse: fates[task]?.reuse)))
    case .start(let part): start(part)
    case .cancel(let part): cancel(part)
    case .setTimer(let id, let due): timers[id] = due
    case .cancelTimer(let id): timers[id] = nil
    case .ended(let state): endings.append(state)
    }
  }

  /// Decides what a part will come to: its report goes on its way at once, or it works until it is
  /// cancelled or its time is up.
  private mutating func start(_ part: PartKey) {
    started.insert(part)
    let failed = machine.snapshot(of: part.task)?.failures.count ?? 0
    switch fates[part.task]?.outcome(of: part.party, afterFailures: failed) {
    case .success(let outputs):
      inFlight.append(.partSucceeded(.init(part: part, outputs: outputs)))
    case .failure(let failure):
      inFlight.append(.partFailed(.init(part: part, failure: failure)))
    case .silence, nil: working.insert(part)
    }
  }

  /// A part that still works says that it was cancelled; a report on its way is not called back.
  private mutating func cancel(_ part: PartKey) {
    guard working.remove(part) != nil else { return }
    let failure = Failure("cancelled", "told to end", isTransient: true)
    inFlight.append(.partFailed(.init(part: part, failure: failure)))
  }

  /// The process dies, with all timers; some reports of parties elsewhere still arrive.
  private mutating func crash() {
    crashes += 1
    let replayed = JobMachine(replaying: journal)
    #expect(replayed == machine)
    machine = replayed
    timers = [:]
    working = []
    inFlight.removeAll { _ in Bool.random(using: &generator) }
    if let state = machine.state, state.isFinal {
      if endings.isEmpty { endings.append(state) }
      return
    }
    journal.append(JournalEntry(.resumed, at: now))
    for action in machine.handle(.resumed, at: now) { carryOut(action) }
    checkState()
  }
}
