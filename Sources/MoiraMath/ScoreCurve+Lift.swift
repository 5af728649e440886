extension ScoreCurve {
  /// What the best-scored share of the rows holds.
  public struct LiftPoint: Hashable, Codable, Sendable {
    /// The share of the rows' weight, from the highest score, in 0 ... 1.
    public let depth: Double
    /// The share of the positives among them: also called gain, or capture rate.
    public let gain: Double
    /// gain / depth: how many times more positives than in as many rows drawn at random.
    public let lift: Double
  }

  /// Gain and lift at 1/parts, 2/parts, ..., 1 of the rows; empty without positives.
  ///
  /// Where a depth cuts through equal scores their positives count in proportion, as the mean over all
  /// orders of the ties.
  public func liftPoints(parts: Int = 10) -> [LiftPoint] {
    precondition(parts > 0)
    guard positives > 0 else { return [] }
    return (1...parts).map { part in
      let depth = Double(part) / Double(parts)
      let gain = part == parts ? 1 : gain(atWeight: depth * (positives + negatives))
      return LiftPoint(depth: depth, gain: gain, lift: gain / depth)
    }
  }

  private func gain(atWeight weight: Double) -> Double {
    var (lastWeight, lastTrue) = (0.0, 0.0)
    for i in thresholds.indices {
      let reached = truePositives[i] + falsePositives[i]
      if reached >= weight, reached > lastWeight {
        let share = (weight - lastWeight) / (reached - lastWeight)
        return (lastTrue + share * (truePositives[i] - lastTrue)) / positives
      }
      (lastWeight, lastTrue) = (reached, truePositives[i])
    }
    return 1
  }
}
