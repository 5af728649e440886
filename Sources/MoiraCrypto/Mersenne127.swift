/// An element of GF(p), p = 2¹²⁷ − 1: the field for vectors.
///
/// A sum of 2¹⁰ words of 64 bits with sign stays below 2⁷³ in magnitude, far below p / 2: it does
/// not wrap, and is the integer sum. p = 2⁶¹ − 1 would be too small for sums of 62 bits.
struct Mersenne127: ShamirField {
  static let prime: UInt128 = (1 << 127) - 1
  static let zero = Self(unchecked: 0)
  static let one = Self(unchecked: 1)

  /// 0 ..< p.
  let value: UInt128

  @inline(__always)
  init(unchecked value: UInt128) { self.value = value }

  init(_ point: Int) { value = UInt128(point) }

  /// nil unless below p.
  init?(low: UInt64, high: UInt64) {
    let value = UInt128(high) << 64 | UInt128(low)
    guard value < Self.prime else { return nil }
    self.value = value
  }

  /// 128 random bits as an element, within 2⁻¹²⁶ of uniform: p is taken for zero.
  @inline(__always)
  init(random low: UInt64, _ high: UInt64) {
    let value = (UInt128(high) << 64 | UInt128(low)) & Self.prime
    self.value = value == Self.prime ? 0 : value
  }

  /// A word of the ring ℤ₂⁶⁴ as the integer that it stands for in two's complement.
  @inline(__always)
  init(ringWord word: UInt64) {
    let signed = Int64(bitPattern: word)
    value = signed < 0 ? Self.prime &- UInt128(signed.magnitude) : UInt128(word)
  }

  /// The integer nearest to zero that the element stands for, as a word of ℤ₂⁶⁴; nil if its
  /// magnitude is over the limit.
  func ringWord(limit: UInt128) -> UInt64? {
    let isNegative = value > Self.prime / 2
    let magnitude = isNegative ? Self.prime &- value : value
    guard magnitude <= limit else { return nil }
    let low = UInt64(truncatingIfNeeded: magnitude)
    return isNegative ? 0 &- low : low
  }

  @inline(__always)
  private static func folded(_ value: UInt128) -> UInt128 { (value & prime) &+ (value >> 127) }

  @inline(__always)
  private static func reduced(_ value: UInt128) -> Self {
    let folded = folded(value)
    return Self(unchecked: folded >= prime ? folded &- prime : folded)
  }

  @inline(__always)
  static func + (left: Self, right: Self) -> Self { reduced(left.value &+ right.value) }

  @inline(__always)
  static func - (left: Self, right: Self) -> Self {
    reduced(left.value &+ prime &- right.value)
  }

  /// By four products of 64 bits; 2¹²⁷ ≡ 1 and 2¹²⁸ ≡ 2.
  @inline(__always)
  static func * (left: Self, right: Self) -> Self {
    let (a0, a1) = (left.value & mask64, left.value >> 64)
    let (b0, b1) = (right.value & mask64, right.value >> 64)
    let low = a0 &* b0
    // Both below 2¹²⁷, as the upper halves have 63 bits.
    let middle = a1 &* b0 &+ a0 &* b1
    let high = a1 &* b1
    let upper = folded(2 &* high &+ (middle & mask63) << 64)
    let lower = folded(low) &+ middle >> 63
    return reduced(folded(upper) &+ folded(lower))
  }

  /// p − 2 = 2¹²⁷ − 3.
  var inverse: Self { power((0..<127).reversed().map { $0 != 1 }) }
}

private let mask64: UInt128 = (1 << 64) - 1
private let mask63: UInt128 = (1 << 63) - 1
