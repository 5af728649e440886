/// What each threshold on a score lets through: the common ground of ROC, PR, KS and lift.
///
/// One entry for each distinct score, from the highest to the lowest; made from the scores themselves
/// it is exact, made from a `ScoreHistogram` it has one entry for each bin that is not empty.
public struct ScoreCurve: Hashable, Codable, Sendable {
  /// The lowest score that still passes, falling.
  public private(set) var thresholds: [Double] = []
  /// The weight of the positives that pass, rising to `positives`.
  public private(set) var truePositives: [Double] = []
  /// The weight of the negatives that pass, rising to `negatives`.
  public private(set) var falsePositives: [Double] = []

  public var positives: Double { truePositives.last ?? 0 }
  public var negatives: Double { falsePositives.last ?? 0 }

  init() {}

  /// The exact curve of some scores. O(n log n).
  ///
  /// - Parameters:
  ///   - scores: none of them NaN.
  ///   - labels: positive where above 0.5.
  public init(scores: [Double], labels: [Double], rowWeights: [Double]? = nil) {
    precondition(scores.count == labels.count && rowWeights?.count ?? labels.count == labels.count)
    precondition(!scores.contains { $0.isNaN }, "a score is not a number")
    for i in scores.indices.sorted(by: { scores[$0] > scores[$1] }) {
      let weight = rowWeights?[i] ?? 1
      let isPositive = labels[i] > 0.5
      append(
        threshold: scores[i], positives: isPositive ? weight : 0,
        negatives: isPositive ? 0 : weight)
    }
  }

  /// Lets through what lies at a threshold not above the last one; equal thresholds become one entry.
  mutating func append(threshold: Double, positives: Double, negatives: Double) {
    if thresholds.last == threshold {
      truePositives[truePositives.count - 1] += positives
      falsePositives[falsePositives.count - 1] += negatives
    } else {
      truePositives.append(self.positives + positives)
      falsePositives.append(self.negatives + negatives)
      thresholds.append(threshold)
    }
  }

  /// The confusion if the rows from the first entry to this one are predicted positive.
  public func confusion(at index: Int) -> Confusion {
    Confusion(
      truePositives: truePositives[index], falsePositives: falsePositives[index],
      trueNegatives: negatives - falsePositives[index],
      falseNegatives: positives - truePositives[index])
  }
}
