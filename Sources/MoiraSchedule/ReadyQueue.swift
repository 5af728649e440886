/// The tasks that could start: higher priority first, then topological order.
struct ReadyQueue: Equatable, Sendable {
  struct Entry: Comparable, Sendable {
    let priority: Int
    /// The task's place in topological order.
    let order: Int

    /// Whether the left one goes first.
    static func < (left: Entry, right: Entry) -> Bool {
      left.priority == right.priority
        ? left.order < right.order : left.priority > right.priority
    }
  }

  private var heap = Heap<Entry>()

  var count: Int { heap.count }

  mutating func removeAll() { heap.removeAll() }

  /// - Complexity: O(log n).
  mutating func push(_ entry: Entry) { heap.push(entry) }

  /// - Complexity: O(log n).
  mutating func pop() -> Entry? { heap.pop() }
}
