/// A binary heap: the least element comes out first.
struct Heap<Element: Comparable & Sendable>: Equatable, Sendable {
  private var elements: [Element] = []

  var count: Int { elements.count }
  var isEmpty: Bool { elements.isEmpty }
  var first: Element? { elements.first }

  mutating func removeAll() { elements.removeAll() }

  /// - Complexity: O(log n).
  mutating func push(_ element: Element) {
    elements.append(element)
    var child = elements.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard elements[child] < elements[parent] else { return }
      elements.swapAt(child, parent)
      child = parent
    }
  }

  /// - Complexity: O(log n).
  mutating func pop() -> Element? {
    guard let first = elements.first, let last = elements.popLast() else { return nil }
    if elements.isEmpty { return first }
    elements[0] = last
    sink()
    return first
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var first = parent
      for child in 2 * parent + 1...2 * parent + 2 where child < elements.count {
        if elements[child] < elements[first] { first = child }
      }
      if first == parent { return }
      elements.swapAt(first, parent)
      parent = first
    }
  }
}
