import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSchedule

/// A job as the store has it: its record, how it stands, and what it told.
struct JobHistory {
  let record: JobRecord
  /// Nil when its process died before the first event.
  let snapshot: JobSnapshot?
  let reports: [NumberedReport]
  /// Of the tasks that did not run because an earlier job had done them.
  let earlier: [PartReport]
  let isRunning: Bool

  init(_ record: JobRecord, in place: JobPlace) async throws(Failure) {
    let store = place.store
    self.record = record
    snapshot = JobMachine(replaying: try await store.journal(of: record.id)).snapshot
    reports = try await store.reports(of: record.id, after: 0)
    if let snapshot {
      earlier = try await ReusedReports(store: store).reports(for: snapshot)
    } else {
      earlier = []
    }
    isRunning = place.isRunning(record)
  }

  /// `succeeded`, …, or `interrupted` for a job whose process has died.
  var stateWord: String {
    record.state == .running && !isRunning ? "interrupted" : record.state.rawValue
  }

  /// What the job told, folded.
  var board: RunBoard {
    var board = RunBoard(plan: record.plan, job: record.id)
    if let snapshot { board.take(.began(snapshot)) }
    for one in earlier { board.take(.report(one)) }
    for one in reports { board.take(.report(one.report)) }
    return board
  }
}

extension JobStore {
  /// The job that the user means: its id, the beginning of it, or `last`.
  ///
  /// - Throws: `job-unknown`, `job-ambiguous`.
  func job(named text: String) async throws(Failure) -> JobRecord {
    if text == "last", let last = try await records(latest: 1).last { return last }
    if text.isEmpty { throw Self.unknown(text) }
    if let exact = try await record(of: JobID(text)) { return exact }
    let matches = try await ids().filter { $0.text.hasPrefix(text) }
    if matches.count == 1, let record = try await record(of: matches[0]) { return record }
    if matches.isEmpty { throw Self.unknown(text) }
    throw Failure(
      "job-ambiguous", "'\(text)' is the beginning of \(matches.count) jobs",
      hint: "they are " + matches.prefix(20).map(\.text).joined(separator: ", "))
  }

  private static func unknown(_ text: String) -> Failure {
    Failure("job-unknown", "there is no job '\(text)'", hint: "'moira jobs' lists them")
  }
}
