import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSchedule
import MoiraSim
import Synchronization

/// Jobs and documents of a hub, in memory.
final class MemoryHubStore: JobStore, DocumentStore {
  private let inner = MemoryJobStore()
  private let papers = MemoryDocumentStore()
  /// What the next reading of a journal throws.
  let flaw = Mutex<Failure?>(nil)

  func create(_ record: JobRecord) async throws(Failure) { try await inner.create(record) }
  func record(of job: JobID) async throws(Failure) -> JobRecord? { await inner.record(of: job) }
  func records(latest count: Int?) async throws(Failure) -> [JobRecord] {
    await inner.records(latest: count)
  }
  func ids() async throws(Failure) -> [JobID] { await inner.ids() }
  func unfinished() async throws(Failure) -> [JobID] { await inner.unfinished() }
  func append(
    _ entries: [JournalEntry], made: [ReuseNote], to job: JobID
  ) async throws(Failure) { try await inner.append(entries, made: made, to: job) }
  func journal(of job: JobID) async throws(Failure) -> [JournalEntry] {
    let failure = flaw.withLock { flaw in
      defer { flaw = nil }
      return flaw
    }
    if let failure { throw failure }
    return await inner.journal(of: job)
  }
  func conclude(_ job: JobID, _ state: JobState, at: Instant) async throws(Failure) {
    await inner.conclude(job, state, at: at)
  }
  func reopen(_ job: JobID) async throws(Failure) { await inner.reopen(job) }
  func add(_ reports: [PartReport], to job: JobID) async throws(Failure) {
    try await inner.add(reports, to: job)
  }
  func reports(of job: JobID, after: Int) async throws(Failure) -> [NumberedReport] {
    await inner.reports(of: job, after: after)
  }
  func recall(_ key: ContentHash) async throws(Failure) -> [PartyID: [ArtifactReference]]? {
    await inner.recall(key)
  }
  func remove(_ job: JobID) async throws(Failure) { await inner.remove(job) }

  func documents(on shelf: String) async throws(Failure) -> [(key: String, bytes: [UInt8])] {
    try await papers.documents(on: shelf)
  }
  func document(on shelf: String, _ key: String) async throws(Failure) -> [UInt8]? {
    try await papers.document(on: shelf, key)
  }
  func change(_ changes: [DocumentChange]) async throws(Failure) {
    try await papers.change(changes)
  }
}
