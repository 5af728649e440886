internal import MoiraKit
public import MoiraModel
public import MoiraSchedule

/// Finds what reused tasks told when they ran, in the earlier jobs that made their artifacts.
public struct ReusedReports: Sendable {
  /// How many earlier jobs are looked at.
  private static let jobLimit = 100

  private let store: any JobStore

  public init(store: any JobStore) { self.store = store }

  /// Metrics and protection of every reused task, under the names that the tasks have in this job.
  public func reports(for snapshot: JobSnapshot) async throws(Failure) -> [PartReport] {
    var open: [[PartyID: [ArtifactReference]]: TaskID] = [:]
    for task in snapshot.tasks where task.state == .reused { open[task.outputs] = task.id }
    if open.isEmpty { return [] }
    var found: [PartReport] = []
    for record in try await store.records(latest: Self.jobLimit).reversed()
    where !open.isEmpty && record.id != snapshot.id {
      let earlier = JobMachine(replaying: try await store.journal(of: record.id)).snapshot
      var names: [TaskID: TaskID] = [:]
      for task in earlier?.tasks ?? [] where task.state == .succeeded {
        if let name = open.removeValue(forKey: task.outputs) { names[task.id] = name }
      }
      if names.isEmpty { continue }
      for one in try await store.reports(of: record.id, after: 0) {
        if let name = names[one.report.part.task] { found += renamed(one.report, name) }
      }
    }
    return found
  }

  /// The report as this job's task would have made it; none of progress and logs.
  private func renamed(_ report: PartReport, _ task: TaskID) -> [PartReport] {
    switch report.report {
    case .progress, .log: return []
    case .metrics, .protection, .tally:
      let part = PartKey(task: task, attempt: report.part.attempt, party: report.part.party)
      return [PartReport(part: part, at: report.at, report: report.report)]
    }
  }
}
