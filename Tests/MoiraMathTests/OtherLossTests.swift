import Foundation
import MoiraMath
import MoiraModel
import Testing

@Suite struct OtherLossTests {
  @Test func `squared sums equal numpy's`() {
    let sums = DenseBlocks(rows: Reference.rows).withMatrix {
      squaredGradient(
        rows: $0, labels: Reference.labels, rowWeights: Reference.rowWeights,
        weights: Reference.weights, intercept: Reference.intercept, workers: Crew.threads)
    }
    let expected = [
      5.858133439938674, -95.05668709991552, 205.42322656283798, 5.0871171563839015,
      -86.94984480774325, 152.71188931639443, 383.71271571736327,
    ]
    #expect(close(sums.weights, expected))
    #expect(close(sums.loss, 1537.9316305674797))
  }

  @Test(arguments: [8, 512])
  func `softmax sums equal numpy's`(blockRows: Int) {
    let sums = DenseBlocks(rows: Reference.rows, blockRows: blockRows).withMatrix {
      softmaxGradient(
        rows: $0, labels: Reference.classes, rowWeights: Reference.rowWeights,
        weights: Reference.classWeights, intercepts: Reference.classIntercepts,
        workers: Crew.backwards)
    }
    let expected = [
      -39.02543779790611, -12.351966182196934, 12.398402481702028, 15.229815561647385,
      -24.57344624078595, -15.757033741217732, 4.6974172169860635, -0.5353270355704138,
      23.510172912696618, -23.518899381425744, -18.65545997987809, 29.108205815991795,
      36.14289269364217, -17.993291874203685, 39.56076483347654, -11.158206730499671,
      11.120496899723763, 3.425644418230732, -4.5347595752058805, -20.38585895242449,
      13.29587465721763,
    ]
    #expect(close(sums.weights, expected))
    #expect(close(sums.intercepts, [-108.74121842608457, -12.58243290226201, 121.32365132834633]))
    #expect(close(sums.loss, 1433.742839814859))
    #expect(sums.weight == 1137.5)
  }

  @Test(arguments: [1, 3, 4, 5, 9])
  func `softmax of two classes is logistic regression on the difference`(d: Int) {
    let data = RandomRows(seed: 7, n: 700, d: d)
    let w = Array(data.weights[..<d])
    DenseBlocks(rows: data.rows).withMatrix { rows in
      let binary = logisticGradient(
        rows: rows, labels: data.labels, rowWeights: data.rowWeights, weights: w, intercept: 0.4,
        workers: .serial)
      let both = softmaxGradient(
        rows: rows, labels: data.labels, rowWeights: data.rowWeights,
        weights: w.map { _ in 0 } + w, intercepts: [0, 0.4], workers: .serial)
      #expect(close(both.loss, binary.loss))
      #expect(close(Array(both.weights[d...]), binary.weights))
      #expect(close(Array(both.weights[..<d]), binary.weights.map { -$0 }))
      #expect(close(both.intercepts[1], binary.intercept))
    }
  }

  @Test func `softmax residuals of a row sum to nothing, even for far logits`() {
    let sums = DenseBlocks(rows: [[1e5, -1e5], [-1e5, 3]]).withMatrix {
      softmaxGradient(
        rows: $0, labels: [2, 0], weights: [1, 0, 0, 1, 1, 1], intercepts: [0, 0, 0],
        workers: .serial)
    }
    #expect(close(sums.intercepts.reduce(0, +), 0))
    #expect(close(sums.loss, 1e5 + (1e5 + 3)))
  }

  @Test func `the bytes do not depend on who does the work`() {
    let data = RandomRows(seed: 8, n: 1275, d: 5)
    DenseBlocks(rows: data.rows, blockRows: 32).withMatrix { rows in
      let all = [Workers.serial, Crew.backwards, Crew.threads].map {
        softmaxGradient(
          rows: rows, labels: data.classes.map(Double.init), weights: data.weights,
          intercepts: [0, 1, 2], workers: $0)
      }
      #expect(all[0] == all[1])
      #expect(all[0] == all[2])
    }
  }

  @Test func `predictions equal numpy's and the definition`() {
    DenseBlocks(rows: Reference.rows).withMatrix { rows in
      let p = probabilities(
        rows: rows, weights: Reference.weights, intercept: Reference.intercept,
        workers: Crew.threads)
      let first = [
        0.4724701971106648, 0.6248370407058771, 0.872792433704581, 0.27628015318711496,
        0.2215822626234031,
      ]
      #expect(close(Array(p[..<5]), first))
      let z = logits(
        rows: rows, weights: Reference.weights, intercepts: [Reference.intercept],
        workers: .serial)
      let definition = Reference.rows.map { dot($0, Reference.weights) + Reference.intercept }
      #expect(close(z, definition))
      #expect(close(p, definition.map { 1 / (1 + exp(-$0)) }))
    }
  }

  @Test func `class probabilities equal numpy's, row by row`() {
    let p = DenseBlocks(rows: Reference.rows).withMatrix {
      classProbabilities(
        rows: $0, weights: Reference.classWeights, intercepts: Reference.classIntercepts,
        workers: Crew.backwards)
    }
    let first = [
      0.5494582619502517, 0.2113926210357772, 0.23914911701397104, 0.5574660352665405,
      0.20738669220074427, 0.23514727253271525,
    ]
    #expect(p.count == 3900)
    #expect(close(Array(p[..<6]), first))
    #expect((0..<1300).allSatisfy { close(p[$0 * 3] + p[$0 * 3 + 1] + p[$0 * 3 + 2], 1) })
  }

  @Test func `no rows give no predictions`() {
    let none = DenseBlocks().withMatrix {
      probabilities(rows: $0, weights: [], intercept: 1, workers: .serial)
    }
    #expect(none.isEmpty)
  }
}
