/// Some rows with their labels and weights, copied out of a larger table; its room is used again.
public struct MiniBatch: Sendable {
  public private(set) var rows: DenseBlocks
  public private(set) var labels: [Double] = []
  /// Nil where the source has none.
  public private(set) var rowWeights: [Double]?

  public init(blockRows: Int = BlockMatrix.usualBlockRows) {
    rows = DenseBlocks(blockRows: blockRows)
  }

  /// Takes over the rows with the given numbers, in that order.
  public mutating func gather(
    rows numbers: some Collection<Int>, from source: BlockMatrix,
    labels: UnsafeBufferPointer<Double>, rowWeights: UnsafeBufferPointer<Double>? = nil
  ) {
    precondition(labels.count == source.rowCount, "as many labels as rows")
    precondition(rowWeights.map { $0.count == source.rowCount } ?? true, "as many weights as rows")
    rows.gather(rows: numbers, from: source)
    take(numbers, labels, rowWeights)
  }

  /// Takes over rows that were staged; `numbers` are theirs in the table.
  mutating func take(
    places: Range<Int>, of stage: RowStage, numbers: ArraySlice<Int>,
    labels: UnsafeBufferPointer<Double>, rowWeights: UnsafeBufferPointer<Double>?
  ) {
    stage.copy(places, to: &rows)
    take(numbers, labels, rowWeights)
  }

  private mutating func take(
    _ numbers: some Collection<Int>, _ labels: UnsafeBufferPointer<Double>,
    _ rowWeights: UnsafeBufferPointer<Double>?
  ) {
    self.labels.removeAll(keepingCapacity: true)
    self.labels.append(contentsOf: numbers.lazy.map { labels[$0] })
    self.rowWeights = rowWeights.map { weights in numbers.map { weights[$0] } }
  }
}
