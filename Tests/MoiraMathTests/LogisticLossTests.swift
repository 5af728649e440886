import Foundation
import MoiraMath
import MoiraModel
import Testing

@Suite struct LogisticLossTests {
  @Test(arguments: [8, 100, 512], Kernel.allCases)
  func `sums equal numpy's`(blockRows: Int, kernel: Kernel) {
    let sums = DenseBlocks(rows: Reference.rows, blockRows: blockRows).withMatrix {
      logisticGradient(
        rows: $0, labels: Reference.labels, rowWeights: Reference.rowWeights,
        weights: Reference.weights, intercept: Reference.intercept, workers: .serial,
        kernel: kernel)
    }
    let expected = [
      -0.5877328793513421, -18.51312572032222, 37.16805681698471, 1.9403089630400414,
      -18.72695748616786, 27.91225182294881, 71.41888217760506,
    ]
    #expect(close(sums.weights, expected))
    #expect(close(sums.intercept, 68.63583287540784))
    #expect(close(sums.loss, 1021.6541340781326))
    #expect(sums.weight == 1137.5)
  }

  @Test(arguments: [(0, 3), (1, 1), (7, 4), (8, 5), (513, 9), (1023, 2)])
  func `sums equal those of the definition, row by row`(n: Int, d: Int) {
    for seed in 1...5 as ClosedRange<UInt64> {
      let data = RandomRows(seed: seed, n: n, d: d)
      let weights = Array(data.weights[..<d])
      let expected = Self.definition(data, weights, 0.3)
      let got = DenseBlocks(rows: data.rows).withMatrix {
        logisticGradient(
          rows: $0, labels: data.labels, rowWeights: data.rowWeights, weights: n > 0 ? weights : [],
          intercept: 0.3, workers: .serial)
      }
      #expect(close(got.weights, n > 0 ? expected.weights : []))
      #expect(close(got.intercepts + [got.loss, got.weight], expected.rest))
    }
  }

  static func definition(
    _ data: RandomRows, _ w: [Double], _ b: Double
  ) -> (weights: [Double], rest: [Double]) {
    var (g, rest) = (w.map { _ in 0.0 }, [0.0, 0.0, 0.0])
    for (i, x) in data.rows.enumerated() {
      let (z, s) = (dot(x, w) + b, data.rowWeights[i])
      let residual = s * (1 / (1 + exp(-z)) - data.labels[i])
      for j in w.indices { g[j] += residual * x[j] }
      rest[0] += residual
      rest[1] += s * (log(1 + exp(z)) - data.labels[i] * z)
      rest[2] += s
    }
    return (g, rest)
  }

  @Test(arguments: [(1, 1), (5, 3), (64, 8), (511, 17), (1030, 100)])
  func `this processor's kernel agrees with the portable one`(n: Int, d: Int) {
    let data = RandomRows(seed: 13, n: n, d: d)
    DenseBlocks(rows: data.rows).withMatrix { rows in
      let sums = Kernel.allCases.map {
        logisticGradient(
          rows: rows, labels: data.labels, rowWeights: data.rowWeights,
          weights: Array(data.weights[..<d]), intercept: 0.2, workers: .serial, kernel: $0)
      }
      #expect(close(sums[0].weights + sums[0].intercepts, sums[1].weights + sums[1].intercepts))
      #expect(close(sums[0].loss, sums[1].loss))
      let softmax = Kernel.allCases.map {
        softmaxGradient(
          rows: rows, labels: data.classes.map(Double.init), weights: data.weights,
          intercepts: [0, 1, 2], workers: .serial, kernel: $0)
      }
      #expect(close(softmax[0].weights, softmax[1].weights))
      #expect(close(softmax[0].loss, softmax[1].loss))
      let scores = Kernel.allCases.map {
        probabilities(
          rows: rows, weights: Array(data.weights[..<d]), intercept: 0, workers: .serial,
          kernel: $0)
      }
      #expect(close(scores[0], scores[1]))
    }
  }

