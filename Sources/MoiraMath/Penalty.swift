/// Which norm of the weights is penalized. Intercepts never are.
///
/// The penalty is alpha · Σ|w| for `l1` and alpha / 2 · Σw² for `l2`, to be added to the mean loss.
public enum Penalty: String, Hashable, Codable, Sendable, CaseIterable {
  case none, l1, l2

  /// What it adds to the mean loss.
  ///
  /// - Parameter weights: without the intercepts.
  public func value(of weights: some Sequence<Double>, alpha: Double) -> Double {
    switch self {
    case .none: 0
    case .l1: alpha * weights.reduce(0) { $0 + abs($1) }
    case .l2: alpha / 2 * weights.reduce(0) { $0 + $1 * $1 }
    }
  }

  /// Adds its derivative to a gradient; `l1` has none at 0 and adds nothing: see `shrink`.
  ///
  /// - Parameter weightCount: how many of the parameters, from the first, are weights.
  public func addGradient(
    at parameters: [Double], alpha: Double, weightCount: Int, to gradient: inout [Double]
  ) {
    precondition(weightCount <= parameters.count && parameters.count == gradient.count)
    guard self == .l2 else { return }
    for j in 0..<weightCount { gradient[j] += alpha * parameters[j] }
  }

  /// The proximal step of `l1`, after the optimizer's: w ← sign(w) · max(0, |w| − rate · alpha).
  ///
  /// The others change nothing. With plain gradient descent this is ISTA, and reaches exact zeros; with
  /// an adaptive optimizer the same threshold serves all weights, which is a customary approximation.
  /// Source: Parikh and Boyd, "Proximal algorithms" (2014), §4.2 and §6.5.2.
  public func shrink(
    _ parameters: inout [Double], alpha: Double, rate: Double, weightCount: Int
  ) {
    precondition(weightCount <= parameters.count)
    guard self == .l1 else { return }
    let threshold = rate * alpha
    for j in 0..<weightCount {
      let w = parameters[j]
      parameters[j] = w > threshold ? w - threshold : (w < -threshold ? w + threshold : 0)
      if w.isNaN { parameters[j] = w }
    }
  }
}
