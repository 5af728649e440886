/// Rows of a `BlockMatrix` copied out row by row, as a stop on their way into mini-batches.
///
/// A row of a `BlockMatrix` lies on as many pages as it has columns, so rows taken one at a time cost a
/// miss of cache and of address translation for each value. Here many rows are taken in the order in
/// which they lie, and then handed on in the order that was asked for, from memory that is near.
struct RowStage: Sendable {
  private var columnCount = 0
  /// Row-major.
  private var storage: [Double] = []

  /// Takes over rows, in the given order. O(rows · (columns + log rows)).
  mutating func fill(rows numbers: ArraySlice<Int>, from source: BlockMatrix) {
    columnCount = source.columnCount
    let needed = numbers.count * columnCount
    if storage.count < needed {
      storage.append(contentsOf: repeatElement(0, count: needed - storage.count))
    }
    let requests = Self.requests(numbers, rowCount: source.rowCount)
    storage.withUnsafeMutableBufferPointer { buffer in
      guard let target = buffer.baseAddress else { return }
      var first = 0
      while first < requests.count {
        let end = source.rows(ofBlock: requests[first].row / source.blockRows).upperBound
        var last = first
        while last < requests.count, requests[last].row < end { last += 1 }
        Self.copy(requests[first..<last], from: source, to: target)
        first = last
      }
    }
  }

  /// A row that is wanted, and its place in the stage; ordered by row.
  private struct Request {
    let key: UInt64
    var row: Int { Int(key >> 32) }
    var place: Int { Int(key & 0xFFFF_FFFF) }
  }

  private static func requests(_ numbers: ArraySlice<Int>, rowCount: Int) -> [Request] {
    precondition(rowCount < 1 << 31 && numbers.count < 1 << 31)
    let keys = numbers.enumerated().map { place, row in
      precondition(row >= 0 && row < rowCount, "no such row")
      return UInt64(row) << 32 | UInt64(place)
    }
    return keys.sorted().map(Request.init(key:))
  }

  /// Copies rows of one block, a column at a time.
  private static func copy(
    _ requests: ArraySlice<Request>, from source: BlockMatrix,
    to target: UnsafeMutablePointer<Double>
  ) {
    guard let one = requests.first else { return }
    let (columns, block) = (source.columnCount, one.row / source.blockRows)
    let (start, firstRow) = (source.start(ofBlock: block), block * source.blockRows)
    for j in 0..<columns {
      let column = start + j * source.blockRows
      for request in requests {
        target[request.place * columns + j] = column[request.row - firstRow]
      }
    }
  }

  /// Hands on some of the rows, by their places.
  func copy(_ places: Range<Int>, to rows: inout DenseBlocks) {
    precondition(places.upperBound * columnCount <= storage.count)
    storage.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      rows.fill(
        rowMajor: base + places.lowerBound * columnCount, rowCount: places.count,
        columnCount: columnCount)
    }
  }
}
