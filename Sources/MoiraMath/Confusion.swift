/// How often a yes-or-no prediction was right, counted in row weights; sums over parties by `+`.
///
/// A ratio whose divisor is 0 is nil rather than a number that was made up.
public struct Confusion: Hashable, Codable, Sendable {
  public var truePositives = 0.0
  public var falsePositives = 0.0
  public var trueNegatives = 0.0
  public var falseNegatives = 0.0

  public init() {}

  public init(
    truePositives: Double, falsePositives: Double, trueNegatives: Double, falseNegatives: Double
  ) {
    self.truePositives = truePositives
    self.falsePositives = falsePositives
    self.trueNegatives = trueNegatives
    self.falseNegatives = falseNegatives
  }

  /// Counts a row as predicted positive where its score is at least the threshold.
  ///
  /// - Parameter labels: positive where above 0.5.
  public init(scores: [Double], labels: [Double], rowWeights: [Double]? = nil, threshold: Double) {
    precondition(scores.count == labels.count && rowWeights?.count ?? labels.count == labels.count)
    for i in scores.indices {
      let weight = rowWeights?[i] ?? 1
      switch (scores[i] >= threshold, labels[i] > 0.5) {
      case (true, true): truePositives += weight
      case (true, false): falsePositives += weight
      case (false, false): trueNegatives += weight
      case (false, true): falseNegatives += weight
      }
    }
  }

  public static func + (left: Self, right: Self) -> Self {
    Self(
      truePositives: left.truePositives + right.truePositives,
      falsePositives: left.falsePositives + right.falsePositives,
      trueNegatives: left.trueNegatives + right.trueNegatives,
      falseNegatives: left.falseNegatives + right.falseNegatives)
  }

  public var positives: Double { truePositives + falseNegatives }
  public var negatives: Double { trueNegatives + falsePositives }
  public var total: Double { positives + negatives }

  public var accuracy: Double? { ratio(truePositives + trueNegatives, total) }
  public var precision: Double? { ratio(truePositives, truePositives + falsePositives) }
  /// Also: sensitivity, true-positive rate.
  public var recall: Double? { ratio(truePositives, positives) }
  /// Also: true-negative rate.
  public var specificity: Double? { ratio(trueNegatives, negatives) }
  public var falsePositiveRate: Double? { ratio(falsePositives, negatives) }
  public var negativePredictiveValue: Double? {
    ratio(trueNegatives, trueNegatives + falseNegatives)
  }
  /// The mean of recall and specificity.
  public var balancedAccuracy: Double? {
    guard let recall, let specificity else { return nil }
    return (recall + specificity) / 2
  }
  /// 2·TP / (2·TP + FP + FN); nil only where there is neither a positive nor one predicted.
  public var f1: Double? {
    ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives)
  }
  /// Matthews' correlation of labels and predictions, −1 ... 1.
  public var matthews: Double? {
    let predicted = truePositives + falsePositives
    let product =
      (predicted * positives).squareRoot() * (negatives * (total - predicted)).squareRoot()
    return ratio(truePositives * trueNegatives - falsePositives * falseNegatives, product)
  }
}

/// a / b, or nil where b is 0.
func ratio(_ a: Double, _ b: Double) -> Double? { b == 0 ? nil : a / b }
