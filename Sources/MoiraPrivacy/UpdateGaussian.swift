public import MoiraModel

/// Gaussian noise that hides one party's whole update in a sum of updates, in integers throughout.
///
/// Neighbours are two rounds that differ in one party's update, which in one of them is zero; who
/// takes part is no secret. Every update is no longer than C (`ClippedGrid`), so that a neighbour
/// moves the sum by at most C.
///
/// - `central`: one discrete Gaussian of variance (zC)², added by whoever adds up.
/// - `distributed`: each of n parties adds a discrete Gaussian of variance (zC)² / t, so that the
///   updates of any t parties carry at least (zC)² together. Their sum is no discrete Gaussian, but
///   near one: with τ = 10 Σₖ exp(−2π²σ² k / (k + 1)) over k = 1 … n − 1, σ² being a party's
///   variance in steps, it costs at most τd, or a shift of √d·τ, more.
///
/// Source: Kairouz, Liu, Steinke, "The distributed discrete Gaussian mechanism" (arXiv:2102.06387),
/// theorem 1 and proposition 14; the two of its three bounds that need no L1 norm.
public struct UpdateGaussian: NoiseMechanism, Hashable {
  /// z: the deviation of all noise in a sum, in units of C, at least.
  public let noiseMultiplier: Double
  public let grid: ClippedGrid
  /// What one draw is, in steps of the grid.
  public let noise: DiscreteGaussian
  public let dimension: Int
  /// By how much a sum of draws may be worse than a single one.
  let inflation: Double

  /// A party's deviation is at least so many steps: below, a sum is too far from a Gaussian.
  public static let leastSteps: UInt128 = 2

  /// Noise that is added once.
  ///
  /// - Throws: `privacy-out-of-range`.
  public static func central(
    noiseMultiplier: Double, clip: Double, dimension: Int
  ) throws(Failure) -> Self {
    try Self(noiseMultiplier, clip: clip, leastParties: 1, parties: 1, dimension: dimension)
  }

  /// Noise that each party adds a share of.
  ///
  /// - Parameters:
  ///   - leastParties: t: how many parties any sum has at least.
  ///   - parties: n: how many it has at most.
  ///   - dimension: d: how many values an update has.
  /// - Throws: `privacy-out-of-range`, also where a share's deviation is below two steps.
  public static func distributed(
    noiseMultiplier: Double, clip: Double, leastParties: Int, parties: Int, dimension: Int
  ) throws(Failure) -> Self {
    precondition(leastParties >= 1 && leastParties <= parties)
    return try Self(
      noiseMultiplier, clip: clip, leastParties: leastParties, parties: parties,
      dimension: dimension)
  }

  private init(
    _ multiplier: Double, clip: Double, leastParties: Int, parties: Int, dimension: Int
  ) throws(Failure) {
    try PrivacyRules.requireNoiseMultiplier(multiplier)
    let deviation = multiplier * clip
    grid = try ClippedGrid(norm: clip, deviation: deviation)
    let share = grid.variance(ofDeviation: deviation)
    let count = UInt128(leastParties)
    let variance = share / count + (share % count == 0 ? 0 : 1)
    guard variance >= Self.leastSteps * Self.leastSteps else {
      throw Failure(
        "privacy-out-of-range",
        "the noise of a party must have a deviation of at least 2 steps of 2^-\(grid.fractionBits), but 'noise' times 'clip' is \(deviation)"
      )
    }
    noise = try DiscreteGaussian(varianceNumerator: variance, varianceDenominator: 1)
    noiseMultiplier = multiplier
    self.dimension = dimension
    inflation = Self.inflation(variance: Double(variance), parties: parties)
  }

  /// τ of theorem 1.
  static func inflation(variance: Double, parties: Int) -> Double {
    var sum = 0.0
    for k in 1..<max(2, parties) where parties > 1 {
      let share = Double(k) / Double(k + 1)
      sum += exponential(-2 * Double.pi * Double.pi * variance * share)
    }
    return 10 * sum
  }

  public func renyiDivergence(order: Double) -> Double {
    precondition(order > 1, "orders begin above 1")
    return Self.divergence(
      order: order, scale: 1 / noiseMultiplier, dimension: dimension, inflation: inflation)
  }

  /// Proposition 14.
  ///
  /// - Parameter scale: how far a neighbour moves the sum, in deviations of its noise.
  static func divergence(
    order: Double, scale: Double, dimension: Int, inflation: Double
  ) -> Double {
    let shifted = scale + Double(dimension).squareRoot() * inflation
    return min(
      order / 2 * scale * scale + inflation * Double(dimension), order / 2 * shifted * shifted)
  }
}
