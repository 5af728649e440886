extension ValueHistogram {
  /// A quantile (type 7) with bounds that the exact one cannot leave.
  public struct Quantile: Hashable, Codable, Sendable {
    /// The middle of the bounds, or the finite one of them.
    public let value: Double
    public let lowest: Double
    public let highest: Double
    /// |exact − value| is at most this: half a bin where no gap and no edge lies between the neighbours.
    public var error: Double { max(value - lowest, highest - value) }
  }

  /// The quantile of all values that were counted; nil where none was. O(B).
  ///
  /// Of the two neighbours that the exact quantile lies between, only the bins are known: it lies between the
  /// interpolated lower and the interpolated upper edges of these. Infinite bounds say that it may lie
  /// outside of the range.
  public func quantile(_ probability: Double) -> Quantile? {
    precondition(probability >= 0 && probability <= 1)
    guard total > 0 else { return nil }
    let place = quantilePlace(probability, count: total)
    let (first, second) = (bounds(ofPlace: place.low), bounds(ofPlace: place.high))
    let lowest = between(first.lowest, second.lowest, place.share)
    let highest = between(first.highest, second.highest, place.share)
    let value =
      lowest.isFinite && highest.isFinite
      ? lowest + (highest - lowest) / 2 : (lowest.isFinite ? lowest : min(highest, high))
    return Quantile(value: value, lowest: lowest, highest: highest)
  }

  private func between(_ a: Double, _ b: Double, _ share: Double) -> Double {
    if a == b || share == 0 || a == -.infinity { return a }
    return b == .infinity ? b : a + share * (b - a)
  }

  /// The edges of the bin that holds a place of the sorted values.
  private func bounds(ofPlace place: Int) -> (lowest: Double, highest: Double) {
    var passed = counts[binCount]
    if place < passed { return (-.infinity, low) }
    for bin in 0..<binCount {
      passed += counts[bin]
      if place < passed { return (edge(bin), edge(bin + 1)) }
    }
    return (high, .infinity)
  }
}
