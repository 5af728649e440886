/// A matrix that owns its rows, in the layout of `BlockMatrix`; a buffer for mini-batches.
public struct DenseBlocks: Sendable {
  public private(set) var rowCount = 0
  public private(set) var columnCount = 0
  public let blockRows: Int
  private var storage: [Double] = []

  public init(blockRows: Int = BlockMatrix.usualBlockRows) {
    precondition(blockRows > 0)
    self.blockRows = blockRows
  }

  /// The rows as they are written down, each with the same number of values.
  public init(rows: [[Double]], blockRows: Int = BlockMatrix.usualBlockRows) {
    self.init(blockRows: blockRows)
    resize(rowCount: rows.count, columnCount: rows.first?.count ?? 0)
    for (i, row) in rows.enumerated() {
      precondition(row.count == columnCount, "rows of different lengths")
      let first = offset(ofRow: i)
      for j in 0..<columnCount { storage[first + j * blockRows] = row[j] }
    }
  }

  /// Takes over the rows of `source` with the given numbers, in that order.
  ///
  /// The room of earlier rows is used again. O(rows · columns); each value is a cache miss when the
  /// numbers are far apart, for the columns of a block lie `blockRows` doubles from one another.
  public mutating func gather(rows: some Collection<Int>, from source: BlockMatrix) {
    resize(rowCount: rows.count, columnCount: source.columnCount)
    let (columns, ours, theirs) = (columnCount, blockRows, source.blockRows)
    storage.withUnsafeMutableBufferPointer { target in
      guard let to = target.baseAddress else { return }
      for (i, row) in rows.enumerated() {
        precondition(row >= 0 && row < source.rowCount, "no such row")
        let from = source.start(ofBlock: row / theirs) + row % theirs
        let first = to + (i / ours * ours * columns + i % ours)
        for j in 0..<columns { first[j * ours] = from[j * theirs] }
      }
    }
  }

  /// Takes over rows that lie one after another; a few columns at a time, to stay in the first cache.
  mutating func fill(rowMajor source: UnsafePointer<Double>, rowCount: Int, columnCount: Int) {
    resize(rowCount: rowCount, columnCount: columnCount)
    let (ours, width) = (blockRows, 8)
    storage.withUnsafeMutableBufferPointer { target in
      guard let to = target.baseAddress else { return }
      for left in stride(from: 0, to: columnCount, by: width) {
        for i in 0..<rowCount {
          let first = to + (i / ours * ours * columnCount + i % ours)
          let row = source + i * columnCount
          for j in left..<min(left + width, columnCount) { first[j * ours] = row[j] }
        }
      }
    }
  }

  /// Lends the rows out as a view, which must not leave `body`.
  public func withMatrix<Result, Failure: Error>(
    _ body: (BlockMatrix) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try storage.withUnsafeBufferPointer { (buffer) throws(Failure) -> Result in
      let base = buffer.baseAddress ?? Self.nothing
      return try body(
        BlockMatrix(
          base: base, rowCount: rowCount, columnCount: columnCount, blockRows: blockRows))
    }
  }

  // Where a view without elements points; never read.
  private static var nothing: UnsafePointer<Double> {
    UnsafePointer(bitPattern: MemoryLayout<Double>.alignment).unsafelyUnwrapped
  }

  private func offset(ofRow row: Int) -> Int {
    row / blockRows * blockRows * columnCount + row % blockRows
  }

  private mutating func resize(rowCount: Int, columnCount: Int) {
    self.rowCount = rowCount
    self.columnCount = columnCount
    let needed = BlockMatrix.storageCount(
      rowCount: rowCount, columnCount: columnCount, blockRows: blockRows)
    if storage.count < needed {
      storage.append(contentsOf: repeatElement(0, count: needed - storage.count))
    }
  }
}
