internal import MoiraCrypto
public import MoiraModel
public import MoiraPlan
internal import MoiraSchedule

/// Starts jobs and takes them up again after a crash.
public struct Coordinator: Sendable {
  private let store: any JobStore
  private let links: [PartyID: any PartyLink]
  private let clock: any WallClock

  public init(store: any JobStore, links: [PartyID: any PartyLink], clock: any WallClock) {
    self.store = store
    self.links = links
    self.clock = clock
  }

  /// A job that runs, and what it tells.
  public struct Running: Sendable {
    public let job: JobID
    public let updates: AsyncStream<JobUpdate>
    public let driver: JobDriver
  }

  public struct Options: Sendable {
    /// In place of the plan's.
    public var parallelism: Int?
    public var useCache = true
    public init() {}
  }

  /// Notes the job, and begins it.
  ///
  /// - Parameter id: must be new; it also seeds the jitter of back-offs.
  public func submit(
    _ plan: Plan, as id: JobID, source: PipelineSource, options: Options = Options()
  ) async throws(Failure) -> Running {
    let shape = try plan.shape(
      job: id, parallelism: options.parallelism, useCache: options.useCache, seed: Self.seed(of: id)
    )
    let record = JobRecord(
      id: id, created: clock.now(), source: source, plan: plan, planHash: plan.contentHash,
      identities: try await identities(of: plan))
    try await store.create(record)
    return try await drive(record, journal: [], first: .submitted(shape))
  }

  /// Begins a job that was noted before, or goes on with one whose parts may run still: in other
  /// processes, which are asked.
  ///
  /// - Throws: `job-unknown`, `job-ended`.
  public func recover(_ id: JobID) async throws(Failure) -> Running {
    try await takeUp(id, as: .recovered)
  }

  /// Goes on with a job whose process has died: finished tasks stay finished, what was running
  /// starts again.
  ///
  /// - Throws: `job-unknown`, `job-ended`.
  public func resume(_ id: JobID) async throws(Failure) -> Running {
    try await takeUp(id, as: .resumed)
  }

  private func takeUp(_ id: JobID, as first: JobEvent) async throws(Failure) -> Running {
    guard let record = try await store.record(of: id) else {
      throw Failure("job-unknown", "there is no job '\(id)'", hint: "'moira jobs' lists them")
    }
    let journal = try await store.journal(of: id)
    let machine = JobMachine(replaying: journal)
    if let state = machine.state, state.isFinal {
      if !record.state.isFinal {
        // The process died after the last entry, before the job was concluded.
        try await store.conclude(id, state, at: machine.ended ?? clock.now())
      }
      throw Failure(
        "job-ended", "the job '\(id)' has \(state == .stopped ? "been stopped" : state.rawValue)",
        hint: "'moira rerun \(id)' starts a new one that reuses what was finished")
    }
    guard machine.shape != nil else {
      // The process died between noting the job and its first event.
      return try await restart(record)
    }
    return try await drive(record, journal: journal, first: first)
  }

  private func restart(_ record: JobRecord) async throws(Failure) -> Running {
    let shape = try record.plan.shape(
      job: record.id, parallelism: nil, useCache: true, seed: Self.seed(of: record.id))
    return try await drive(record, journal: [], first: .submitted(shape))
  }

  /// The long-term keys of the plan's parties, by which they know one another throughout the job.
  private func identities(
    of plan: Plan
  ) async throws(Failure) -> [PartyID: IdentityPublicKey] {
    var identities: [PartyID: IdentityPublicKey] = [:]
    for member in plan.members {
      identities[member.party] = try await links[member.party]?.identity()
    }
    return identities
  }

  /// The FNV-1a hash of the id.
  static func seed(of id: JobID) -> UInt64 {
    id.text.utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
  }

  private func drive(
    _ record: JobRecord, journal: [JournalEntry], first: JobEvent
  ) async throws(Failure) -> Running {
    var serials: [PartKey: Int] = [:]
    if first == .recovered {
      for one in try await store.reports(of: record.id, after: 0) {
        guard let serial = one.report.serial else { continue }
        serials[one.report.part] = max(serials[one.report.part] ?? 0, serial)
      }
    }
    let (stream, continuation) = AsyncStream.makeStream(of: JobUpdate.self)
    let driver = JobDriver(
      record: record, journal: journal, store: store, links: links, clock: clock,
      serials: serials, updates: continuation)
    await driver.post(first)
    return Running(job: record.id, updates: stream, driver: driver)
  }
}
