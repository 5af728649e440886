public import MoiraModel

/// An (ε, δ) that a training may spend, and how far it goes with one mechanism.
///
/// Whether a step is still affordable is known before it is taken, from public numbers only: that a
/// training ends here tells nobody anything.
public struct PrivacyBudget: Sendable {
  public let epsilon: Double
  public let delta: Double
  public let curve: RDPCurve
  /// How many steps in all stay within the budget; at most 2⁵⁰.
  public let affordableSteps: Int

  /// - Throws: `privacy-out-of-range` where ε or δ is outside its range.
  public init(
    epsilon: Double, delta: Double, mechanism: some NoiseMechanism
  ) throws(Failure) {
    try self.init(epsilon: epsilon, delta: delta, curve: RDPCurve(mechanism))
  }

  /// - Throws: `privacy-out-of-range` where ε or δ is outside its range.
  public init(epsilon: Double, delta: Double, curve: RDPCurve) throws(Failure) {
    try PrivacyRules.requireEpsilon(epsilon)
    try PrivacyRules.requireDelta(delta)
    self.epsilon = epsilon
    self.delta = delta
    self.curve = curve
    affordableSteps = Self.steps(within: epsilon, delta: delta, curve: curve)
  }

  /// ε after so many steps.
  ///
  /// - Throws: `privacy-out-of-range` where there are fewer than 0 steps, or more than 2⁵⁰.
  public func epsilon(after steps: Int) throws(Failure) -> Double {
    try PrivacyRules.requireSteps(steps)
    return Self.epsilon(after: steps, delta: delta, curve: curve)
  }

  private static func epsilon(after steps: Int, delta: Double, curve: RDPCurve) -> Double {
    guard steps > 0 else { return 0 }
    return bestBound(delta: delta) { Double(steps) * curve.divergences[$0] }.epsilon
  }

  /// The most steps that any order allows, less what rounding may have added.
  private static func steps(within epsilon: Double, delta: Double, curve: RDPCurve) -> Int {
    var most = 0.0
    for (order, divergence) in zip(RenyiOrders.all, curve.divergences) {
      let covered = RenyiConversion.coveredDivergence(delta: delta)
      let room = max(covered, epsilon - RenyiConversion.offset(order: order, delta: delta))
      guard room > 0 else { continue }
      most = max(most, divergence > 0 ? room / divergence : .infinity)
    }
    var steps = Int(min(most, Double(PrivacyRules.maximumSteps)))
    while steps > 0, self.epsilon(after: steps, delta: delta, curve: curve) > epsilon {
      steps -= max(1, steps >> 50)
    }
    return steps
  }
}
