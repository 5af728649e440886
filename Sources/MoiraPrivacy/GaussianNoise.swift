public import MoiraModel

/// Gaussian noise for reals that lies on a grid, as does all it is added to.
///
/// Noise made by floating-point formulas leaves gaps and patterns in the low bits, by which sums can
/// be told apart (Mironov, CCS 2012; Jin et al., S&P 2022). Here a value is first rounded to the
/// grid, then a discrete Gaussian of the grid is added: what comes out is a whole number of steps
/// and shows nothing else. Rounding may bring two neighbouring sums of d values further apart, by
/// one step in each: `sensitivity` says what to divide σ by.
public struct GaussianNoise: Hashable, Sendable {
  public let standardDeviation: Double
  /// The grid is the multiples of 2^exponent.
  public let gridExponent: Int
  private let mechanism: DiscreteGaussian

  /// σ is at least this many steps of the grid.
  public static let leastSteps = 0x1p10
  /// And at most this many.
  public static let mostSteps = 0x1p40

  /// - Parameter gridExponent: nil for a grid of which σ is 2³⁰ to 2³¹ steps.
  /// - Throws: `privacy-out-of-range` where σ is outside 1e-60 … 1e60, or not 2¹⁰ to 2⁴⁰ steps.
  public init(standardDeviation: Double, gridExponent: Int? = nil) throws(Failure) {
    try PrivacyRules.requireStandardDeviation(standardDeviation)
    let exponent = gridExponent ?? Int(standardDeviation.exponent) - 30
    guard PrivacyRules.gridExponents.contains(exponent) else {
      throw PrivacyRules.outOfRange("grid_exponent", "lie in -250 … 250", Double(exponent))
    }
    let steps = standardDeviation / Self.step(exponent)
    guard steps >= Self.leastSteps, steps <= Self.mostSteps else {
      throw PrivacyRules.outOfRange(
        "standard_deviation", "be 2^10 to 2^40 steps of the grid", steps)
    }
    self.standardDeviation = standardDeviation
    self.gridExponent = exponent
    // Rounded up: never less noise than was asked for.
    mechanism = try DiscreteGaussian(standardDeviation: UInt64(steps.rounded(.up)))
  }

  /// The width of the grid.
  public var step: Double { Self.step(gridExponent) }

  /// How far one row can move the rounded sum of `count` values: C + step · √count.
  public func sensitivity(clip: Double, count: Int) -> Double {
    clip + step * Double(count).squareRoot()
  }

  /// So many numbers, each a multiple of the step.
  public func samples(
    count: Int, using generator: inout some RandomNumberGenerator
  ) -> [Double] {
    mechanism.samples(count: count, using: &generator).map { Double($0) * step }
  }

  /// Rounds the values to the grid and adds the noise.
  ///
  /// A sum of more than 2⁵³ steps is rounded once more, which tells nothing new.
  /// - Precondition: the values are finite: what is not, no noise hides.
  public func add(to values: inout [Double], using generator: inout some RandomNumberGenerator) {
    precondition(values.allSatisfy(\.isFinite), "finite values")
    let noise = mechanism.samples(count: values.count, using: &generator)
    for i in values.indices { values[i] = onGrid(values[i]) + Double(noise[i]) * step }
  }

  /// The nearest multiple of the step; from 2⁵³ steps on every Double is one.
  private func onGrid(_ value: Double) -> Double {
    abs(value) < 0x1p53 * step ? (value / step).rounded() * step : value
  }

  private static func step(_ exponent: Int) -> Double {
    Double(sign: .plus, exponent: exponent, significand: 1)
  }
}
