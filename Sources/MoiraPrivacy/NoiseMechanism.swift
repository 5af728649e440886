/// A noisy publication whose Rényi divergences between neighbours are bounded.
public protocol NoiseMechanism: Sendable {
  /// An upper bound of the Rényi divergence of order α > 1 between the outputs of one publication
  /// on neighbours, in either direction.
  func renyiDivergence(order: Double) -> Double
}

extension SubsampledGaussian: NoiseMechanism {}
