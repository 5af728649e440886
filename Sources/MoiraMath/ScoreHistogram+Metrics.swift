extension ScoreHistogram {
  /// A figure read off the histogram, with how far the exact one may lie from it.
  public struct Bounded: Hashable, Codable, Sendable {
    public let value: Double
    /// |exact − value| is at most this.
    public let error: Double
  }

  /// The curve with the bins' lower edges as thresholds: exact at these edges.
  public var curve: ScoreCurve {
    var curve = ScoreCurve()
    for bin in (0..<binCount).reversed() where positives[bin] > 0 || negatives[bin] > 0 {
      curve.append(
        threshold: Double(bin) / Double(binCount), positives: positives[bin],
        negatives: negatives[bin])
    }
    return curve
  }

  /// The area under the ROC curve.
  ///
  /// Pairs in different bins are ordered as they should be; those in one count half, so each is off by ½
  /// at the most: the error is at most ½ · Σ pᵦ·nᵦ / (P·N).
  public var auc: Bounded? {
    let curve = self.curve
    guard let value = curve.auc else { return nil }
    let pairs = zip(positives, negatives).reduce(0) { $0 + $1.0 * $1.1 }
    return Bounded(value: value, error: 0.5 * pairs / (curve.positives * curve.negatives))
  }

  /// max |TPR − FPR|, over the bins' edges.
  ///
  /// Within bin b the difference leaves its value at the upper edge by at most pᵦ/P upwards and nᵦ/N
  /// downwards; the error is what the greatest such excursion has over the value.
  public var ks: Bounded? {
    let curve = self.curve
    guard let value = curve.ks else { return nil }
    var (bound, last) = (value, (true: 0.0, false: 0.0))
    for i in curve.thresholds.indices {
      let rates = curve.rates(i)
      bound = max(bound, rates.true - last.false, rates.false - last.true)
      last = rates
    }
    return Bounded(value: value, error: bound - value)
  }
}
