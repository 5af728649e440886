/// Coins with exact odds, from integers only.
///
/// Source: Canonne, Kamath, Steinke, "The discrete Gaussian for differential privacy"
/// (arXiv:2004.00010), algorithm 1.
extension RandomBits {
  /// Denominators stay below 2 to this power, so that sixteen times as much still fits.
  static let denominatorBits = 122

  /// True with probability p / (q · k), for p ≤ q < 2¹²² and 1 ≤ k ≤ 16.
  ///
  /// A uniform number is drawn digit by digit, the first 32 at once: they almost always decide.
  @inline(__always)
  mutating func bernoulli(_ p: UInt128, of q: UInt128, over k: UInt64 = 1) -> Bool {
    if p >= q && k == 1 { return true }
    let first = UInt64(half())
    if let decided = Self.decides(first, p, q, k) { return decided }
    return bernoulli(p, of: q * UInt128(k), after: first)
  }

  /// Whether every u in [first, first + 1) / 2³² is below p / (q · k), or none is; nil if neither.
  @inline(__always)
  static func decides(_ first: UInt64, _ p: UInt128, _ q: UInt128, _ k: UInt64) -> Bool? {
    // The 27 leading digits of q, and those of p at the same places.
    let shift = UInt128(truncatingIfNeeded: q.leadingZeroBitCount)
    let (top, part) = (UInt64(truncatingIfNeeded: (q &<< shift) &>> 101), (p &<< shift) &>> 101)
    let least = UInt64(truncatingIfNeeded: part) &<< 32
    if (first &+ 1) &* (top &+ 1) &* k <= least { return true }
    if first &* top &* k >= least &+ (1 &<< 32) { return false }
    return nil
  }

  /// True with probability that u < p / q, where u begins with the 32 binary digits of `first`.
  mutating func bernoulli(_ p: UInt128, of q: UInt128, after first: UInt64) -> Bool {
    var (rest, place) = (p, 32)
    while true {
      rest <<= 1
      let digit = rest >= q
      if digit { rest -= q }
      place -= 1
      let drawn = place >= 0 ? first >> UInt64(place) & 1 == 1 : bit()
      if drawn != digit { return digit }
    }
  }

  /// True with probability exp(−1).
  ///
  /// With γ = 1 algorithm 1 passes k with probability 1 / k!, so one number below 12! says where it
  /// ends; it says so for all but one in 12!.
  @inline(__always)
  mutating func bernoulliExpOne() -> Bool {
    let n = uniform(belowHalf: Self.factorial12)
    if n >= Self.factorial12 / 2 { return false }
    if n >= Self.factorial12 / 6 { return true }
    return bernoulliExpOne(rest: n)
  }

  private static let factorial12: UInt32 = 479_001_600

  private mutating func bernoulliExpOne(rest n: UInt32) -> Bool {
    var (k, threshold) = (3 as UInt64, Self.factorial12 / 6)
    while n < threshold {
      k += 1
      if k > 12 { break }
      threshold /= UInt32(k)
    }
    if k > 12 {
      while uniform(below: k) == 0 { k += 1 }
    }
    return k & 1 == 1
  }

  /// True with probability exp(−x), for x = p / q ≤ 1.
  @inline(__always)
  mutating func bernoulliExp(_ p: UInt128, of q: UInt128) -> Bool {
    var k: UInt64 = 1
    while passes(k, p, q) { k += 1 }
    return k & 1 == 1
  }

  /// True with probability exp(−x · y), for x = p / a ≤ 1 and y = r / b ≤ 1.
  ///
  /// A coin of x · y / k is two coins that both fall on true, so that no product is ever formed.
  @inline(__always)
  mutating func bernoulliExpProduct(
    _ p: UInt128, of a: UInt128, times r: UInt128, of b: UInt128
  ) -> Bool {
    var k: UInt64 = 1
    while bernoulli(p, of: a), passes(k, r, b) { k += 1 }
    return k & 1 == 1
  }

  /// True with probability p / (q · k), for any k.
  @inline(__always)
  private mutating func passes(_ k: UInt64, _ p: UInt128, _ q: UInt128) -> Bool {
    if k <= 16 { return bernoulli(p, of: q, over: k) }
    return bernoulli(p, of: q) && uniform(below: k) == 0
  }
}
