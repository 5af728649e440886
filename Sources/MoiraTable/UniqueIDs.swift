import MoiraModel

/// Finds two rows with one id.
enum UniqueIDs {
  /// The rows, from 0, of the first id that comes a second time; nil when all ids differ.
  ///
  /// Rows are dealt into groups by hash, each with a small table that fits a core's cache.
  /// O(rows) expected time, and memory of about 24 bytes a row.
  static func firstDuplicate(
    in draft: TableDraft, workers: Workers
  ) -> (first: Int, second: Int)? {
    let hashes = hash(draft, workers)
    defer { hashes.deallocate() }
    let groups = group(hashes, draft.layout.rows)
    defer { groups.rows.deallocate() }
    var found = [(first: Int, second: Int)?](repeating: nil, count: groups.starts.count - 1)
    found.withUnsafeMutableBufferPointer { found in
      workers.each(found.count) { index in
        let range = groups.starts[index]..<groups.starts[index + 1]
        let members = UnsafeBufferPointer(start: groups.rows + range.lowerBound, count: range.count)
        found[index] = duplicate(draft, hashes, among: members)
      }
    }
    return found.compactMap(\.self).min { $0.second < $1.second }
  }

  /// The rows of each group together, in ascending order; `starts` says where each group starts.
  private static func group(
    _ hashes: UnsafeMutablePointer<UInt64>, _ count: Int
  ) -> (rows: UnsafeMutablePointer<Int>, starts: [Int]) {
    let groups = UInt64(max(1, min(256, count / 8192)))
    func group(_ row: Int) -> Int { Int(hashes[row].multipliedFullWidth(by: groups).high) }
    var starts = [Int](repeating: 0, count: Int(groups) + 1)
    for row in 0..<count { starts[group(row) + 1] += 1 }
    for index in 1..<starts.count { starts[index] += starts[index - 1] }
    var next = starts
    let rows = UnsafeMutablePointer<Int>.allocate(capacity: max(count, 1))
    for row in 0..<count {
      rows[next[group(row)]] = row
      next[group(row)] += 1
    }
    return (rows, starts)
  }

  private static func hash(_ draft: TableDraft, _ workers: Workers) -> UnsafeMutablePointer<UInt64>
  {
    let rows = draft.layout.rows
    let hashes = UnsafeMutablePointer<UInt64>.allocate(capacity: max(rows, 1))
    let piece = 1 << 16
    workers.each((rows + piece - 1) / piece) { index in
      for row in index * piece..<min(rows, (index + 1) * piece) {
        hashes[row] = XXHash64.hash(id(draft, row))
      }
    }
    return hashes
  }

  private static func id(_ draft: TableDraft, _ row: Int) -> UnsafeRawBufferPointer {
    let start = Int(draft.idEnds[row])
    return UnsafeRawBufferPointer(
      start: draft.ids + start, count: Int(draft.idEnds[row + 1]) - start)
  }

  /// The first duplicate among the rows of a group.
  private static func duplicate(
    _ draft: TableDraft, _ hashes: UnsafeMutablePointer<UInt64>,
    among rows: UnsafeBufferPointer<Int>
  ) -> (first: Int, second: Int)? {
    var size = 16
    while size < rows.count * 2 { size *= 2 }
    var slots = [Int](repeating: -1, count: size)
    for row in rows {
      var slot = Int(truncatingIfNeeded: hashes[row]) & (size - 1)
      while slots[slot] >= 0 {
        let other = slots[slot]
        if hashes[other] == hashes[row], id(draft, other).elementsEqual(id(draft, row)) {
          return (other, row)
        }
        slot = (slot + 1) & (size - 1)
      }
      slots[slot] = row
    }
    return nil
  }
}
