internal import MoiraModel
internal import MoiraSchedule

/// What a running job tells, for any number of watchers.
struct JobFeed {
  private(set) var watchers: [Int: AsyncStream<JobUpdate>.Continuation] = [:]
  private var made = 0

  /// A new watcher; what it needs to know of the time before is yielded first.
  mutating func watch(
    after earlier: [JobUpdate]
  ) -> (number: Int, updates: AsyncStream<JobUpdate>) {
    let (stream, continuation) = AsyncStream.makeStream(
      of: JobUpdate.self, bufferingPolicy: .bufferingNewest(100_000))
    for update in earlier { continuation.yield(update) }
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
