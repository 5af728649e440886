import Foundation
import MoiraMath
import MoiraModel
import Testing

/// 200 scores in steps of 1/40, so with many ties, and their labels; as numpy had them.
enum Scored {
  static let scores = (0..<200).map(score)
  static let labels = (0..<200).map { i in
    let mark: Double = score(i) * 10 + Double((i * 29) % 13)
    return mark > 10 ? 1.0 : 0.0
  }

  private static func score(_ i: Int) -> Double {
    let share = Double((i * i * 7 + i * 13) % 101) / 101
    return (share * 40).rounded(.down) / 40
  }

  /// n scores in steps of 1/`steps`, labels that lean to them, weights.
  static func random(
    seed: UInt64, n: Int, steps: Double
  ) -> (scores: [Double], labels: [Double], weights: [Double]) {
    var generator = SeededGenerator(seed: seed)
    let scores = (0..<n).map { _ in (generator.unit() * steps).rounded(.down) / steps }
    let labels = scores.map { generator.unit() < 0.2 + 0.6 * $0 ? 1.0 : 0.0 }
    return (scores, labels, (0..<n).map { _ in Double(1 + generator.next() % 4) })
  }
}

@Suite struct ConfusionTests {
  let confusion = Confusion(scores: Scored.scores, labels: Scored.labels, threshold: 0.5)

  @Test func `counts and figures equal numpy's`() {
    #expect(
      confusion
        == Confusion(truePositives: 74, falsePositives: 29, trueNegatives: 64, falseNegatives: 33))
    #expect(close(confusion.matthews ?? .nan, 0.378999859798492))
  }

  @Test func `figures by hand`() {
    let one = Confusion(truePositives: 6, falsePositives: 2, trueNegatives: 10, falseNegatives: 4)
    #expect(one.accuracy == 16.0 / 22)
    #expect(one.precision == 0.75)
    #expect(one.recall == 0.6)
    #expect(one.specificity == 10.0 / 12)
    #expect(one.falsePositiveRate == 2.0 / 12)
    #expect(one.negativePredictiveValue == 10.0 / 14)
    #expect(one.f1 == 12.0 / 18)
    #expect(close(one.balancedAccuracy ?? .nan, (0.6 + 10.0 / 12) / 2))
  }

  @Test func `what would divide by nothing is nil`() {
    let none = Confusion()
    for figure in [
      none.accuracy, none.precision, none.recall, none.specificity, none.f1, none.matthews,
      none.balancedAccuracy, none.negativePredictiveValue, none.falsePositiveRate,
    ] { #expect(figure == nil) }
    let missed = Confusion(
      truePositives: 0, falsePositives: 0, trueNegatives: 5, falseNegatives: 1)
    #expect(missed.precision == nil)
    #expect(missed.recall == 0)
    #expect(missed.f1 == 0)
  }

  @Test func `confusions of parts add up, and a weight of two is a row twice`() {
    let (scores, labels) = (Scored.scores, Scored.labels)
    let parts = [0..<70, 70..<200].map {
      Confusion(scores: Array(scores[$0]), labels: Array(labels[$0]), threshold: 0.5)
    }
    #expect(parts[0] + parts[1] == confusion)
    let twice = Confusion(
      scores: scores, labels: labels, rowWeights: scores.map { _ in 2 }, threshold: 0.5)
    #expect(twice == confusion + confusion)
  }
}

@Suite struct ScoreCurveTests {
  let curve = ScoreCurve(scores: Scored.scores, labels: Scored.labels)

