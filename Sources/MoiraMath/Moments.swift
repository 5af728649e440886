/// Count, mean and squared deviations of some values, exact to a few units in the last place; mergeable.
///
/// For one party's own values, or where a party's mean may be shown; a sum under masks needs `SummarySums`.
/// Source: Welford (1962); merging: Chan, Golub and LeVeque (1979), eq. 2.1.
public struct Moments: Hashable, Codable, Sendable {
  public private(set) var count = 0
  /// 0 where there are no values.
  public private(set) var mean = 0.0
  /// Σ (x − mean)².
  public private(set) var squaredDeviations = 0.0

  public init() {}

  /// Values that are NaN are left out.
  public init(_ values: some Sequence<Double>) {
    for value in values where !value.isNaN { add(value) }
  }

  public mutating func add(_ value: Double) {
    count += 1
    let distance = value - mean
    mean += distance / Double(count)
    squaredDeviations += distance * (value - mean)
  }

  public static func + (left: Self, right: Self) -> Self {
    guard left.count > 0 else { return right }
    guard right.count > 0 else { return left }
    var merged = Self()
    merged.count = left.count + right.count
    let distance = right.mean - left.mean
    let share = Double(right.count) / Double(merged.count)
    merged.mean = left.mean + distance * share
    merged.squaredDeviations =
      left.squaredDeviations + right.squaredDeviations
      + distance * distance * Double(left.count) * share
    return merged
  }

  /// The variance with divisor n − ddof; nil where that is not above 0.
  public func variance(ddof: Int = 0) -> Double? {
    count > ddof ? squaredDeviations / Double(count - ddof) : nil
  }

  public func standardDeviation(ddof: Int = 0) -> Double? { variance(ddof: ddof)?.squareRoot() }
}
