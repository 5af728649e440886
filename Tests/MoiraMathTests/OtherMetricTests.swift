import Foundation
import MoiraMath
import MoiraModel
import Testing

@Suite struct ClassConfusionTests {
  static let truths = (0..<90).map { ($0 * 7) % 4 }
  static let predictions = (0..<90).map { i in
    let shift = (i * i) % 7 < 3 ? 1 + i % 2 : 0
    return (truths[i] + shift) % 4
  }
  let matrix = ClassConfusion(truths: truths, predictions: predictions, classCount: 4)

  @Test func `figures equal numpy's`() throws {
    #expect(close(matrix.accuracy ?? .nan, 0.28888888888888886))
    let macro = try #require(matrix.scores(.macro))
    #expect(
      close(
        [macro.precision, macro.recall, macro.f1],
        [0.5845141700404858, 0.2890316205533597, 0.3306953080836631]))
    let weighted = try #require(matrix.scores(.weighted))
    #expect(
      close(
        [weighted.precision, weighted.recall, weighted.f1],
        [0.5846828609986504, 0.28888888888888886, 0.3304943156836882]))
    let micro = try #require(matrix.scores(.micro))
    #expect(micro.precision == matrix.accuracy && micro.f1 == matrix.accuracy)
  }

  @Test func `each class against the others counts every row once`() {
    for c in 0..<4 {
      let one = matrix.confusion(of: c)
      let scores = Self.predictions.map { $0 == c ? 1.0 : 0 }
      let labels = Self.truths.map { $0 == c ? 1.0 : 0 }
      #expect(one == Confusion(scores: scores, labels: labels, threshold: 0.5))
      #expect(one.total == 90)
    }
  }

  @Test func `parts add up, and counts come back`() {
    func part(_ range: Range<Int>) -> ClassConfusion {
      ClassConfusion(
        truths: Array(Self.truths[range]), predictions: Array(Self.predictions[range]),
        classCount: 4)
    }
    #expect(part(0..<31) + part(31..<90) == matrix)
    #expect(ClassConfusion(counts: matrix.counts) == matrix)
    for wrong in [[], [1, 2], [1, 2, 3, -4], [.nan]] as [[Double]] {
      #expect(ClassConfusion(counts: wrong) == nil)
    }
  }

  @Test func `a class that does not occur is left out of the averages`() throws {
    let matrix = ClassConfusion(truths: [0, 0, 1], predictions: [0, 1, 1], classCount: 5)
    let macro = try #require(matrix.scores(.macro))
    #expect(close([macro.precision, macro.recall], [0.75, 0.75]))
    #expect(ClassConfusion(classCount: 2).scores(.macro) == nil)
    #expect(ClassConfusion(classCount: 2).accuracy == nil)
  }

  @Test func `likeliest classes and their log loss by hand`() {
    let p = [0.2, 0.5, 0.3, 0.4, 0.4, 0.2, 0, 0, 1]
    #expect(likeliestClasses(scores: p, classCount: 3) == [1, 0, 2])
    let sums = classLogLossSums(
      probabilities: p, labels: [1, 2, 0], classCount: 3, rowWeights: [1, 2, 1])
    #expect(close(sums.loss, -log(0.5) - 2 * log(0.2) - log(1e-15)))
    #expect(sums.weight == 4)
  }
}

@Suite struct RegressionSumsTests {
  static let labels = (0..<50).map { Double(($0 * 19) % 23) / 7 }
  static let predictions = (0..<50).map { i in
    let error = Double((i * 5) % 9 - 4) / 10
    return labels[i] + error
  }
  static let weights = (0..<50).map { Double(1 + $0 % 3) }

  @Test(arguments: [0, 1.5, -20])
  func `figures equal numpy's from any origin`(origin: Double) {
    let sums = RegressionSums(
      predictions: Self.predictions, labels: Self.labels, rowWeights: Self.weights,
      origin: origin)
    #expect(close(sums.meanSquaredError ?? .nan, 0.06484848484848485))
    #expect(close(sums.rootMeanSquaredError ?? .nan, 0.06484848484848485.squareRoot()))
    #expect(close(sums.meanAbsoluteError ?? .nan, 0.21818181818181817))
    #expect(close(sums.r2 ?? .nan, 0.9296356094188458))
  }

  @Test func `parts add up, and values come back`() {
    func part(_ range: Range<Int>) -> RegressionSums {
      RegressionSums(
        predictions: Array(Self.predictions[range]), labels: Array(Self.labels[range]), origin: 1)
    }
    #expect(close((part(0..<20) + part(20..<50)).values, part(0..<50).values))
    #expect(RegressionSums(values: part(0..<50).values, origin: 1) == part(0..<50))
    #expect(RegressionSums(values: [1], origin: 1) == nil)
  }

  @Test func `what would divide by nothing is nil`() {
    #expect(RegressionSums().meanSquaredError == nil)
    #expect(RegressionSums().r2 == nil)
    #expect(RegressionSums(predictions: [1, 2], labels: [3, 3], origin: 3).r2 == nil)
  }
}
