internal import MoiraKit
internal import MoiraMath
internal import MoiraModel
internal import MoiraTable

/// A party's rows in the form that training wants: the table's own memory, labels as indices.
struct TrainingRows: Sendable {
  let table: Table
  let labels: [Double]
  let weights: [Double]?

  var count: Int { table.rows }
  var weightSum: Double { weights?.reduce(0, +) ?? Double(count) }

  init(_ table: Table, labels: [Double]) {
    self.table = table
    self.labels = labels
    weights = table.weights()
  }

  /// The features as a matrix, where they lie.
  func withMatrix<Result>(_ body: (BlockMatrix) throws -> Result) rethrows -> Result {
    try table.withMatrix(body)
  }

  func sums(_ parameters: [Double], _ problem: LogisticProblem, workers: Workers) -> GradientSums {
    withMatrix {
      problem.sums(parameters, rows: $0, labels: labels, rowWeights: weights, workers: workers)
    }
  }
}

extension Table {
  func withMatrix<Result>(_ body: (BlockMatrix) throws -> Result) rethrows -> Result {
    try withNumericBlocks { blocks in
      guard let base = blocks.baseAddress else {
        return try withUnsafeTemporaryAllocation(of: Double.self, capacity: 1) { empty in
          empty.initialize(repeating: 0)
          return try body(
            BlockMatrix(
              base: UnsafePointer(empty.baseAddress.unsafelyUnwrapped), rowCount: 0,
              columnCount: numericFeatures.count, blockRows: Table.blockRows))
        }
      }
      return try body(
        BlockMatrix(
          base: base, rowCount: rows, columnCount: numericFeatures.count,
          blockRows: Table.blockRows))
    }
  }

  /// - Throws: `feature-not-numeric`, `missing-values`, `no-features`.
  func checkTrainable(_ port: PortName, party: PartyID) throws(Failure) {
    if let feature = categoricalFeatures.first {
      throw Failure(
        "feature-not-numeric",
        "features must be numbers, but '\(feature.name)' of '\(port)' at \(party) is categorical",
        hint: "leave it out with the reader's 'features', or encode it before")
    }
    if numericFeatures.isEmpty {
      throw Failure("no-features", "the rows of '\(port)' at \(party) have no features")
    }
    for (column, name) in numericFeatures.enumerated() where missingCount(column) > 0 {
      throw Failure(
        "missing-values",
        "features must have a value in every row, but '\(name)' of '\(port)' at \(party) lacks \(missingCount(column))",
        hint: "'missing: mean' in a feature_scale task fills them in")
    }
  }
}

/// Trains on one party's rows alone.
struct LocalTraining: Sendable {
  let rows: TrainingRows
  let workers: Workers
  private var descent: Descent
  private var reader: BatchReader
  private var epoch = 0

  init(_ rows: TrainingRows, descent: Descent, batchSize: Int?, seed: UInt64, workers: Workers) {
    self.init(
      rows, descent, BatchOrder(rowCount: rows.count, batchSize: batchSize, seed: seed), workers)
  }

  /// An epoch in a given number of batches of nearly one size.
  init(_ rows: TrainingRows, descent: Descent, parts: Int, seed: UInt64, workers: Workers) {
    self.init(rows, descent, BatchOrder(rowCount: rows.count, parts: parts, seed: seed), workers)
  }

  private init(
    _ rows: TrainingRows, _ descent: Descent, _ order: BatchOrder, _ workers: Workers
  ) {
    self.rows = rows
    self.descent = descent
    self.workers = workers
    reader = BatchReader(order)
  }

  /// Passes over the rows, from the given parameters on.
  mutating func run(_ parameters: inout [Double], epochs: Int, rate: Double) {
    for _ in 0..<epochs where rows.count > 0 {
      if reader.order.isFull {
        let sums = rows.sums(parameters, descent.problem, workers: workers)
        if sums.weight > 0 {
          descent.step(&parameters, gradient: sums.meanGradient, rate: rate)
        }
      } else {
        pass(&parameters, rate: rate)
      }
      epoch += 1
    }
  }

  private mutating func pass(_ parameters: inout [Double], rate: Double) {
    startEpoch()
    while let sums = nextSums(parameters) {
      if sums.weight > 0 { descent.step(&parameters, gradient: sums.meanGradient, rate: rate) }
    }
  }

  mutating func startEpoch() { reader.start(epoch: epoch) }
  mutating func endEpoch() { epoch += 1 }

  /// The sums over the next batch of the epoch, or nil when it is over.
  mutating func nextSums(_ parameters: [Double]) -> GradientSums? {
    let problem = descent.problem
    guard advance() else { return nil }
    let batch = reader.batch
    return batch.rows.withMatrix {
      problem.sums(
        parameters, rows: $0, labels: batch.labels, rowWeights: batch.rowWeights, workers: workers)
    }
  }

  private mutating func advance() -> Bool {
    let table = rows.table
    return rows.labels.withUnsafeBufferPointer { labels in
      table.withMatrix { matrix in
        guard let weights = rows.weights else {
          return reader.next(from: matrix, labels: labels)
        }
        return weights.withUnsafeBufferPointer {
          reader.next(from: matrix, labels: labels, rowWeights: $0)
        }
      }
    }
  }
}
