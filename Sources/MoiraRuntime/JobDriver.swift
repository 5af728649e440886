internal import MoiraKit
internal import MoiraModel
internal import MoiraPlan
internal import MoiraSchedule

/// Drives one job: journals each event, feeds the machine, carries out its actions.
public actor JobDriver {
  /// Reports are written when so many wait, or when the journal is.
  static let reportBatch = 256

  let record: JobRecord
  let store: any JobStore
  let links: [PartyID: any PartyLink]
  let clock: any WallClock
  let tasks: [TaskID: PlannedTask]
  let neighbours: TaskNeighbours
  let updates: AsyncStream<JobUpdate>.Continuation
  /// The tasks that were done before this process took the job up.
  let replayed: Set<TaskID>

  var machine: JobMachine
  var keys = ReuseKeys()
  var parts: [PartKey: Task<Void, Never>] = [:]
  var lookUps: [TaskID: Task<Void, Never>] = [:]
  var timers: [TimerID: Task<Void, Never>] = [:]
  var isOver = false

  private var pending: [JobEvent] = []
  private var made: [ReuseNote] = []
  private var reports: [PartReport] = []
  /// The last serial number of each part's reports that are in the store.
  private var serials: [PartKey: Int]
  private var isPumping = false
  /// What parties must be asked for before it can be noted for reuse, and who asks.
  private var unlearned: [TaskID] = []
  private var learning: Task<Void, Never>?

  init(
    record: JobRecord, journal: [JournalEntry], store: any JobStore,
    links: [PartyID: any PartyLink], clock: any WallClock, serials: [PartKey: Int],
    updates: AsyncStream<JobUpdate>.Continuation
  ) {
    self.record = record
    self.store = store
    self.links = links
    self.clock = clock
    self.updates = updates
    self.serials = serials
    tasks = Dictionary(record.plan.tasks.map { ($0.id, $0) }, uniquingKeysWith: { a, _ in a })
    neighbours = TaskNeighbours(record.plan)
    machine = JobMachine(replaying: journal)
    let done = machine.snapshot?.tasks.filter(\.state.hasOutputs) ?? []
    replayed = Set(done.map(\.id))
  }

  /// Ends the job as soon as its parts have heard of it.
  public func stop(reason: String) { post(.stopRequested(StopRequest(reason: reason))) }

  /// Takes in an event. Whatever arrives while the journal is being written goes into the next write.
  func post(_ event: JobEvent) {
    pending.append(event)
    guard !isPumping else { return }
    isPumping = true
    Task { await pump() }
  }

  func take(_ report: PartReport) {
    updates.yield(.report(report))
    reports.append(report)
    if reports.count == Self.reportBatch { Task { await flushReports() } }
  }

  /// Keeps reports that came from another process, each once: those that were kept before, as their
  /// serial numbers tell, are dropped.
  ///
  /// - Returns: whether they are in the store; if not, the job is broken off.
  public func keep(_ told: [PartReport]) async -> Bool {
    let new = told.filter { report in
      guard let serial = report.serial else { return true }
      if serial <= serials[report.part, default: 0] { return false }
      serials[report.part] = serial
      return true
    }
    for report in new { updates.yield(.report(report)) }
    if new.isEmpty { return true }
    do {
      try await store.add(new, to: record.id)
      return true
    } catch {
      breakOff(error)
      return false
    }
  }

  /// Leaves the job as its journal has it, for another process to go on with.
  public func leave() {
    guard !isOver else { return }
    isOver = true
    cancelAll()
    learning?.cancel()
    updates.finish()
  }

  func note(_ note: ReuseNote) { made.append(note) }

  // MARK: The pump

  private func pump() async {
    while !pending.isEmpty, !isOver {
      let now = clock.now()
      let entries = pending.map { JournalEntry($0, at: now) }
      let notes = made
      pending = []
      made = []
      do {
        try await store.append(entries, made: notes, to: record.id)
      } catch {
        breakOff(error)
        return
      }
      for entry in entries { await apply(entry) }
      await flushReports()
    }
    isPumping = false
  }

  private func apply(_ entry: JournalEntry) async {
    let isFirst = machine.shape == nil
    let actions = machine.handle(entry.event, at: entry.at)
    if isFirst, let snapshot = machine.snapshot { updates.yield(.began(snapshot)) }
    if entry.event == .resumed || entry.event == .recovered, let snapshot = machine.snapshot {
      updates.yield(.began(snapshot))
      // What the last process made but had not noted yet.
      learnLater(record.plan.tasks.map(\.id).filter(replayed.contains))
    }
    if case .partSucceeded(let report) = entry.event {
      let task = report.part.task
      // Usually it was asked for before the task began; after a crash parties must be asked once more.
      if keys[task] != nil { await learn(task) } else { learnLater([task]) }
    }
    tell(entry.event, actions)
    for action in actions { await carryOut(action) }
  }

  /// Parties that are away, or that wait for their orders to be said again, must not hold the job up.
  private func learnLater(_ tasks: [TaskID]) {
    unlearned += tasks.filter(isToBeNoted)
    guard learning == nil, !unlearned.isEmpty else { return }
    learning = Task {
      while !unlearned.isEmpty, !Task.isCancelled { await learn(unlearned.removeFirst()) }
      learning = nil
    }
  }

  /// Some time is given to what is being learned; what takes longer is not reused later.
  private func endLearning() async {
    guard let learning else { return }
    let limit = Task { [clock] in
      try? await clock.sleep(until: clock.now() + Self.learningAtEnd)
      learning.cancel()
    }
    await learning.value
    limit.cancel()
  }

  private static let learningAtEnd = Duration.seconds(2)

  private func flushReports() async {
    guard !reports.isEmpty else { return }
    let batch = reports
    reports = []
    do {
      try await store.add(batch, to: record.id)
    } catch {
      breakOff(error)
    }
  }

  /// The journal cannot be written: nothing may take effect any more.
  private func breakOff(_ failure: Failure) {
    guard !isOver else { return }
    isOver = true
    cancelAll()
    learning?.cancel()
    updates.yield(.broken(failure))
    updates.finish()
  }

  func finish(_ state: JobState) async {
    isOver = true
    cancelAll()
    await endLearning()
    let notes = made
    made = []
    do {
      if !notes.isEmpty { try await store.append([], made: notes, to: record.id) }
      if !reports.isEmpty {
        try await store.add(reports, to: record.id)
        reports = []
      }
      try await store.conclude(record.id, state, at: machine.ended ?? clock.now())
    } catch {
      updates.yield(.broken(error))
      updates.finish()
      return
    }
    if let snapshot = machine.snapshot { updates.yield(.ended(snapshot)) }
    updates.finish()
  }

  private func cancelAll() {
    for task in parts.values { task.cancel() }
    for task in lookUps.values { task.cancel() }
    for task in timers.values { task.cancel() }
  }

  // MARK: Telling

  /// Tells of every task that the event and its actions touched.
  private func tell(_ event: JobEvent, _ actions: [JobAction]) {
    var touched: Set<TaskID> = []
    switch event {
    case .submitted, .resumed, .recovered, .refused: break
    case .partLost(let part): touched.insert(part.task)
    case .cacheAnswered(let answer): touched.insert(answer.task)
    case .partSucceeded(let report): touched.insert(report.part.task)
    case .partFailed(let report):
      touched.insert(report.part.task)
      touched.formUnion(machine.skipped(after: report.part.task, neighbours))
    case .timerFired(let timer):
      touched.insert(timer.task)
      touched.formUnion(machine.skipped(after: timer.task, neighbours))
    case .stopRequested: touched.formUnion(tasks.keys)
    }
    for action in actions {
      if case .start(let part) = action { touched.insert(part.task) }
    }
    for task in neighbours.sorted(touched) {
      if let snapshot = machine.snapshot(of: task) { updates.yield(.task(snapshot)) }
    }
  }
}
