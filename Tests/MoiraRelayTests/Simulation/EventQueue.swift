/// What is to happen, by time and then in the order in which it was planned. A binary heap of places.
struct EventQueue {
  private struct Entry {
    let time: Int64
    let order: Int
    let place: Int

    func goes(before other: Entry) -> Bool {
      time == other.time ? order < other.order : time < other.time
    }
  }

  private var heap: [Entry] = []
  private var occurrences: [Occurrence?] = []
  private var free: [Int] = []
  private var order = 0

  mutating func push(_ occurrence: Occurrence, at time: Int64) {
    let place: Int
    if let old = free.popLast() {
      place = old
      occurrences[old] = occurrence
    } else {
      place = occurrences.count
      occurrences.append(occurrence)
    }
    order += 1
    heap.append(Entry(time: time, order: order, place: place))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].goes(before: heap[parent]) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop() -> (time: Int64, occurrence: Occurrence)? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if !heap.isEmpty {
      heap[0] = last
      sink()
    }
    defer {
      occurrences[first.place] = nil
      free.append(first.place)
    }
    return occurrences[first.place].map { (first.time, $0) }
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var first = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if heap[child].goes(before: heap[first]) { first = child }
      }
      if first == parent { return }
      heap.swapAt(first, parent)
      parent = first
    }
  }
}
