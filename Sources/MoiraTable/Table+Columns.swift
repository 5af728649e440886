extension Table {
  /// Lends the blocks of numeric values.
  ///
  /// Feature j of row i is at `(i / blockRows) · blockRows · d + j · blockRows + i % blockRows`, with
  /// d = `numericFeatures.count`. The last block is filled up with zeros; NaN is a missing value.
  public func withNumericBlocks<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<Double>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(owner) {} }
    return try body(doubles(at: TableLayout.numeric, count: layout.numericValues))
  }

  /// Lends the labels, nothing when there is no label column. NaN is a missing label.
  public func withLabels<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<Double>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(owner) {} }
    return try body(doubles(at: layout.label, count: layout.hasLabel ? rows : 0))
  }

  /// Lends the weights, nothing when there is no weight column.
  public func withWeights<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<Double>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(owner) {} }
    return try body(doubles(at: layout.weight, count: layout.hasWeight ? rows : 0))
  }

  /// A copy of one numeric feature. NaN is a missing value.
  public func numericColumn(_ column: Int) -> [Double] {
    precondition(numericFeatures.indices.contains(column), "no such numeric column")
    return withNumericBlocks { blocks in
      [Double](unsafeUninitializedCapacity: rows) { target, count in
        for first in stride(from: 0, to: rows, by: Self.blockRows) {
          let place = TableLayout.element(first, column, of: numericFeatures.count)
          let length = min(Self.blockRows, rows - first)
          _ = UnsafeMutableBufferPointer(rebasing: target[first..<first + length])
            .initialize(fromContentsOf: blocks[place..<place + length])
        }
        count = rows
      }
    }
  }

  /// A copy of one numeric feature, nil when there is none of that name.
  public func numericColumn(named name: String) -> [Double]? {
    numericFeatures.firstIndex(of: name).map(numericColumn)
  }

  /// How many values of a numeric feature are missing, as the image says.
  public func missingCount(_ column: Int) -> Int {
    precondition(numericFeatures.indices.contains(column), "no such numeric column")
    defer { withExtendedLifetime(owner) {} }
    return Int(clamping: words(at: layout.missing, count: numericFeatures.count)[column])
  }

  /// A copy of one categorical feature's codes: indices of its levels, -1 for a missing value.
  public func categoricalCodes(_ column: Int) -> [Int32] {
    precondition(categoricalFeatures.indices.contains(column), "no such categorical column")
    defer { withExtendedLifetime(owner) {} }
    return Array(codeBuffer(column))
  }

  /// A copy of the codes of a categorical feature, nil when there is none of that name.
  public func categoricalCodes(named name: String) -> [Int32]? {
    categoricalFeatures.firstIndex { $0.name == name }.map(categoricalCodes)
  }

  /// A copy of the labels, nil when there is no label column. NaN is a missing label; of a
  /// categorical label, the index of its level.
  public func labels() -> [Double]? {
    layout.hasLabel ? withLabels { Array($0) } : nil
  }

  /// A copy of the weights, nil when there is no weight column.
  public func weights() -> [Double]? {
    layout.hasWeight ? withWeights { Array($0) } : nil
  }

  /// A row's id, nil when there is no id column.
  public func id(at row: Int) -> String? {
    withID(at: row) { bytes in bytes.map { String(decoding: $0, as: UTF8.self) } }
  }

  /// Lends the UTF-8 of a row's id, nil when there is no id column.
  public func withID<Result, Failure: Error>(
    at row: Int, _ body: (UnsafeRawBufferPointer?) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(row >= 0 && row < rows, "no such row")
    guard layout.hasID else { return try body(nil) }
    defer { withExtendedLifetime(owner) {} }
    let ends = words(at: layout.idEnds, count: rows + 1)
    let range = layout.ids + Int(ends[row])..<layout.ids + Int(ends[row + 1])
    return try body(UnsafeRawBufferPointer(rebasing: bytes[range]))
  }
}
