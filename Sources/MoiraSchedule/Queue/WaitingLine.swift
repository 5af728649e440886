import MoiraModel

/// What a job needs of the party of that number.
struct PlaceNeed: Hashable, Sendable {
  let party: Int
  let need: QueueNeed
}

/// The waiting jobs of one submitter that want the same, with the same priority: the first of them
/// goes before the others whatever the time, and where it does not fit none does.
struct WaitingLine: Sendable {
  /// Which jobs stand in it.
  struct Key: Hashable, Sendable {
    /// The submitter's number.
    let submitter: Int
    let priority: Int
    /// By the parties' numbers.
    let needs: [PlaceNeed]
  }

  /// One of them. The number is that of its coming.
  struct Entry: Hashable, Comparable, Sendable {
    let queued: Instant
    let number: UInt64
    let job: JobID

    static func < (left: Entry, right: Entry) -> Bool {
      left.queued == right.queued ? left.number < right.number : left.queued < right.queued
    }
  }

  let key: Key
  /// In order from `start` on; what stands before has gone.
  private var entries: [Entry] = []
  private var start = 0

  init(key: Key) { self.key = key }

  var first: Entry? { start < entries.count ? entries[start] : nil }
  var isEmpty: Bool { start == entries.count }

  /// - Complexity: O(log n) for one that is younger than the others, else O(n).
  mutating func insert(_ entry: Entry) { entries.insert(entry, at: place(after: { $0 < entry })) }

  /// - Complexity: O(1), amortized.
  mutating func removeFirst() {
    start += 1
    guard start > 32, start > entries.count / 2 else { return }
    entries.removeFirst(start)
    start = 0
  }

  /// - Complexity: O(n).
  mutating func remove(_ entry: Entry) {
    let place = place(after: { $0 < entry })
    if place == start { return removeFirst() }
    entries.remove(at: place)
  }

  /// How many of the first ones hold to what the first ones alone hold to.
  ///
  /// - Complexity: O(log n).
  func count(while holds: (Entry) -> Bool) -> Int { place(after: holds) - start }

  private func place(after holds: (Entry) -> Bool) -> Int {
    var low = start
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if holds(entries[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
