internal import MoiraModel

/// Submissions that the hub is looking at and has not noted yet. Each has a place among its submitter's
/// waiting jobs from the moment that it is let in, however many come at once.
struct ArrivingJobs {
  private var calls: [JobID: (submitter: String, count: Int)] = [:]

  func contains(_ id: JobID) -> Bool { calls[id] != nil }

  /// The jobs of a submitter that are on their way.
  func jobs(of submitter: String) -> [JobID] {
    calls.filter { $0.value.submitter == submitter }.map(\.key)
  }

  /// One job may come by several calls: it was said again.
  mutating func enter(_ id: JobID, of submitter: String) {
    calls[id, default: (submitter, 0)].count += 1
  }

  mutating func leave(_ id: JobID) {
    guard let call = calls[id] else { return }
    calls[id] = call.count > 1 ? (call.submitter, call.count - 1) : nil
  }
}
