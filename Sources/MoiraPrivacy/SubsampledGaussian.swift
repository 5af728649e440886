public import MoiraModel

/// One step of noisy training: a Poisson sample of the rows, each row's share clipped, their sum
/// published with Gaussian noise.
///
/// The unit of privacy is one row, and neighbours are tables that differ by one row added or taken
/// away. Whoever sees the noisy sums, all of them, learns of any one row no more than (ε, δ) says;
/// whoever adds the noise sees the sums without it.
public struct SubsampledGaussian: Hashable, Sendable {
  /// z: the standard deviation of the noise, in units of the norm that each row is clipped to.
  public let noiseMultiplier: Double
  /// q: with which probability a row takes part in a step, independently of all others.
  public let sampleRate: Double

  /// - Throws: `privacy-out-of-range` where z is outside 0.001 … 1e9, or q outside (0, 1].
  public init(noiseMultiplier: Double, sampleRate: Double) throws(Failure) {
    try PrivacyRules.requireNoiseMultiplier(noiseMultiplier)
    try PrivacyRules.requireSampleRate(sampleRate)
    self.noiseMultiplier = noiseMultiplier
    self.sampleRate = sampleRate
  }

  /// An upper bound of the Rényi divergence of order α > 1 between the outputs of one step on
  /// neighbouring tables, in either direction.
  ///
  /// Source: Mironov, Talwar, Zhang, "Rényi differential privacy of the sampled Gaussian mechanism"
  /// (arXiv:1908.10530): theorem 5 and section 3.3.
  /// - Complexity: O(α).
  public func renyiDivergence(order: Double) -> Double {
    precondition(order > 1, "orders begin above 1")
    if sampleRate == 1 { return order / (2 * noiseMultiplier * noiseMultiplier) }
    let moments = RenyiMoments(mechanism: self)
    return moments.logMoment(order: order) / (order - 1)
  }
}
