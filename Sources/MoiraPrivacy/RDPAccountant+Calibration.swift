public import MoiraModel

extension RDPAccountant {
  /// The least noise multiplier, to six digits and rounded up, that keeps `steps` steps within
  /// (ε, δ).
  ///
  /// - Throws: `privacy-out-of-range` for a number outside its range; `privacy-unreachable` where no
  ///   noise that the accountant can tell from none is enough.
  public static func calibrate(
    epsilon: Double, delta: Double, sampleRate: Double, steps: Int
  ) throws(Failure) -> Double {
    try PrivacyRules.requireSampleRate(sampleRate)
    return try calibrate(epsilon: epsilon, delta: delta, steps: steps) {
      (noise) throws(Failure) in
      try SubsampledGaussian(noiseMultiplier: noise, sampleRate: sampleRate)
    }
  }

  /// The same for any mechanism that has a noise multiplier.
  ///
  /// - Parameter mechanism: what the noise multiplier makes; its divergences fall with it.
  public static func calibrate<Mechanism: NoiseMechanism>(
    epsilon: Double, delta: Double, steps: Int,
    mechanism: (_ noiseMultiplier: Double) throws(Failure) -> Mechanism
  ) throws(Failure) -> Double {
    try PrivacyRules.requireEpsilon(epsilon)
    try PrivacyRules.requireDelta(delta)
    try PrivacyRules.requireSteps(steps)
    func reached(_ noise: Double) throws(Failure) -> Bool {
      try mechanism(noise).epsilon(steps: steps, delta: delta) <= epsilon
    }
    let range = PrivacyRules.noiseMultipliers
    if try reached(range.lowerBound) { return range.lowerBound }
    var high = 1.0
    while try !reached(high) {
      high *= 4
      guard high <= range.upperBound else { throw unreachable(epsilon, delta, steps) }
    }
    return try bisect(from: high > 1 ? high / 4 : range.lowerBound, to: high, reached)
  }

  private static func bisect(
    from low: Double, to high: Double, _ reached: (Double) throws(Failure) -> Bool
  ) throws(Failure) -> Double {
    var (low, high) = (low, high)
    while high > low * (1 + 1e-6) {
      let middle = (low * high).squareRoot()
      if try reached(middle) { high = middle } else { low = middle }
    }
    return high
  }

  private static func unreachable(_ epsilon: Double, _ delta: Double, _ steps: Int) -> Failure {
    Failure(
      "privacy-unreachable",
      "'epsilon' must be within reach of some noise, but no noise keeps \(steps) steps to"
        + " \(epsilon) at a delta of \(delta)",
      hint: "take fewer steps, or a larger 'epsilon' or 'delta'")
  }
}

extension NoiseMechanism {
  /// ε of so many steps for δ, both within their ranges; only as many orders are computed as matter.
  func epsilon(steps: Int, delta: Double) -> Double {
    guard steps > 0 else { return 0 }
    let orders = RenyiOrders.all
    return bestBound(delta: delta) { Double(steps) * renyiDivergence(order: orders[$0]) }.epsilon
  }
}
