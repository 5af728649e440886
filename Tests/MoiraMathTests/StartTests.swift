import Foundation
import MoiraModel
import Testing

@testable import MoiraMath

@Suite struct InitialWeightsTests {
  static let all: [InitialWeights] = [
    .zeros, .ones, .constant(2.5), .uniform(low: -3, high: -1), .normal(mean: 1, deviation: 2),
    .xavierUniform,
  ]

  @Test(arguments: all)
  func `the same seed gives the same weights, as many as asked for`(start: InitialWeights) {
    let weights = start.weights(inputs: 5, outputs: 3, seed: 42)
    #expect(weights.count == 15)
    #expect(weights == start.weights(inputs: 5, outputs: 3, seed: 42))
    #expect(start.weights(inputs: 0, seed: 1).isEmpty)
  }

  @Test func `fixed starts`() {
    #expect(InitialWeights.zeros.weights(inputs: 2, seed: 1) == [0, 0])
    #expect(InitialWeights.ones.weights(inputs: 2, seed: 1) == [1, 1])
    #expect(InitialWeights.constant(-7).weights(inputs: 1, outputs: 2, seed: 1) == [-7, -7])
  }

  @Test func `random starts differ from seed to seed and keep to their range`() {
    let a = InitialWeights.uniform(low: -3, high: -1).weights(inputs: 1000, seed: 1)
    #expect(a != InitialWeights.uniform(low: -3, high: -1).weights(inputs: 1000, seed: 2))
    #expect(a.allSatisfy { $0 >= -3 && $0 < -1 })
    let bound = (6.0 / 104).squareRoot()
    let b = InitialWeights.xavierUniform.weights(inputs: 100, outputs: 4, seed: 1)
    #expect(b.allSatisfy { abs($0) <= bound })
    #expect((b.map(abs).max() ?? 0) > 0.9 * bound)
  }

  @Test func `normal draws have their mean and deviation`() {
    // 6.2 standard errors either way: a false alarm in less than 10⁻⁹ of all seeds.
    let n = 40_000.0
    let moments = Moments(
      InitialWeights.normal(mean: 1, deviation: 2).weights(inputs: Int(n), seed: 3))
    #expect(abs(moments.mean - 1) < 6.2 * 2 / n.squareRoot())
    let deviation = moments.standardDeviation() ?? .nan
    #expect(abs(deviation - 2) < 6.2 * 2 / (2 * n).squareRoot())
  }
}

@Suite struct BatchOrderTests {
  @Test(arguments: [0, 1, 2, 97], [1, 10, 97, 1000])
  func `every epoch goes through every row once`(n: Int, size: Int) {
    let batches = BatchOrder(rowCount: n, batchSize: size, seed: 5)
    for epoch in 0..<3 {
      let order = batches.order(epoch: epoch)
      #expect(order.sorted() == Array(0..<n))
      #expect(batches.ranges.flatMap { order[$0] } == order)
    }
    #expect(batches.ranges.dropLast().allSatisfy { $0.count == min(size, n) })
    #expect(batches.ranges.count == batches.batchCount)
    #expect(batches.isFull == (size >= n))
  }

  @Test func `the order follows from seed and epoch alone`() {
    let batches = BatchOrder(rowCount: 50, batchSize: nil, seed: 5)
    #expect(batches.order(epoch: 2) == batches.order(epoch: 2))
    #expect(batches.order(epoch: 2) != batches.order(epoch: 3))
    #expect(
      batches.order(epoch: 2) != BatchOrder(rowCount: 50, batchSize: 9, seed: 6).order(epoch: 2))
    #expect(batches.ranges == [0..<50])
    let plain = BatchOrder(rowCount: 4, batchSize: 3, seed: 5, isShuffled: false)
    #expect(plain.order(epoch: 9) == [0, 1, 2, 3])
  }

  @Test(arguments: [0, 1, 5, 97, 300], [1, 2, 7, 40])
  func `an epoch in a number of parts has parts of nearly one size`(n: Int, parts: Int) {
    let batches = BatchOrder(rowCount: n, parts: parts, seed: 5)
    let sizes = batches.ranges.map(\.count)
    #expect(sizes.count == parts && batches.batchCount == parts)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    #expect(batches.leastRows == n / parts)
    #expect(batches.ranges.flatMap(\.self) == Array(0..<n))
    #expect(batches.isFull == (parts == 1))
  }

  @Test func `all orders of five rows are equally likely`() {
    // χ² with 119 degrees of freedom is above 236 with probability 10⁻⁹.
    let batches = BatchOrder(rowCount: 5, batchSize: nil, seed: 11)
    let (draws, expected) = (12_000, 100.0)
    let counts = Dictionary(grouping: (0..<draws).map(batches.order(epoch:)), by: { $0 })
    #expect(counts.count == 120)
    let distance = counts.values.reduce(0) {
      $0 + (Double($1.count) - expected) * (Double($1.count) - expected) / expected
    }
    #expect(distance < 236)
  }

  @Test func `numbers below a bound stay below it`() {
    var generator = SeededGenerator(seed: 1)
    for bound in [1, 2, 3, 1 << 63, UInt64.max] {
      for _ in 0..<100 { #expect(uniform(below: bound, &generator) < bound) }
    }
  }
}

@Suite struct BatchReaderTests {
  @Test(arguments: [1, 7, 64, 300], [0, 4000, 1 << 20])
  func `a reader brings the batches that gathering brings`(size: Int, stageBytes: Int) {
    let data = RandomRows(seed: 12, n: 300, d: 11)
    let order =
      size == 7
      ? BatchOrder(rowCount: 300, parts: 43, seed: 3)
      : BatchOrder(rowCount: 300, batchSize: size, seed: 3)
    var reader = BatchReader(order, blockRows: 16, stageBytes: stageBytes)
    var gathered = MiniBatch(blockRows: 16)
    DenseBlocks(rows: data.rows, blockRows: 32).withMatrix { rows in
      data.labels.withUnsafeBufferPointer { labels in
        data.rowWeights.withUnsafeBufferPointer { weights in
          for epoch in 0..<2 {
            reader.start(epoch: epoch)
            for range in order.ranges {
              let numbers = order.order(epoch: epoch)[range]
              gathered.gather(rows: numbers, from: rows, labels: labels, rowWeights: weights)
              let more = reader.next(from: rows, labels: labels, rowWeights: weights)
              #expect(more)
              #expect(reader.batch.labels == gathered.labels)
              #expect(reader.batch.rowWeights == gathered.rowWeights)
              #expect(Self.values(reader.batch) == Self.values(gathered))
            }
            let more = reader.next(from: rows, labels: labels, rowWeights: weights)
            #expect(!more)
          }
        }
      }
    }
  }

  private static func values(_ batch: MiniBatch) -> [[Double]] {
    batch.rows.withMatrix { rows in
      (0..<rows.rowCount).map { i in (0..<rows.columnCount).map { rows[i, $0] } }
    }
  }

  @Test func `an empty table has no batches`() {
    var reader = BatchReader(BatchOrder(rowCount: 0, batchSize: 4, seed: 1))
    reader.start(epoch: 0)
    DenseBlocks().withMatrix { rows in
      let more = reader.next(from: rows, labels: UnsafeBufferPointer(start: nil, count: 0))
      #expect(!more)
    }
  }
}
