/// Exponentials and logarithms without branches, so that loops over them become vectors.
enum VectorMath {
  /// exp(x) for x ≤ 0, to about 1 unit in the last place; x below −708 counts as −708, NaN stays.
  ///
  /// Cody and Waite's reduction x = n·ln 2 + r, |r| ≤ ln 2 / 2, then Taylor's polynomial to r¹³ (its
  /// first left-out term is below 5·10⁻¹⁸), then 2ⁿ put in as an exponent.
  @inline(__always)
  static func expOfNegative(_ x: Double) -> Double {
    let clamped = x < -708 ? -708 : x
    // Adding 1.5·2⁵² leaves the rounded number in the low bits.
    let shifted = clamped * 0x1.71547652b82fep0 + 0x1.8p52
    let n = shifted - 0x1.8p52
    let r = (clamped - n * 0x1.62e42fee00000p-1) - n * 0x1.a39ef35793c76p-33
    let scale = Double(bitPattern: (shifted.bitPattern &+ 1023) << 52)
    return polynomialOfExp(r) * scale
  }

  // Estrin's scheme, here and below: short chains, so that several rows are under way at once.
  @inline(__always)
  private static func polynomialOfExp(_ r: Double) -> Double {
    let r2 = r * r
    let r4 = r2 * r2
    let p0 = (1 + r) + r2 * (0.5 + r * (1.0 / 6))
    let p4 = (1.0 / 24 + r * (1.0 / 120)) + r2 * (1.0 / 720 + r * (1.0 / 5_040))
    let p8 =
      (1.0 / 40_320 + r * (1.0 / 362_880)) + r2 * (1.0 / 3_628_800 + r * (1.0 / 39_916_800))
    let p12 = 1.0 / 479_001_600 + r * (1.0 / 6_227_020_800)
    return (p0 + r4 * p4) + (r4 * r4) * (p8 + r4 * p12)
  }

  /// log(1 + e) for 0 ≤ e ≤ 1, given s = e / (2 + e): 2·artanh(s).
  ///
  /// artanh(s) = s + s³·P(s²); P is the Chebyshev fit of degree 9 on s² ≤ 1/9, off by less than
  /// 6·10⁻¹⁸. Relative accuracy holds for tiny e too.
  @inline(__always)
  static func logOfOnePlus(halved s: Double) -> Double {
    let t = s * s
    let t2 = t * t
    let t4 = t2 * t2
    let p0 =
      (0.3333333333333333 + t * 0.20000000000007292)
      + t2 * (0.1428571428355438 + t * 0.11111111358713932)
    let p4 =
      (0.09090894718066429 + t * 0.07692785032479312)
      + t2 * (0.06657072104827468 + t * 0.06000536404795356)
    let p8 = 0.04400369243072337 + t * 0.08082022805971766
    let p = p0 + t4 * (p4 + t4 * p8)
    return 2 * (s + s * t * p)
  }

  /// σ(z) = 1 / (1 + exp(−z)), without overflow for any z.
  @inline(__always)
  static func sigmoid(_ z: Double) -> Double {
    let e = expOfNegative(-abs(z))
    return (z < 0 ? e : 1) / (1 + e)
  }
}
