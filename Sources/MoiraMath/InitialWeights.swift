internal import MoiraModel

/// How the weights of a model start.
public enum InitialWeights: Hashable, Sendable {
  case zeros
  case ones
  case constant(Double)
  /// Uniform in low ..< high.
  case uniform(low: Double, high: Double)
  case normal(mean: Double, deviation: Double)
  /// Uniform within ±√(6 / (inputs + outputs)). Source: Glorot and Bengio 2010, eq. 16.
  case xavierUniform

  /// outputs × inputs weights, which follow from the seed alone.
  ///
  /// The normal draws go through the C library's logarithm and cosine, whose last bit may differ from
  /// one system to another.
  public func weights(inputs: Int, outputs: Int = 1, seed: UInt64) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    let count = inputs * outputs
    switch self {
    case .zeros: return Array(repeating: 0, count: count)
    case .ones: return Array(repeating: 1, count: count)
    case .constant(let value): return Array(repeating: value, count: count)
    case .uniform(let low, let high):
      return (0..<count).map { _ in low + (high - low) * generator.unit() }
    case .normal(let mean, let deviation):
      return (0..<count).map { _ in mean + deviation * standardNormal(&generator) }
    case .xavierUniform:
      let bound = (6 / Double(max(1, inputs + outputs))).squareRoot()
      return (0..<count).map { _ in bound * (2 * generator.unit() - 1) }
    }
  }
}

/// One draw by Box and Muller's transform; its second half is thrown away to keep this stateless.
private func standardNormal(_ generator: inout SeededGenerator) -> Double {
  // 1 − u lies in (0, 1], so that the logarithm is finite.
  let radius = (-2 * naturalLog(1 - generator.unit())).squareRoot()
  return radius * cosine(2 * .pi * generator.unit())
}
