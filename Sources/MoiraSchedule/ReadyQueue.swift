/// The tasks that could start: higher priority first, then topological order. A binary heap.
struct ReadyQueue: Equatable, Sendable {
  struct Entry: Equatable, Sendable {
    let priority: Int
    /// The task's place in topological order.
    let order: Int

    func goes(before other: Entry) -> Bool {
      priority == other.priority ? order < other.order : priority > other.priority
    }
  }

  private var heap: [Entry] = []

  var count: Int { heap.count }

  mutating func removeAll() { heap.removeAll() }

  /// - Complexity: O(log n).
  mutating func push(_ entry: Entry) {
    heap.append(entry)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].goes(before: heap[parent]) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// - Complexity: O(log n).
  mutating func pop() -> Entry? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if heap.isEmpty { return first }
    heap[0] = last
    sink()
    return first
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var first = parent
      for child in 2 * parent + 1...2 * parent + 2 where child < heap.count {
        if heap[child].goes(before: heap[first]) { first = child }
      }
      if first == parent { return }
      heap.swapAt(first, parent)
      parent = first
    }
  }
}