  @Test func `figures equal scipy's`() {
    #expect(close(curve.auc ?? .nan, 0.7417344990453221))
    #expect(close(curve.ks ?? .nan, 0.3797608280574817))
    #expect(close(curve.averagePrecision ?? .nan, 0.7546977640784175))
    #expect(curve.bestF1?.threshold == 0.225)
    #expect(close(curve.bestF1?.f1 ?? .nan, 0.751937984496124))
    let sums = logLossSums(probabilities: Scored.scores, labels: Scored.labels)
    #expect(close(sums.loss / sums.weight, 0.9412623529565275))
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `the AUC is the share of pairs in order, ties counted half`(seed: UInt64) {
    let (scores, labels, weights) = Scored.random(seed: seed, n: 90, steps: seed < 10 ? 8 : 1e6)
    var (inOrder, pairs) = (0.0, 0.0)
    for i in labels.indices where labels[i] == 1 {
      for j in labels.indices where labels[j] == 0 {
        let weight = weights[i] * weights[j]
        pairs += weight
        inOrder += weight * (scores[i] > scores[j] ? 1 : (scores[i] == scores[j] ? 0.5 : 0))
      }
    }
    let curve = ScoreCurve(scores: scores, labels: labels, rowWeights: weights)
    #expect(close(curve.auc ?? .nan, inOrder / pairs))
  }

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func `KS, precision and recall are those of the confusion at each threshold`(seed: UInt64) {
    let (scores, labels, weights) = Scored.random(seed: seed, n: 80, steps: 12)
    let curve = ScoreCurve(scores: scores, labels: labels, rowWeights: weights)
    var greatest = 0.0
    for (i, threshold) in curve.thresholds.enumerated() {
      let confusion = Confusion(
        scores: scores, labels: labels, rowWeights: weights, threshold: threshold)
      #expect(curve.confusion(at: i) == confusion)
      #expect(close(curve.prPoints[i].precision, confusion.precision ?? .nan))
      #expect(close(curve.prPoints[i].recall, confusion.recall ?? .nan))
      greatest = max(
        greatest, abs((confusion.recall ?? .nan) - (confusion.falsePositiveRate ?? .nan)))
    }
    #expect(close(curve.ks ?? .nan, greatest))
  }

  @Test func `a ROC curve runs from corner to corner and never falls`() {
    let points = curve.rocPoints
    #expect(points.first?.falsePositiveRate == 0 && points.first?.truePositiveRate == 0)
    #expect(points.last?.falsePositiveRate == 1 && points.last?.truePositiveRate == 1)
    for (a, b) in zip(points, points.dropFirst()) {
      #expect(a.threshold > b.threshold)
      #expect(a.falsePositiveRate <= b.falsePositiveRate)
      #expect(a.truePositiveRate <= b.truePositiveRate)
    }
  }

  @Test func `perfect, reversed and worthless scores`() {
    let labels: [Double] = [1, 1, 0, 0, 0]
    let perfect = ScoreCurve(scores: [0.9, 0.8, 0.3, 0.2, 0.1], labels: labels)
    #expect(perfect.auc == 1 && perfect.ks == 1 && perfect.averagePrecision == 1)
    #expect(perfect.bestF1?.threshold == 0.8)
    let reversed = ScoreCurve(scores: [0.1, 0.2, 0.3, 0.8, 0.9], labels: labels)
    #expect(reversed.auc == 0 && reversed.ks == 1)
    let worthless = ScoreCurve(scores: [0.5, 0.5, 0.5, 0.5, 0.5], labels: labels)
    #expect(worthless.auc == 0.5 && worthless.ks == 0)
    #expect(close(worthless.averagePrecision ?? .nan, 0.4))
  }

  @Test func `without positives or negatives there is no curve`() {
    for labels in [[], [0, 0], [1, 1]] as [[Double]] {
      let curve = ScoreCurve(scores: labels.map { _ in 0.3 }, labels: labels)
      #expect(curve.auc == nil)
      #expect(curve.ks == nil)
      #expect(curve.rocPoints.isEmpty)
    }
    let none = ScoreCurve(scores: [0.3], labels: [0])
    #expect(none.averagePrecision == nil)
    #expect(none.bestF1 == nil)
    #expect(none.liftPoints().isEmpty)
  }

  @Test func `lift by hand`() {
    // The best fifth holds two of the four positives; a tie of four rows spans 0.4 to 0.8.
    let scores = [0.9, 0.8, 0.7, 0.6, 0.5, 0.5, 0.5, 0.5, 0.2, 0.1]
    let curve = ScoreCurve(scores: scores, labels: [1, 1, 0, 0, 1, 0, 1, 0, 0, 0])
    let points = curve.liftPoints(parts: 5)
    #expect(close(points.map(\.depth), [0.2, 0.4, 0.6, 0.8, 1]))
    #expect(close(points.map(\.gain), [0.5, 0.5, 0.75, 1, 1]))
    #expect(close(points.map(\.lift), [2.5, 1.25, 1.25, 1.25, 1]))
    #expect(curve.liftPoints().count == 10)
  }

  @Test func `log loss is clipped, and parts add up`() {
    let sums = logLossSums(probabilities: [0, 1, 0.5], labels: [1, 1, 0], rowWeights: [1, 1, 2])
    #expect(close(sums.loss, -log(1e-15) - log(1 - 1e-15) + 2 * log(2)))
    #expect(sums.weight == 4)
    #expect(logLossSums(probabilities: [.nan], labels: [1]).loss.isNaN)
  }
}
