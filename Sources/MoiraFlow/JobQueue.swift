/// Which job is next: the one of the highest priority, among those the one submitted first. So many
/// run at once.
struct JobQueue: Equatable {
  private struct Place: Equatable {
    let job: String
    let priority: Int
    let number: Int

    /// Whether this one goes before the other.
    func precedes(_ other: Place) -> Bool {
      priority != other.priority ? priority > other.priority : number < other.number
    }
  }

  let limit: Int
  private(set) var running: Set<String> = []
  /// The next one last.
  private var waiting: [Place] = []

  init(limit: Int) { self.limit = limit }

  var isEmpty: Bool { waiting.isEmpty && running.isEmpty }
  var count: Int { waiting.count + running.count }
  /// The next one first.
  var waitingJobs: [String] { waiting.reversed().map(\.job) }

  /// - Complexity: O(waiting jobs).
  mutating func add(_ job: String, priority: Int, number: Int) {
    let place = Place(job: job, priority: priority, number: number)
    var low = 0
    var high = waiting.count
    while low < high {
      let middle = (low + high) / 2
      if waiting[middle].precedes(place) { high = middle } else { low = middle + 1 }
    }
    waiting.insert(place, at: low)
  }

  /// The next job, if there is room for it; it counts as running from here on.
  mutating func next() -> String? {
    guard running.count < limit, let place = waiting.popLast() else { return nil }
    running.insert(place.job)
    return place.job
  }

  /// Whether the job was waiting.
  mutating func withdraw(_ job: String) -> Bool {
    guard let place = waiting.firstIndex(where: { $0.job == job }) else { return false }
    waiting.remove(at: place)
    return true
  }

  mutating func end(_ job: String) { running.remove(job) }
}
