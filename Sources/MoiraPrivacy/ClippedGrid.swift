public import MoiraModel

/// Vectors as whole numbers of steps of a grid, no longer than a clip: exactly, after rounding too.
///
/// A vector is shortened to the norm C, then each coordinate is rounded toward zero. That makes no
/// coordinate longer, so it keeps the norm, where rounding to the nearest, or at random as in
/// Kairouz, Liu, Steinke (arXiv:2102.06387, section 4.1), may lengthen the vector by up to √d steps
/// and needs a second look. With steps of 2⁻⁴⁰ or so what is lost is far below any noise. The norm
/// is checked on the whole numbers, in integers, since the shortening itself is rounded.
public struct ClippedGrid: Hashable, Sendable {
  /// C.
  public let norm: Double
  /// f: a step is 2⁻ᶠ.
  public let fractionBits: Int
  /// ⌊C · 2ᶠ⌋.
  public let normSteps: UInt64

  /// The finest grid, whose steps are the ring's.
  public static let mostFractionBits = 40
  /// C is at most this, and so is the noise's deviation: both stay far from where the ring is full.
  public static let mostNorm = 1024.0
  public static let mostDeviation = 256.0

  /// The finest grid on which a deviation is at most 2⁴¹ steps.
  ///
  /// - Throws: `privacy-out-of-range` where the norm is not in 2⁻³⁰ … 1024, the deviation not in
  ///   (0, 256].
  public init(norm: Double, deviation: Double) throws(Failure) {
    try PrivacyRules.requireClip(norm)
    guard norm >= 0x1p-30, norm <= Self.mostNorm else {
      throw PrivacyRules.outOfRange("clip", "lie in 2^-30 … 1024 for whole updates", norm)
    }
    guard deviation > 0, deviation <= Self.mostDeviation else {
      throw PrivacyRules.outOfRange(
        "noise", "be such that noise times clip is more than 0 and at most 256", deviation)
    }
    self.norm = norm
    fractionBits = min(Self.mostFractionBits, Self.mostFractionBits - Int(deviation.exponent))
    normSteps = UInt64(Self.scaled(norm, by: fractionBits))
  }

  /// The vector in steps, no longer than the norm; zeros where it holds what is not finite.
  public func integers(of vector: [Double]) -> [Int64] {
    guard vector.allSatisfy(\.isFinite), let clipping = try? Clipping(norm: norm) else {
      return Array(repeating: 0, count: vector.count)
    }
    var steps = clipping.clipped(vector).vector.map { Int64(Self.scaled($0, by: fractionBits)) }
    while !isWithinNorm(steps) {
      for i in steps.indices { steps[i] = Int64(Double(steps[i]) * (1 - 0x1p-40)) }
    }
    return steps
  }

  /// Whether the sum of squares is at most the norm's, exactly.
  func isWithinNorm(_ steps: [Int64]) -> Bool {
    var sum: UInt128 = 0
    for step in steps {
      let size = UInt128(step.magnitude)
      let (next, overflows) = sum.addingReportingOverflow(size * size)
      if overflows { return false }
      sum = next
    }
    return sum <= UInt128(normSteps) * UInt128(normSteps)
  }

  /// The variance of a deviation in squared steps, rounded up.
  func variance(ofDeviation deviation: Double) -> UInt128 {
    let steps = Self.scaled(deviation, by: fractionBits)
    return UInt128((steps * steps * (1 + 0x1p-48)).rounded(.up))
  }

  /// Exact, but for what is beyond a Double's range.
  private static func scaled(_ value: Double, by bits: Int) -> Double {
    value * Double(sign: .plus, exponent: bits, significand: 1)
  }
}
