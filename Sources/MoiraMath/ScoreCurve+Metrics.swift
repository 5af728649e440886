extension ScoreCurve {
  /// One point of a ROC curve.
  public struct ROCPoint: Hashable, Codable, Sendable {
    /// Infinite for the first point, where nothing passes.
    public let threshold: Double
    public let falsePositiveRate: Double
    public let truePositiveRate: Double
  }

  /// One point of a precision-recall curve.
  public struct PRPoint: Hashable, Codable, Sendable {
    public let threshold: Double
    public let recall: Double
    public let precision: Double
  }

  /// The area under the ROC curve: the chance that a positive scores above a negative, ties counted half.
  ///
  /// The trapezoids over ties are Mann and Whitney's midranks. Nil without positives or negatives.
  public var auc: Double? {
    var area = 0.0
    var (lastTrue, lastFalse) = (0.0, 0.0)
    for i in thresholds.indices {
      area += (falsePositives[i] - lastFalse) * (truePositives[i] + lastTrue) / 2
      (lastTrue, lastFalse) = (truePositives[i], falsePositives[i])
    }
    return ratio(area, positives * negatives)
  }

  /// Kolmogorov and Smirnov's distance of the scores of positives and negatives: max |TPR − FPR|.
  public var ks: Double? {
    guard positives > 0, negatives > 0 else { return nil }
    return thresholds.indices.map { abs(rates($0).true - rates($0).false) }.max()
  }

  func rates(_ index: Int) -> (true: Double, false: Double) {
    (truePositives[index] / positives, falsePositives[index] / negatives)
  }

  /// The ROC curve from (0, 0) to (1, 1); empty without positives or negatives.
  public var rocPoints: [ROCPoint] {
    guard positives > 0, negatives > 0 else { return [] }
    let origin = ROCPoint(threshold: .infinity, falsePositiveRate: 0, truePositiveRate: 0)
    return [origin]
      + thresholds.indices.map {
        let rates = rates($0)
        return ROCPoint(
          threshold: thresholds[$0], falsePositiveRate: rates.false, truePositiveRate: rates.true)
      }
  }

  /// The precision-recall curve by falling threshold; empty without positives.
  public var prPoints: [PRPoint] {
    guard positives > 0 else { return [] }
    return thresholds.indices.compactMap { i in
      guard let precision = confusion(at: i).precision else { return nil }
      return PRPoint(
        threshold: thresholds[i], recall: truePositives[i] / positives, precision: precision)
    }
  }

  /// Σ (recallᵢ − recallᵢ₋₁) · precisionᵢ, without interpolation; nil without positives.
  public var averagePrecision: Double? {
    guard positives > 0 else { return nil }
    var (sum, last) = (0.0, 0.0)
    for point in prPoints {
      sum += (point.recall - last) * point.precision
      last = point.recall
    }
    return sum
  }

  /// The entry with the greatest F1, the highest threshold of equals; nil without positives.
  public var bestF1: (threshold: Double, f1: Double)? {
    var best: (threshold: Double, f1: Double)?
    for i in thresholds.indices where positives > 0 {
      guard let f1 = confusion(at: i).f1, f1 > best?.f1 ?? -1 else { continue }
      best = (thresholds[i], f1)
    }
    return best
  }
}
