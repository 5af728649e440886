import MoiraCrypto
import MoiraMath
import MoiraModel
import MoiraProtocols

/// A round of training with 10⁴ weights at ten parties, masked against in clear: gradient of each party's
/// rows, fixed point, sum, step. One process, one thread.
func measureSecureRounds(_ bench: Bench) throws {
  for rows in [0, 250, 1000] { try measureRound(bench, rows: rows) }
}

private func measureRound(_ bench: Bench, rows: Int) throws {
  let columns = 10_000
  let training = PartyRows(rows: rows, columns: columns)
  let fixed = try FixedPoint(parties: 10)
  let parties = try SecureParties(10)
  func round(_ sum: ([UInt64]) throws -> Void) throws {
    var words: [UInt64] = []
    for _ in parties.clients {
      words = try fixed.encodeReals(training.gradient()).words
    }
    try sum(words)
  }
  var (masked, plain): ([Double], [Double]) = ([], [])
  for _ in 0..<9 {
    masked.append(try cpuSeconds { try round(parties.round) })
    plain.append(try cpuSeconds { try round(parties.plainRound) })
  }
  let ratio = masked.median / plain.median
  let what =
    rows == 0
    ? "masked round, 10⁴ elements, 10 parties: the sum alone"
    : "masked round, 10⁴ weights, 10 parties of \(rows) rows"
  bench.board.add(
    rows == 0 ? nil : 4, what, masked.median.asMilliseconds,
    reference: "in clear \(plain.median.asMilliseconds)", ratio: ratio,
    wanted: rows == 1000 ? "≤ 1.25 ×" : "", isMet: rows == 1000 ? ratio <= 1.25 : nil)
}

/// One party's rows, dense.
private final class PartyRows {
  private let storage: UnsafeMutableBufferPointer<Double>
  private let matrix: BlockMatrix
  private let labels: [Double]
  private let weights: [Double]

  init(rows: Int, columns: Int) {
    let count = BlockMatrix.storageCount(rowCount: rows, columnCount: columns)
    storage = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(count, 1) * 8, alignment: 4096
    ).bindMemory(to: Double.self)
    var generator = SeededGenerator(seed: 7)
    for index in 0..<count { storage[index] = generator.unit() }
    labels = (0..<rows).map { $0 % 2 == 0 ? 0 : 1 }
    weights = (0..<columns).map { _ in generator.unit() * 0.01 }
    matrix = BlockMatrix(
      base: UnsafePointer(storage.baseAddress.unsafelyUnwrapped), rowCount: rows,
      columnCount: columns)
  }

  deinit { storage.deallocate() }

  /// Of the mean loss.
  func gradient() -> [Double] {
    if labels.isEmpty { return weights }
    let sums = labels.withUnsafeBufferPointer {
      logisticGradient(
        rows: matrix, labels: $0, weights: weights, intercept: 0, workers: .serial)
    }
    return sums.weights.map { $0 / Double(labels.count) }
  }
}
