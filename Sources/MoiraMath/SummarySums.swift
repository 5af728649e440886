/// What a column's summary needs, as sums that add up over parties, and its extremes.
///
/// The values are summed as distances from an origin that the parties agree on: the nearer it lies to
/// the mean, the fewer digits the variance loses. Missing values (NaN) are counted and otherwise left out.
public struct SummarySums: Hashable, Codable, Sendable {
  public let origin: Double
  public private(set) var count = 0
  public private(set) var missing = 0
  /// Σ (x − origin).
  public private(set) var sum = 0.0
  /// Σ (x − origin)².
  public private(set) var squares = 0.0
  public private(set) var minimum = Double.infinity
  public private(set) var maximum = -Double.infinity

  public init(origin: Double = 0) { self.origin = origin }

  public init(_ values: some Sequence<Double>, origin: Double = 0) {
    self.init(origin: origin)
    for value in values { add(value) }
  }

  /// Sums that came out of a secure addition, with extremes that were agreed in another way, if at all.
  public init(
    origin: Double, count: Int, missing: Int, sum: Double, squares: Double,
    minimum: Double = .infinity, maximum: Double = -.infinity
  ) {
    self.init(origin: origin)
    (self.count, self.missing, self.sum, self.squares) = (count, missing, sum, squares)
    (self.minimum, self.maximum) = (minimum, maximum)
  }

  public mutating func add(_ value: Double) {
    if value.isNaN {
      missing += 1
      return
    }
    count += 1
    sum += value - origin
    squares += (value - origin) * (value - origin)
    if value < minimum { minimum = value }
    if value > maximum { maximum = value }
  }

  /// The sums of both parties' values, which must be from the same origin.
  public static func + (left: Self, right: Self) -> Self {
    precondition(left.origin == right.origin, "sums from different origins")
    return Self(
      origin: left.origin, count: left.count + right.count, missing: left.missing + right.missing,
      sum: left.sum + right.sum, squares: left.squares + right.squares,
      minimum: min(left.minimum, right.minimum), maximum: max(left.maximum, right.maximum))
  }

  public var mean: Double? { count > 0 ? origin + sum / Double(count) : nil }

  /// Σ (x − mean)², kept from falling below 0 by rounding.
  public var squaredDeviations: Double {
    count > 0 ? max(0, squares - sum * sum / Double(count)) : 0
  }

  /// The variance with divisor n − ddof; nil where that is not above 0.
  public func variance(ddof: Int = 0) -> Double? {
    count > ddof ? squaredDeviations / Double(count - ddof) : nil
  }

  public func standardDeviation(ddof: Int = 0) -> Double? { variance(ddof: ddof)?.squareRoot() }
}
