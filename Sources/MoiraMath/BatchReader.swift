/// Goes through the mini-batches of an epoch; copies many batches' rows at a time.
///
/// Gives the same batches as `MiniBatch.gather` over `BatchOrder`, in less than half the time on large tables.
public struct BatchReader: Sendable {
  /// How much of a table is copied at a time unless told otherwise, in bytes.
  public static let usualStageBytes = 64 << 20

  public let order: BatchOrder
  /// The batch that `next` brought.
  public private(set) var batch: MiniBatch
  private let stageBytes: Int
  private var stage = RowStage()
  private var numbers: [Int] = []
  /// Which batches of the epoch lie in the stage.
  private var staged = 0..<0
  private var nextBatch = 0

  public init(
    _ order: BatchOrder, blockRows: Int = BlockMatrix.usualBlockRows,
    stageBytes: Int = BatchReader.usualStageBytes
  ) {
    self.order = order
    self.stageBytes = stageBytes
    batch = MiniBatch(blockRows: blockRows)
  }

  /// Begins an epoch.
  public mutating func start(epoch: Int) {
    numbers = order.order(epoch: epoch)
    staged = 0..<0
    nextBatch = 0
  }

  /// Brings the next batch, or answers false at the end of the epoch.
  ///
  /// The table must be the same at each call of an epoch.
  public mutating func next(
    from rows: BlockMatrix, labels: UnsafeBufferPointer<Double>,
    rowWeights: UnsafeBufferPointer<Double>? = nil
  ) -> Bool {
    precondition(rows.rowCount == order.rowCount && labels.count == rows.rowCount)
    precondition(rowWeights.map { $0.count == rows.rowCount } ?? true, "as many weights as rows")
    guard nextBatch < order.batchCount, !numbers.isEmpty else { return false }
    if !staged.contains(nextBatch) { fillStage(from: rows) }
    let range = places(ofBatches: nextBatch..<(nextBatch + 1))
    let first = places(ofBatches: staged).lowerBound
    batch.take(
      places: (range.lowerBound - first)..<(range.upperBound - first), of: stage,
      numbers: numbers[range], labels: labels, rowWeights: rowWeights)
    nextBatch += 1
    return true
  }

  private mutating func fillStage(from rows: BlockMatrix) {
    let batchBytes = max(1, order.batchSize * rows.columnCount * MemoryLayout<Double>.stride)
    let count = max(1, stageBytes / batchBytes)
    staged = nextBatch..<min(nextBatch + count, order.batchCount)
    stage.fill(rows: numbers[places(ofBatches: staged)], from: rows)
  }

  private func places(ofBatches batches: Range<Int>) -> Range<Int> {
    order.places(ofBatches: batches)
  }
}
