internal import MoiraConfig
public import MoiraModel
internal import MoiraPlan
internal import MoiraRuntime
internal import MoiraSchedule

/// What the operator says of a server.
public struct FlowSettings: Sendable {
  public var runningJobs = FlowLimits.running
  public var uploadLimit = FlowLimits.upload
  public var roots = DataRoots([])
  /// The site's own party; nil for a site that is all of its parties, as FATE's standalone is.
  public var party: String?
  /// Whether requests must be signed.
  public var isAuthenticated = false
  public var acceptsLegacySignatures = false
  /// The token of the app `admin`.
  public var adminToken: String?
  /// Seconds until a request's head must be there, and that a body may rest.
  public var patience = FlowLimits.headSeconds
  public var host = "127.0.0.1"
  public var port = 9380
  /// The folder for files that are coming in.
  public var incoming: String

  public init(incoming: String) { self.incoming = incoming }
}

/// FATE-Flow's jobs, tables and outputs, on Moira's stores and federation.
///
/// All that must survive a restart is in the document store before a client hears of it.
public actor FlowService {
  static let jobShelf = "flow-job"
  static let draftShelf = "flow-draft"

  let ground: FlowGround
  let settings: FlowSettings
  var jobs: [String: FlowJob] = [:]
  /// The oldest first.
  var order: [String] = []
  var queue: JobQueue
  /// What running jobs have told.
  var live: [String: LiveJob] = [:]
  var tables: [String: FlowTable] = [:]
  var access = FlowAccess()
  var providers: [String: ConfigValue] = [:]
  var nonces = NonceMemory()
  /// Drafts of jobs, and snapshots of ended runs, that were asked for last.
  var drafts = Remembered<String, FlowDraft>(limit: FlowLimits.remembered)
  var snapshots = Remembered<JobID, JobSnapshot>(limit: FlowLimits.remembered)
  /// Where requests are taken, once they are.
  var port: Int
  private var lastNumber: Int64 = 0
  private var works: [String: Task<Void, Never>] = [:]
  private var writing: Task<Failure?, Never>?

  /// Takes up what an earlier process left: waiting jobs wait again, running ones are resumed.
  public init(_ ground: FlowGround, _ settings: FlowSettings) async throws(Failure) {
    self.ground = ground
    self.settings = settings
    port = settings.port
    queue = JobQueue(limit: settings.runningJobs)
    try await readState()
    for id in order { await takeUp(id) }
    advance()
  }

  private func readState() async throws(Failure) {
    for document in try await ground.documents.documents(on: Self.jobShelf) {
      let job = try FlowDocument.read(FlowJob.self, document.bytes)
      jobs[job.id] = job
      lastNumber = max(lastNumber, job.number)
    }
    order = jobs.values.sorted { $0.number < $1.number }.map(\.id)
    try await readTables()
    try await readAccess()
  }

  func listens(at port: Int) { self.port = port }

  // MARK: Jobs

  /// Notes a job that is to run.
  func add(
    seats: [FlowSeat], priority: Int, user: String, model: (id: String?, version: String?),
    draft: FlowDraft?, local: [FlowJob.LocalTask]?
  ) async throws(FlowRefusal) -> FlowJob {
    guard queue.count < FlowLimits.openJobs else {
      throw FlowRefusal(
        .jobCreation,
        Failure(
          "job-limit", "\(FlowLimits.openJobs) jobs wait or run already",
          hint: "'flow job clean-queue' withdraws those that wait"))
    }
    let now = ground.clock.now()
    lastNumber = max(now.milliseconds * 1000, lastNumber + 1)
    let job = FlowJob(
      id: fateJobID(micros: lastNumber), number: lastNumber, created: now, priority: priority,
      user: user, seats: seats, modelID: model.id, modelVersion: model.version, local: local)
    var changes = [try change(job)]
    if let draft {
      changes.append(
        DocumentChange(
          shelf: Self.draftShelf, key: job.id,
          bytes: try kept { () throws(Failure) in try FlowDocument.bytes(draft) }))
      drafts[job.id] = draft
    }
    let all = changes
    try await keep(all)
    jobs[job.id] = job
    order.append(job.id)
    enqueue(job)
    return job
  }

  func enqueue(_ job: FlowJob) {
    queue.add(job.id, priority: job.priority, number: Int(job.number))
    advance()
  }

  /// Starts what there is room for.
  func advance() {
    while let id = queue.next() { works[id] = Task { await work(id) } }
  }

  private func work(_ id: String) async {
    await carryOut(id)
    works[id] = nil
    queue.end(id)
    advance()
  }

  /// Puts a job back where an earlier process had it.
  private func takeUp(_ id: String) async {
    guard let job = jobs[id], !job.status.isFinal else { return }
    queue.add(id, priority: job.priority, number: Int(job.number))
  }

  /// Ends when no job waits or runs any more; for tests and for a quiet end of the process.
  public func finishJobs() async {
    while let work = works.first?.value { await work.value }
  }

  // MARK: Keeping

  /// Changes a job, and keeps it.
  func update(_ id: String, _ body: (inout FlowJob) -> Void) async throws(FlowRefusal) {
    guard var job = jobs[id] else { return }
    body(&job)
    jobs[id] = job
    let changes = [try change(job)]
    try await keep(changes)
  }

  private func change(_ job: FlowJob) throws(FlowRefusal) -> DocumentChange {
    DocumentChange(
      shelf: Self.jobShelf, key: job.id,
      bytes: try kept { () throws(Failure) in try FlowDocument.bytes(job) })
  }

  func keep(_ changes: [DocumentChange]) async throws(FlowRefusal) {
    let previous = writing
    let documents = ground.documents
    // One after the other, so that an older state never goes over a newer one.
    let write = Task { () -> Failure? in
      _ = await previous?.value
      do throws(Failure) {
        try await documents.change(changes)
        return nil
      } catch {
        return error
      }
    }
    writing = write
    if let failure = await write.value { throw FlowRefusal(.exception, failure) }
  }

  /// A job's draft, from the store if it was not asked for lately.
  func draft(of id: String) async throws(FlowRefusal) -> FlowDraft {
    if let draft = drafts[id] { return draft }
    do throws(Failure) {
      guard let bytes = try await ground.documents.document(on: Self.draftShelf, id) else {
        throw Failure("job-unknown", "there is no DAG of a job '\(id)'")
      }
      let draft = try FlowDocument.read(FlowDraft.self, bytes)
      drafts[id] = draft
      return draft
    } catch {
      throw FlowRefusal(.jobNotFound, error)
    }
  }
}

/// What runs into a failure of our own is told as one.
func kept<Value>(_ body: () throws(Failure) -> Value) throws(FlowRefusal) -> Value {
  do throws(Failure) {
    return try body()
  } catch {
    throw FlowRefusal(.exception, error)
  }
}
