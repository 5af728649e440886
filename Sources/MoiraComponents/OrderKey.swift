/// Doubles as integers in the same order.
enum OrderKey {
  static func key(_ value: Double) -> UInt64 {
    let bits = (value + 0).bitPattern
    return bits >> 63 == 1 ? ~bits : bits | 1 << 63
  }

  static func value(_ key: UInt64) -> Double {
    Double(bitPattern: key >> 63 == 1 ? key & ~(1 << 63) : ~key)
  }

  /// A magnitude as an integer in the same order, of which the first nine bits are enough for
  /// `exponent(ofMagnitude:)`.
  static func magnitude(_ value: Double) -> UInt64 { value.magnitude.bitPattern << 1 }

  /// An e with |x| < 2ᵉ for all values whose magnitude begins with these nine bits; the least such e
  /// for some of them, so that it is at most three too large for others.
  static func exponent(ofMagnitude prefix: UInt64) -> Int { Int(prefix << 2 | 3) - 1022 }

  /// The least e with |x| < 2ᵉ for all values whose key begins with these 12 bits.
  static func exponent(ofPrefix prefix: UInt64) -> Int {
    Int((prefix >> 11 == 1 ? prefix : ~prefix) & 0x7FF) - 1022
  }

  /// An e with |x| < 2ᵉ for all values of the range.
  static func exponent(from low: Double, to high: Double) -> Int {
    max(exponent(ofPrefix: key(low) >> 52), exponent(ofPrefix: key(high) >> 52))
  }
}
