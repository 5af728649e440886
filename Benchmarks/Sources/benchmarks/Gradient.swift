import MoiraMath
import MoiraModel

/// Goal 3: one full-batch gradient of the logistic loss against numpy, and against the speed of
/// memory.
func measureGradient(_ bench: Bench) {
  let rows = 1_000_000
  let columns = 100
  let data = GradientRows(rows: rows, columns: columns)
  var (ours, sums, theirs): ([Double], [Double], [Double]) = ([], [], [])
  for _ in 0..<7 {
    ours.append(seconds { data.gradient(bench.workers) })
    sums.append(seconds { data.sum(bench.workers) })
    if let time = bench.python.seconds("gradient", "\(rows)", "\(columns)") { theirs.append(time) }
  }
  bench.python.forget()
  let share = sums.best / ours.best
  let speed = Double(data.byteCount) / 1e9
  bench.board.add(
    3, "gradient 1,000,000 × 100 (\(Kernel.nameOfBest), \(bench.cores) threads)",
    ours.best.asMilliseconds,
    reference: theirs.isEmpty ? "numpy absent" : "numpy \(theirs.best.asMilliseconds)",
    ratio: theirs.isEmpty ? nil : theirs.best / ours.best, wanted: "≥ 1 ×",
    isMet: theirs.isEmpty ? nil : theirs.best >= ours.best)
  bench.board.add(
    3, "  its share of the memory's read bandwidth",
    "\((speed / ours.best).formatted(1)) GB/s",
    reference: "sum of all \((speed / sums.best).formatted(1)) GB/s", ratio: share,
    wanted: "> 0.60 ×", isMet: share > 0.6)
}

/// Rows in memory, laid out as those of a table are.
private final class GradientRows {
  let matrix: BlockMatrix
  let byteCount: Int
  private let storage: UnsafeMutableBufferPointer<Double>
  private let labels: [Double]
  private let weights: [Double]

  init(rows: Int, columns: Int) {
    let count = BlockMatrix.storageCount(rowCount: rows, columnCount: columns)
    storage = UnsafeMutableRawBufferPointer.allocate(byteCount: count * 8, alignment: 4096)
      .bindMemory(to: Double.self)
    var generator = SeededGenerator(seed: 7)
    for index in storage.indices { storage[index] = generator.unit() }
    labels = (0..<rows).map { _ in generator.unit() < 0 ? 0 : 1 }
    weights = (0..<columns).map { _ in generator.unit() * 0.1 }
    matrix = BlockMatrix(
      base: UnsafePointer(storage.baseAddress.unsafelyUnwrapped), rowCount: rows,
      columnCount: columns)
    byteCount = count * 8
  }

  deinit { storage.deallocate() }

  func gradient(_ workers: Workers) {
    let sums = labels.withUnsafeBufferPointer {
      logisticGradient(
        rows: matrix, labels: $0, weights: weights, intercept: 0.1, workers: workers)
    }
    precondition(sums.loss.isFinite)
  }

  /// Reads every value once, and does as little as possible with it.
  func sum(_ workers: Workers) {
    let piece = 1 << 17
    let values = UnsafeBufferPointer(storage)
    workers.each((values.count + piece - 1) / piece) { index in
      let range = index * piece..<min((index + 1) * piece, values.count)
      let total = vectorSum(UnsafeBufferPointer(rebasing: values[range]))
      precondition(total.isFinite)
    }
  }
}

private func vectorSum(_ values: UnsafeBufferPointer<Double>) -> Double {
  typealias Lanes = SIMD8<Double>
  var (a, b, c, d) = (Lanes(), Lanes(), Lanes(), Lanes())
  let raw = UnsafeRawBufferPointer(values)
  for offset in stride(from: 0, to: raw.count - 255, by: 256) {
    a += raw.loadUnaligned(fromByteOffset: offset, as: Lanes.self)
    b += raw.loadUnaligned(fromByteOffset: offset + 64, as: Lanes.self)
    c += raw.loadUnaligned(fromByteOffset: offset + 128, as: Lanes.self)
    d += raw.loadUnaligned(fromByteOffset: offset + 192, as: Lanes.self)
  }
  return ((a + b) + (c + d)).sum()
}

extension SeededGenerator {
  /// A number in -1 ..< 1.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-52 - 1 }
}
