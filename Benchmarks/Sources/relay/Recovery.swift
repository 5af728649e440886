import Foundation
import MoiraCrypto
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSchedule
import MoiraSim
import MoiraStorage

/// How long a hub takes to be ready over a journal of many jobs: `relay recovery JOBS`.
///
/// The journals are in SQLite, as a hub leaves them: `ended` jobs of ten tasks at two parties, and `open` ones,
/// half of which run while the others wait for consent. The time is from opening the file to the end of
/// `HubService.start`, after which the hub listens. The same number of open jobs beside ten ended ones shows
/// what the ended ones cost.
struct Recovery {
  static let tasks = 10
  static let open = 300
  static let rounds = 5

  static func measure(_ jobs: Int) async throws {
    let folder = NSTemporaryDirectory() + "moira-recovery-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let recovery = try await Recovery()
    let few = folder + "/few.sqlite"
    let many = folder + "/many.sqlite"
    try await recovery.fill(few, ended: 10)
    let clock = ContinuousClock()
    let filling = try await clock.measure { try await recovery.fill(many, ended: jobs) }
    print("filled with \(jobs) ended and \(open) open jobs of \(tasks) tasks in \(filling)")
    // Turn by turn; the best of several is what counts, the worst is shown.
    var times: [(few: Double, many: Double)] = []
    for _ in 0..<rounds {
      times.append((try await recovery.start(few), try await recovery.start(many)))
    }
    let best = (few: times.map(\.few).min() ?? 0, many: times.map(\.many).min() ?? 0)
    tell("10 ended jobs", times.map(\.few))
    tell("\(jobs) ended jobs", times.map(\.many))
    print("ratio \((best.many / best.few * 100).rounded() / 100); wanted: ready within 5 s")
    let all = try await clock.measure {
      guard try await SQLiteJobStore(path: many).records().count == jobs + open else {
        throw Failure("benchmark", "the journal does not have all jobs")
      }
    }
    print("the list of all jobs: \(all)")
  }

  private static func tell(_ what: String, _ times: [Double]) {
    let rounded = times.sorted().map { ($0 * 10_000).rounded() / 10 }
    print(
      "ready over \(what): \(rounded.first ?? 0) ms (worst of \(rounds) \(rounded.last ?? 0) ms)")
  }

  // MARK: The journal

  private let plan: Plan
  private let identities: [PartyID: IdentityPublicKey]

  private init() async throws {
    let steps = (0..<Self.tasks).map { number in
      "  t\(number): {component: rally\(number == 0 ? "" : ", after: [t\(number - 1)]")}"
    }
    plan = try await BenchPlanner().plan(
      PipelineSource(
        file: "bench.yaml",
        text: """
          moira: 1
          name: bench
          parties: {guest: a, host: b}
          tasks:
          \(steps.joined(separator: "\n"))
          """, overrides: [], parties: ""))
    var generator = SystemSecureGenerator()
    var keys: [PartyID: IdentityPublicKey] = [:]
    for member in plan.members {
      keys[member.party] = IdentityKeyPair(using: &generator).publicKey
    }
    identities = keys
  }

  private func fill(_ path: String, ended: Int) async throws {
    let store = try SQLiteJobStore(path: path)
    for number in 0..<ended {
      let id = JobID("ended-\(number)")
      try await create(id, in: store)
      let entries = try journal(id, done: Self.tasks)
      try await store.append(entries, made: [], to: id)
      try await store.add(reports(), to: id)
      // They are all alike.
      guard number > 0 || JobMachine(replaying: entries).state == .succeeded else {
        throw Failure("benchmark", "the journal is not of a whole job")
      }
      try await store.conclude(id, .succeeded, at: Self.time(Self.tasks))
    }
    for number in 0..<Self.open {
      let id = JobID("open-\(number)")
      try await create(id, in: store)
      if number.isMultiple(of: 2) { continue }
      try await store.append(try journal(id, done: Self.tasks / 2), made: [], to: id)
      try await store.add(reports(), to: id)
    }
  }

  private func create(_ id: JobID, in store: SQLiteJobStore) async throws {
    try await store.create(
      JobRecord(
        id: id, created: Self.time(0),
        source: PipelineSource(file: "bench.yaml", text: "", overrides: [], parties: ""),
        plan: plan, planHash: plan.contentHash, identities: identities,
        submission: Submission(submitter: "bench")))
  }

  private func journal(_ id: JobID, done: Int) throws -> [JournalEntry] {
    let shapes = plan.tasks.map {
      TaskShape(id: $0.id, parties: $0.parts.map(\.party), needs: $0.needs)
    }
    let shape = try JobShape(id: id, tasks: shapes, parallelism: plan.parallelism, seed: 1)
    var entries = [JournalEntry(.submitted(shape), at: Self.time(0))]
    for (number, task) in plan.tasks.prefix(done).enumerated() {
      for part in task.parts {
        let key = PartKey(task: task.id, attempt: 1, party: part.party)
        let output = ArtifactReference(
          port: "model", kind: "model", hash: ContentHash(String(repeating: "a", count: 64)),
          bytes: 4096)
        entries.append(
          JournalEntry(
            .partSucceeded(PartSuccess(part: key, outputs: [output])), at: Self.time(number)))
      }
    }
    return entries
  }

  private func reports() -> [PartReport] {
    plan.tasks.flatMap { task in
      task.parts.map { part in
        PartReport(
          part: PartKey(task: task.id, attempt: 1, party: part.party), at: Self.time(1),
          report: .metrics(step: 1, values: ["loss": 0.5]))
      }
    }
  }

  private static func time(_ second: Int) -> Instant {
    Instant(milliseconds: 1_750_000_000_000 + Int64(second) * 1000)
  }

  // MARK: The hub

  /// - Returns: seconds from opening the file until the hub is ready.
  private func start(_ path: String) async throws -> Double {
    let clock = ContinuousClock()
    let began = clock.now
    let hub = HubService(
      store: try SQLiteJobStore(path: path), planner: BenchPlanner(), clock: SystemClock())
    try await hub.start()
    let seconds = (clock.now - began) / .seconds(1)
    guard await hub.standing(of: "open-0") != nil else {
      throw Failure("benchmark", "the hub has not taken up the open jobs")
    }
    await hub.leave()
    return seconds
  }
}
