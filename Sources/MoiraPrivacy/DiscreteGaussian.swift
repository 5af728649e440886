public import MoiraModel

/// Whole numbers x with probability proportional to exp(−x² / 2σ²), drawn exactly.
///
/// Integers only: no number with a point takes part, so that no rounding bends the odds and no bit
/// pattern shows what lay beneath the noise (Mironov, CCS 2012, on the Laplace mechanism). Adding it
/// to a whole number that one row moves by at most Δ costs no more Rényi divergence than a Gaussian
/// would: α Δ² / 2σ² (proposition 5). The time a draw takes depends on what is drawn.
///
/// Source: Canonne, Kamath, Steinke, "The discrete Gaussian for differential privacy"
/// (arXiv:2004.00010), algorithms 1 to 3.
public struct DiscreteGaussian: Hashable, Sendable {
  /// σ² = numerator / denominator.
  public let varianceNumerator: UInt128
  public let varianceDenominator: UInt64
  /// t = ⌊σ⌋ + 1, the scale of the two-sided geometric numbers that are thinned out.
  private let scale: UInt64
  /// 2 · numerator, and denominator · t².
  private let doubleNumerator: UInt128
  private let scaledDenominator: UInt128

  /// Beyond t · 2²⁰ nothing is drawn; the exact odds of that are below exp(−2²⁰).
  private static let turnLimit: UInt64 = 1 << 20

  /// - Throws: `privacy-out-of-range` unless 0 < numerator ≤ 2¹⁰⁰, 0 < denominator, σ ≤ 2⁴².
  public init(
    varianceNumerator numerator: UInt128, varianceDenominator denominator: UInt64
  ) throws(Failure) {
    guard numerator > 0, denominator > 0, numerator <= 1 << 100,
      numerator / UInt128(denominator) <= 1 << 84
    else {
      throw Failure(
        "privacy-out-of-range",
        "'variance' must be more than 0 and at most 2^84, but is \(numerator)/\(denominator)")
    }
    varianceNumerator = numerator
    varianceDenominator = denominator
    scale = squareRoot(numerator / UInt128(denominator)) + 1
    doubleNumerator = 2 * numerator
    scaledDenominator = UInt128(denominator) * UInt128(scale) * UInt128(scale)
  }

  /// - Throws: `privacy-out-of-range` unless 0 < σ ≤ 2⁴².
  public init(standardDeviation: UInt64) throws(Failure) {
    let deviation = UInt128(min(standardDeviation, 1 << 43))
    try self.init(varianceNumerator: deviation * deviation, varianceDenominator: 1)
  }

  /// - Parameter generator: a secure one where the noise is to protect anything.
  /// - Complexity: about 6 words of the generator for each number.
  public func samples(
    count: Int, using generator: inout some RandomNumberGenerator
  ) -> [Int64] {
    precondition(count >= 0)
    return RandomBits.drawing(from: &generator, about: 6 * min(count, 100)) { bits in
      [Int64](unsafeUninitializedCapacity: count) { room, filled in
        for i in 0..<count { room.initializeElement(at: i, to: sample(&bits)) }
        filled = count
      }
    }
  }

  public func sample(using generator: inout some RandomNumberGenerator) -> Int64 {
    RandomBits.drawing(from: &generator, about: 8) { sample(&$0) }
  }

  /// Algorithm 3.
  private func sample(_ bits: inout RandomBits) -> Int64 {
    while true {
      let magnitude = geometric(&bits)
      let isNegative = bits.bit()
      // Zero would otherwise be drawn with either sign.
      if isNegative && magnitude == 0 { continue }
      if isKept(magnitude, &bits) {
        return isNegative ? -Int64(magnitude) : Int64(magnitude)
      }
    }
  }

  /// A whole number x ≥ 0 with probability proportional to exp(−x / t): algorithm 2.
  private func geometric(_ bits: inout RandomBits) -> UInt64 {
    while true {
      let rest = bits.uniform(below: scale)
      guard bits.bernoulliExp(UInt128(rest), of: UInt128(scale)) else { continue }
      var turns: UInt64 = 0
      while turns < Self.turnLimit, bits.bernoulliExpOne() { turns += 1 }
      if turns < Self.turnLimit { return rest + turns * scale }
    }
  }

  /// True with probability exp(−(|x| − σ²/t)² / 2σ²).
  ///
  /// The exponent is the product of m / 2n and m / dt², where σ² = n / d and m = | |x|·t·d − n |.
  private func isKept(_ magnitude: UInt64, _ bits: inout RandomBits) -> Bool {
    let product = UInt128(magnitude) * UInt128(scale) * UInt128(varianceDenominator)
    let m =
      product >= varianceNumerator ? product - varianceNumerator : varianceNumerator - product
    var (x, y) = (m, m)
    // exp(−(1 + x)·y) = exp(−y) · exp(−x·y): whole parts of either factor are coins of their own.
    while x >= doubleNumerator {
      guard keepsWhole(y, &bits) else { return false }
      x -= doubleNumerator
    }
    while y >= scaledDenominator {
      guard bits.bernoulliExp(x, of: doubleNumerator) else { return false }
      y -= scaledDenominator
    }
    return bits.bernoulliExpProduct(x, of: doubleNumerator, times: y, of: scaledDenominator)
  }

  /// True with probability exp(−y), for any y = p / dt².
  private func keepsWhole(_ p: UInt128, _ bits: inout RandomBits) -> Bool {
    var rest = p
    while rest >= scaledDenominator {
      guard bits.bernoulliExpOne() else { return false }
      rest -= scaledDenominator
    }
    return bits.bernoulliExp(rest, of: scaledDenominator)
  }
}

/// ⌊√n⌋, bit by bit.
func squareRoot(_ n: UInt128) -> UInt64 {
  var root: UInt64 = 0
  for bit in (0..<64).reversed() {
    let candidate = root | 1 << UInt64(bit)
    if UInt128(candidate) * UInt128(candidate) <= n { root = candidate }
  }
  return root
}