  @Test func `the gradient is the slope of the loss`() {
    let data = RandomRows(seed: 9, n: 200, d: 4)
    let weights = Array(data.weights[..<4])
    DenseBlocks(rows: data.rows).withMatrix { rows in
      func sums(_ w: [Double], _ b: Double) -> GradientSums {
        logisticGradient(
          rows: rows, labels: data.labels, weights: w, intercept: b, workers: .serial)
      }
      let (here, h) = (sums(weights, 0.1), 1e-5)
      for j in 0..<4 {
        var (up, down) = (weights, weights)
        up[j] += h
        down[j] -= h
        // Central differences are off by O(h²) and by rounding / h: 1e-6 covers both.
        let slope = (sums(up, 0.1).loss - sums(down, 0.1).loss) / (2 * h)
        #expect(close(slope, here.weights[j], 1e-6))
      }
      let slope = (sums(weights, 0.1 + h).loss - sums(weights, 0.1 - h).loss) / (2 * h)
      #expect(close(slope, here.intercept, 1e-6))
    }
  }

  @Test func `the bytes do not depend on who does the work`() {
    // Forty blocks of 32 rows make three groups.
    let data = RandomRows(seed: 5, n: 1275, d: 6)
    DenseBlocks(rows: data.rows, blockRows: 32).withMatrix { rows in
      let all = [Workers.serial, Crew.backwards, Crew.threads].map {
        logisticGradient(
          rows: rows, labels: data.labels, weights: Array(data.weights[..<6]), intercept: 0,
          workers: $0)
      }
      #expect(all[0] == all[1])
      #expect(all[0] == all[2])
    }
  }

  @Test func `sums of two sets of rows add up to those of their union`() {
    let data = RandomRows(seed: 6, n: 900, d: 5)
    let weights = Array(data.weights[..<5])
    func sums(_ range: Range<Int>) -> GradientSums {
      DenseBlocks(rows: Array(data.rows[range])).withMatrix {
        logisticGradient(
          rows: $0, labels: Array(data.labels[range]), rowWeights: Array(data.rowWeights[range]),
          weights: weights, intercept: 1, workers: .serial)
      }
    }
    let (parts, whole) = (sums(0..<333) + sums(333..<900), sums(0..<900))
    #expect(close(parts.weights + parts.intercepts, whole.weights + whole.intercepts))
    #expect(close(parts.loss, whole.loss))
    #expect(close(parts.weight, whole.weight))
    #expect(close(whole.meanLoss ?? .nan, whole.loss / whole.weight))
    #expect(GradientSums.zero(columns: 5) + whole == whole)
  }

  @Test(arguments: [1e4, 709, 745, 1e300], Kernel.allCases)
  func `far logits neither overflow nor lose the loss`(size: Double, kernel: Kernel) {
    let sums = DenseBlocks(rows: [[size], [size], [-size], [-size]]).withMatrix {
      logisticGradient(
        rows: $0, labels: [1, 0, 1, 0], weights: [1], intercept: 0, workers: .serial,
        kernel: kernel)
    }
    #expect(close(sums.loss / size, 2))
    #expect(close(sums.weights[0] / size, 2))
  }

  @Test(arguments: Kernel.allCases)
  func `the loss of sure and right predictions keeps its digits`(kernel: Kernel) {
    let sums = DenseBlocks(rows: [[30], [-30]]).withMatrix {
      logisticGradient(
        rows: $0, labels: [1, 0], weights: [1], intercept: 0, workers: .serial, kernel: kernel)
    }
    #expect(abs(sums.loss / (2 * log1p(exp(-30))) - 1) < 1e-14)
  }

  @Test(arguments: Kernel.allCases)
  func `a missing value shows in the sums instead of vanishing`(kernel: Kernel) {
    let sums = DenseBlocks(rows: [[1, 2], [.nan, 0]]).withMatrix {
      logisticGradient(
        rows: $0, labels: [1, 0], weights: [1, 1], intercept: 0, workers: .serial, kernel: kernel)
    }
    #expect(sums.loss.isNaN)
    #expect(sums.weights[0].isNaN)
  }

  @Test func `what lies behind the last row is never read`() {
    let storage = [1.0, 2, .nan, .nan, 3, 4, .nan, .nan]
    storage.withUnsafeBufferPointer { buffer in
      let rows = BlockMatrix(
        base: buffer.baseAddress!, rowCount: 2, columnCount: 2, blockRows: 4)
      let sums = logisticGradient(
        rows: rows, labels: [1, 0], weights: [0, 0], intercept: 0, workers: .serial)
      #expect(sums.weights == [0.5, 0.5])
    }
  }
}
