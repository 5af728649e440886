/// The orders over which the accountant looks for the best bound: dense, ascending, all above 1.
enum RenyiOrders {
  static let all: [Double] = {
    var orders = Set((2...64).map(Double.init))
    var fractional = 0.05
    while fractional < 12 {
      orders.insert(1 + fractional)
      fractional *= 1.08
    }
    var large = 64.0
    while large < 16_384 {
      orders.insert(large.rounded())
      large *= 1.05
    }
    orders.insert(16_384)
    return orders.sorted()
  }()
}

/// How a bound of the Rényi divergence of one order becomes one of (ε, δ).
///
/// Source: Canonne, Kamath, Steinke, "The discrete Gaussian for differential privacy"
/// (arXiv:2004.00010), proposition 12; the same as Balle et al., AISTATS 2020, theorem 21.
enum RenyiConversion {
  /// ε for δ; 0 where the divergence is so small that δ covers the total variation (Bretagnolle and
  /// Huber's inequality: it is at most √(1 − exp(−ρ))).
  static func epsilon(divergence: Double, order: Double, delta: Double) -> Double {
    if divergence <= coveredDivergence(delta: delta) { return 0 }
    return max(0, divergence + offset(order: order, delta: delta))
  }

  /// δ for ε.
  static func delta(divergence: Double, order: Double, epsilon: Double) -> Double {
    let variation = (-exponentialMinusOne(-divergence)).squareRoot()
    let logDelta =
      (order - 1) * (divergence - epsilon + logOnePlus(-1 / order)) - naturalLog(order)
    return min(1, variation, exponential(logDelta))
  }

  /// The divergence up to which ε is 0.
  static func coveredDivergence(delta: Double) -> Double { -logOnePlus(-delta * delta) }

  /// ε less the divergence.
  static func offset(order: Double, delta: Double) -> Double {
    logOnePlus(-1 / order) - (naturalLog(delta) + naturalLog(order)) / (order - 1)
  }

  /// What the offset of no order from this one on falls below, whatever δ is.
  static func leastOffset(from order: Double) -> Double { offset(order: order, delta: 1) }
}
