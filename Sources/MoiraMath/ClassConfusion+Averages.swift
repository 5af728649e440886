extension ClassConfusion {
  /// How the figures of the classes become one.
  public enum Average: String, Hashable, Codable, Sendable, CaseIterable {
    /// Each class the same.
    case macro
    /// From the counts of all classes together; each row the same. Equals the accuracy.
    case micro
    /// Each class by the weight of its rows.
    case weighted
  }

  /// The figures of all classes in one.
  public struct Averages: Hashable, Codable, Sendable {
    public let precision: Double
    public let recall: Double
    public let f1: Double
  }

  /// Precision, recall and F1 over the classes that occur, in truth or in prediction.
  ///
  /// A class that is never predicted has precision 0, and one that never occurs recall 0, as is the custom
  /// for averages; nil only where nothing was counted.
  public func scores(_ average: Average) -> Averages? {
    guard total > 0 else { return nil }
    if average == .micro {
      let share = accuracy ?? 0
      return Averages(precision: share, recall: share, f1: share)
    }
    var sums = (precision: 0.0, recall: 0.0, f1: 0.0)
    var weights = 0.0
    for one in (0..<classCount).map(confusion(of:)) where one.f1 != nil {
      let weight = average == .macro ? 1 : one.positives
      sums.precision += weight * (one.precision ?? 0)
      sums.recall += weight * (one.recall ?? 0)
      sums.f1 += weight * (one.f1 ?? 0)
      weights += weight
    }
    return Averages(
      precision: sums.precision / weights, recall: sums.recall / weights, f1: sums.f1 / weights)
  }
}

/// The class with the greatest score of each row, the first of equals.
///
/// - Parameter scores: n × k, row-major; logits or probabilities.
public func likeliestClasses(scores: [Double], classCount: Int) -> [Int] {
  precondition(classCount > 0 && scores.count % classCount == 0)
  return stride(from: 0, to: scores.count, by: classCount).map { first in
    var best = first
    for i in first..<(first + classCount) where scores[i] > scores[best] { best = i }
    return best - first
  }
}
