public import MoiraModel

/// What the scheduler knows of a job: its tasks in topological order, and how many may run at once.
///
/// Checked when made and when decoded, so that a machine never meets a cycle or an unknown need.
public struct JobShape: Hashable, Codable, Sendable {
  /// The most tasks in a job.
  public static let taskLimit = 100_000

  public let id: JobID
  /// Each after all that it needs.
  public let tasks: [TaskShape]
  /// How many tasks may hold a place (run, or be looked up) at once; at least 1.
  public let parallelism: Int
  /// The seed of the back-offs' jitter.
  public let seed: UInt64

  /// - Throws: The first of `JobShapeError` that holds.
  /// - Complexity: O(tasks + needs + parts).
  public init(
    id: JobID, tasks: [TaskShape], parallelism: Int, seed: UInt64
  ) throws(JobShapeError) {
    self.id = id
    self.tasks = tasks
    self.parallelism = parallelism
    self.seed = seed
    try check()
  }

  private enum CodingKeys: String, CodingKey {
    case id, tasks, parallelism, seed
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      id: container.decode(JobID.self, forKey: .id),
      tasks: container.decode([TaskShape].self, forKey: .tasks),
      parallelism: container.decode(Int.self, forKey: .parallelism),
      seed: container.decode(UInt64.self, forKey: .seed))
  }

  private func check() throws(JobShapeError) {
    if parallelism < 1 { throw .parallelismBelowOne(parallelism) }
    if tasks.count > Self.taskLimit { throw .tooManyTasks(tasks.count) }
    var earlier: Set<TaskID> = []
    earlier.reserveCapacity(tasks.count)
    for task in tasks {
      try task.check(after: earlier)
      if !earlier.insert(task.id).inserted { throw .duplicateTask(task.id) }
    }
  }
}

extension TaskShape {
  fileprivate func check(after earlier: Set<TaskID>) throws(JobShapeError) {
    if parties.isEmpty { throw .noParties(id) }
    if let party = firstRepeated(parties) { throw .duplicateParty(id, party) }
    if let need = firstRepeated(needs) { throw .duplicateNeed(id, need) }
    if let need = needs.first(where: { !earlier.contains($0) }) { throw .needNotBefore(id, need) }
    guard (0...TaskPolicy.retryLimit).contains(policy.retries) else {
      throw .retriesOutOfRange(id, policy.retries)
    }
    if !policy.backoff.isSound { throw .backoffOutOfRange(id) }
    if !policy.hasSoundTimeout { throw .timeoutOutOfRange(id) }
  }
}

private func firstRepeated<Element: Hashable>(_ elements: [Element]) -> Element? {
  if elements.count < 2 { return nil }
  var seen: Set<Element> = []
  return elements.first { !seen.insert($0).inserted }
}
