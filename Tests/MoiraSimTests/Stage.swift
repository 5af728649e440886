import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSchedule
import MoiraSim
import Testing

/// Three parties, a store and a clock that stands still.
struct Stage {
  let store: any JobStore
  let clock = ManualClock(Instant(milliseconds: 1_000_000))
  let artifacts: [PartyID: MemoryArtifactStore]
  let federation: Federation

  init(store: any JobStore = MemoryJobStore()) {
    self.store = store
    artifacts = Dictionary(
      uniqueKeysWithValues: (["a", "b", "c"] as [PartyID]).map { ($0, MemoryArtifactStore()) })
    var grounds: [PartyID: Federation.Ground] = [:]
    for (party, artifacts) in artifacts {
      grounds[party] = Federation.Ground(artifacts: artifacts, datasets: MemoryDatasets(party))
    }
    federation = Federation(
      catalog: tinyCatalog, parties: grounds, clock: clock,
      faults: TransportFaults(reorderSeed: 7))
  }

  var coordinator: Coordinator { coordinator(over: store) }

  func coordinator(over store: any JobStore) -> Coordinator {
    Coordinator(store: store, links: federation.links, clock: clock)
  }

  /// A pipeline of guest `a` and hosts `b` and `c`.
  func plan(_ tasks: [(String, ConfigValue)], conf: ConfigValue = .map([])) throws -> Plan {
    let pipeline = ConfigValue.map([
      ("moira", .int(1)), ("name", .string("tiny")), ("conf", conf),
      (
        "parties",
        .map([("guest", .string("a")), ("host", .list([.string("b"), .string("c")]))])
      ),
      ("tasks", .map(tasks.map { (key: $0.0, value: $0.1) })),
    ])
    return try Plan(Pipeline(reading: node(pipeline)), catalog: tinyCatalog.schemas)
  }

  func submit(_ tasks: [(String, ConfigValue)], as id: JobID, conf: ConfigValue = .map([]))
    async throws -> Coordinator.Running
  {
    try await coordinator.submit(try plan(tasks, conf: conf), as: id, source: .none)
  }

  /// The number that a task made at a party.
  func number(_ task: TaskID, _ party: PartyID, _ job: JobSnapshot) async throws -> Int {
    let made = try #require(job.tasks.first { $0.id == task }?.outputs[party]?.first)
    return try Number(artifact: try await #require(artifacts[party]).get(made.hash)).value
  }
}

extension PipelineSource {
  static let none = PipelineSource(file: "tiny.yaml", text: "", overrides: [], parties: "")
}

/// A task of a pipeline.
func task(
  _ component: String, _ parameters: [(String, ConfigValue)] = [], data: String? = nil,
  after: [String] = [], conf: [(String, ConfigValue)] = []
) -> ConfigValue {
  var entries: [(String, ConfigValue)] = [
    ("component", .string(component)), ("parameters", .map(parameters.map { ($0.0, $0.1) })),
    ("after", .list(after.map { .string($0) })), ("conf", .map(conf.map { ($0.0, $0.1) })),
  ]
  if let data { entries.append(("inputs", .map([("data", .string(data))]))) }
  return .map(entries.map { ($0.0, $0.1) })
}

private func node(_ value: ConfigValue) -> ConfigNode {
  switch value {
  case .null: ConfigNode(.null, at: nil)
  case .bool(let flag): ConfigNode(.bool(flag), at: nil, text: "\(flag)")
  case .int(let number): ConfigNode(.int(number), at: nil, text: "\(number)")
  case .double(let number): ConfigNode(.double(number), at: nil, text: "\(number)")
  case .string(let text): ConfigNode(.string(text), at: nil, text: text)
  case .list(let values): ConfigNode(.list(values.map(node)), at: nil)
  case .map(let entries):
    ConfigNode(
      .map(ConfigMap(entries.map { .init(key: $0.key, keySite: nil, value: node($0.value)) })),
      at: nil)
  }
}

extension Coordinator.Running {
  /// How the job stood at its end; nil if it was broken off.
  func end() async -> JobSnapshot? {
    for await update in updates {
      if case .ended(let snapshot) = update { return snapshot }
    }
    return nil
  }

  /// Reads on until the condition holds; the rest of the updates are left to another call.
  func wait(until condition: (JobUpdate) -> Bool) async -> JobUpdate? {
    for await update in updates where condition(update) { return update }
    return nil
  }
}

extension JobSnapshot {
  func state(_ task: TaskID) -> TaskState? { tasks.first { $0.id == task }?.state }
}

/// A store that dies, as a process does: after so many appends nothing is written any more.
actor DyingStore: JobStore {
  private let inner: any JobStore
  private var left: Int

  init(_ inner: any JobStore, appends: Int) {
    self.inner = inner
    left = appends
  }

  func append(
    _ entries: [JournalEntry], made: [ReuseNote], to job: JobID
  ) async throws(Failure) {
    left -= 1
    guard left >= 0 else { throw Failure("killed", "the process was killed") }
    try await inner.append(entries, made: made, to: job)
  }

  /// Nothing is written from now on.
  func die() { left = 0 }

  private func expectLife() throws(Failure) {
    if left < 0 { throw Failure("killed", "the process was killed") }
  }

  func create(_ record: JobRecord) async throws(Failure) { try await inner.create(record) }
  func record(of job: JobID) async throws(Failure) -> JobRecord? { try await inner.record(of: job) }
  func records(latest count: Int?) async throws(Failure) -> [JobRecord] {
    try await inner.records(latest: count)
  }
  func ids() async throws(Failure) -> [JobID] { try await inner.ids() }
  func unfinished() async throws(Failure) -> [JobID] { try await inner.unfinished() }
  func journal(of job: JobID) async throws(Failure) -> [JournalEntry] {
    try await inner.journal(of: job)
  }
  func conclude(_ job: JobID, _ state: JobState, at: Instant) async throws(Failure) {
    try expectLife()
    try await inner.conclude(job, state, at: at)
  }
  func reopen(_ job: JobID) async throws(Failure) { try await inner.reopen(job) }
  func add(_ reports: [PartReport], to job: JobID) async throws(Failure) {
    try expectLife()
    try await inner.add(reports, to: job)
  }
  func reports(of job: JobID, after: Int) async throws(Failure) -> [NumberedReport] {
    try await inner.reports(of: job, after: after)
  }
  func recall(_ key: ContentHash) async throws(Failure) -> [PartyID: [ArtifactReference]]? {
    try await inner.recall(key)
  }
  func remove(_ job: JobID) async throws(Failure) { try await inner.remove(job) }
}
