public import MoiraModel
internal import MoiraPlan
public import MoiraRuntime
public import MoiraSchedule

/// Jobs in memory: gone with the process.
public actor MemoryJobStore: JobStore {
  private struct Entry {
    var record: JobRecord
    var journal: [JournalEntry] = []
    var reports: [PartReport] = []
    /// With the place of each note in the order of all of them.
    var notes: [ContentHash: (order: Int, outputs: [PartyID: [ArtifactReference]])] = [:]
  }

  private var jobs: [JobID: Entry] = [:]
  private var order: [JobID] = []
  private var noteCount = 0

  public init() {}

  public func create(_ record: JobRecord) throws(Failure) {
    guard jobs[record.id] == nil else {
      throw Failure("job-exists", "there is a job '\(record.id)' already")
    }
    jobs[record.id] = Entry(record: record)
    order.append(record.id)
  }

  public func record(of job: JobID) -> JobRecord? { jobs[job]?.record }

  public func records(latest count: Int?) -> [JobRecord] {
    let all = order.compactMap { jobs[$0]?.record }.enumerated().sorted {
      ($0.element.created, $0.offset) < ($1.element.created, $1.offset)
    }.map(\.element)
    return count.map { all.suffix(max(0, $0)) } ?? all
  }

  public func ids() -> [JobID] { records(latest: nil).map(\.id) }
  public func unfinished() -> [JobID] {
    records(latest: nil).filter { $0.ended == nil }.map(\.id)
  }

  public func append(
    _ entries: [JournalEntry], made notes: [ReuseNote], to job: JobID
  ) throws(Failure) {
    try expect(job)
    jobs[job]?.journal += entries
    for note in notes {
      noteCount += 1
      jobs[job]?.notes[note.key] = (noteCount, note.outputs)
    }
  }

  public func journal(of job: JobID) -> [JournalEntry] { jobs[job]?.journal ?? [] }

  public func conclude(_ job: JobID, _ state: JobState, at moment: Instant) {
    jobs[job]?.record.state = state
    jobs[job]?.record.ended = moment
  }

  public func reopen(_ job: JobID) {
    jobs[job]?.record.state = .running
    jobs[job]?.record.ended = nil
  }

  public func add(_ reports: [PartReport], to job: JobID) throws(Failure) {
    if reports.isEmpty { return }
    try expect(job)
    jobs[job]?.reports += reports
  }

  public func reports(of job: JobID, after: Int) -> [NumberedReport] {
    (jobs[job]?.reports ?? []).enumerated().dropFirst(max(after, 0)).map {
      NumberedReport(number: $0.offset + 1, report: $0.element)
    }
  }

  public func recall(_ key: ContentHash) -> [PartyID: [ArtifactReference]]? {
    jobs.values.compactMap { $0.notes[key] }.max { $0.order < $1.order }?.outputs
  }

  public func remove(_ job: JobID) {
    jobs[job] = nil
    order.removeAll { $0 == job }
  }

  private func expect(_ job: JobID) throws(Failure) {
    guard jobs[job] != nil else {
      throw Failure("job-unknown", "there is no job '\(job)'", hint: "'moira jobs' lists them")
    }
  }
}
