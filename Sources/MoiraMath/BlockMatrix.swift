/// A view of n rows × d features that lie in blocks of rows, each block column by column.
///
/// Element (i, j) is at `base[(i / R) * R * d + j * R + i % R]` with R = `blockRows`. The last block
/// takes up as much room as the others; what stands beyond the last row is never read.
///
/// It owns nothing: it is valid inside the `with…` call that handed it out, and no longer.
// @unchecked: the memory is only read, and whoever made the view keeps it unchanged meanwhile.
public struct BlockMatrix: @unchecked Sendable {
  /// The number of rows in a block, unless told otherwise: a column of a block is one page.
  public static let usualBlockRows = 512

  public let base: UnsafePointer<Double>
  public let rowCount: Int
  public let columnCount: Int
  public let blockRows: Int

  /// - Parameter base: `blockCount * blockRows * columnCount` doubles.
  public init(
    base: UnsafePointer<Double>, rowCount: Int, columnCount: Int,
    blockRows: Int = BlockMatrix.usualBlockRows
  ) {
    precondition(rowCount >= 0 && columnCount >= 0 && blockRows > 0)
    self.base = base
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.blockRows = blockRows
  }

  public var blockCount: Int { (rowCount + blockRows - 1) / blockRows }

  /// The number of doubles that the blocks of `rowCount` rows take up, padding included.
  public static func storageCount(
    rowCount: Int, columnCount: Int, blockRows: Int = BlockMatrix.usualBlockRows
  ) -> Int {
    (rowCount + blockRows - 1) / blockRows * blockRows * columnCount
  }

  /// The rows of a block, as a range of row numbers.
  public func rows(ofBlock block: Int) -> Range<Int> {
    let first = block * blockRows
    return first..<min(first + blockRows, rowCount)
  }

  /// Where the first column of a block begins; the others follow at a distance of `blockRows`.
  public func start(ofBlock block: Int) -> UnsafePointer<Double> {
    base + block * blockRows * columnCount
  }

  public subscript(row: Int, column: Int) -> Double {
    precondition(row >= 0 && row < rowCount && column >= 0 && column < columnCount)
    return base[row / blockRows * blockRows * columnCount + column * blockRows + row % blockRows]
  }
}
