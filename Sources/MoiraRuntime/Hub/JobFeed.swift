internal import MoiraModel
internal import MoiraSchedule

/// What a running job tells, for any number of watchers.
struct JobFeed {
  private(set) var watchers: [Int: AsyncStream<JobUpdate>.Continuation] = [:]
  private var made = 0

  /// A new watcher, of what is told from now on.
  mutating func watch() -> (number: Int, updates: AsyncStream<JobUpdate>) {
    let (stream, continuation) = AsyncStream.makeStream(
      of: JobUpdate.self, bufferingPolicy: .bufferingNewest(100_000))
    made += 1
    watchers[made] = continuation
    return (made, stream)
  }

  func tell(_ update: JobUpdate) {
    for watcher in watchers.values { watcher.yield(update) }
  }

  mutating func leave(_ number: Int) { watchers.removeValue(forKey: number)?.finish() }

  mutating func end() {
    for watcher in watchers.values { watcher.finish() }
    watchers = [:]
  }
}
