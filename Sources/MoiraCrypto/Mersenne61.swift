/// A prime field in which secrets and vectors are shared.
protocol ShamirField: Hashable, Sendable {
  static var zero: Self { get }
  static var one: Self { get }
  /// A small integer, such as a party's point.
  init(_ point: Int)
  static func + (left: Self, right: Self) -> Self
  static func - (left: Self, right: Self) -> Self
  static func * (left: Self, right: Self) -> Self
  /// x⁻¹ by Fermat's little theorem; zero of zero.
  var inverse: Self { get }
}

extension ShamirField {
  /// x to the power of a number given bit by bit, the highest first.
  func power(_ bits: some Sequence<Bool>) -> Self {
    var result = Self.one
    for bit in bits {
      result = result * result
      if bit { result = result * self }
    }
    return result
  }
}

/// An element of GF(p), p = 2⁶¹ − 1: the field for the limbs of short secrets.
struct Mersenne61: ShamirField {
  static let prime: UInt64 = (1 << 61) - 1
  static let zero = Self(unchecked: 0)
  static let one = Self(unchecked: 1)

  /// 0 ..< p.
  let value: UInt64

  @inline(__always)
  init(unchecked value: UInt64) { self.value = value }

  init(_ point: Int) { value = UInt64(point) }

  /// nil unless below p.
  init?(_ value: UInt64) {
    guard value < Self.prime else { return nil }
    self.value = value
  }

  /// 64 random bits as an element, within 2⁻⁵⁷ of uniform: p is taken for zero.
  init(random word: UInt64) {
    let low = word & Self.prime
    value = low == Self.prime ? 0 : low
  }

  @inline(__always)
  private static func reduced(_ value: UInt64) -> Self {
    Self(unchecked: value >= prime ? value &- prime : value)
  }

  @inline(__always)
  static func + (left: Self, right: Self) -> Self { reduced(left.value &+ right.value) }

  @inline(__always)
  static func - (left: Self, right: Self) -> Self {
    reduced(left.value &+ prime &- right.value)
  }

  /// 2⁶¹ ≡ 1: the product's upper 61 bits are added to its lower ones.
  @inline(__always)
  static func * (left: Self, right: Self) -> Self {
    let (high, low) = left.value.multipliedFullWidth(by: right.value)
    return reduced((high << 3 | low >> 61) &+ (low & prime))
  }

  var inverse: Self { power((0..<61).reversed().map { (Self.prime - 2) >> $0 & 1 == 1 }) }
}
