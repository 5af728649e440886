internal import MoiraModel

/// In which order the rows of a table are gone through, epoch by epoch, and how they are cut up.
public struct BatchOrder: Hashable, Sendable {
  public let rowCount: Int
  /// Rows in a batch; the last one of an epoch may have fewer.
  public let batchSize: Int
  public let seed: UInt64
  public let isShuffled: Bool
  /// Into how many parts of nearly one size an epoch is cut; nil where it is cut by size.
  private let parts: Int?

  /// - Parameter batchSize: nil, or more than there are rows, for all the rows at once.
  public init(rowCount: Int, batchSize: Int?, seed: UInt64, isShuffled: Bool = true) {
    precondition(rowCount >= 0 && (batchSize ?? 1) > 0)
    self.rowCount = rowCount
    self.batchSize = max(1, min(batchSize ?? rowCount, rowCount))
    self.seed = seed
    self.isShuffled = isShuffled
    parts = nil
  }

  /// An epoch in a given number of batches, of which none has two rows more than another.
  public init(rowCount: Int, parts: Int, seed: UInt64, isShuffled: Bool = true) {
    precondition(rowCount >= 0 && parts > 0)
    self.rowCount = rowCount
    self.parts = parts
    batchSize = max(1, (rowCount + parts - 1) / parts)
    self.seed = seed
    self.isShuffled = isShuffled
  }

  /// Whether each batch is the whole table, so that no row needs to be copied.
  public var isFull: Bool { parts ?? 1 == 1 && batchSize >= rowCount }

  public var batchCount: Int { parts ?? (rowCount + batchSize - 1) / batchSize }

  /// How many rows the smallest batch has.
  public var leastRows: Int { ranges.map(\.count).min() ?? 0 }

  /// Which places of an epoch's order make up each batch.
  public var ranges: [Range<Int>] {
    (0..<batchCount).map { places(ofBatches: $0..<($0 + 1)) }
  }

  /// Which places of an epoch's order make up some batches that follow one another.
  func places(ofBatches batches: Range<Int>) -> Range<Int> {
    if let parts {
      return (batches.lowerBound * rowCount / parts)..<(batches.upperBound * rowCount / parts)
    }
    return (batches.lowerBound * batchSize)..<min(batches.upperBound * batchSize, rowCount)
  }

  /// The row numbers of an epoch: a permutation that follows from seed and epoch alone.
  public func order(epoch: Int) -> [Int] {
    var order = Array(0..<rowCount)
    guard isShuffled else { return order }
    var generator = SeededGenerator(seed: seed ^ mix64(UInt64(bitPattern: Int64(epoch)) &+ 1))
    shuffle(&order, with: &generator)
    return order
  }
}

/// Fisher and Yates' shuffle, written out so that it stays the same whatever the standard library does.
func shuffle(_ order: inout [Int], with generator: inout SeededGenerator) {
  guard order.count > 1 else { return }
  for last in stride(from: order.count - 1, to: 0, by: -1) {
    order.swapAt(last, Int(uniform(below: UInt64(last) + 1, &generator)))
  }
}

/// A uniform number in 0 ..< bound. Source: Lemire, "Fast random integer generation in an interval" (2019).
func uniform(below bound: UInt64, _ generator: inout SeededGenerator) -> UInt64 {
  let least = (0 &- bound) % bound
  while true {
    let (high, low) = generator.next().multipliedFullWidth(by: bound)
    if low >= least { return high }
  }
}
