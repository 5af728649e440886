/// How words of the ring ℤ₂⁶⁴ lie in plaintexts, so that plaintexts add up as the words do.
///
/// A plaintext has ⌊(bits of n − 1) / w⌋ slots of w bits, the first lowest. A word, as two's
/// complement v, goes into its slot as v + 2^(w−11): w − 10 bits, and 10 bits to spare, so that
/// 2¹⁰ summands do not reach the next slot. From the sum of k summands k·2^(w−11) is taken off: what
/// is left is the sum in the ring, bit by bit. With w = 64, |v| ≤ 2⁵² of `FixedPoint` fits.
///
/// All words have one scale, in the header: nothing on the wire depends on their magnitudes.
public struct PaillierPacking: Hashable, Sendable {
  public static let guardBits = 10
  public static let slotBitsRange = 32...64

  /// w.
  public let slotBits: Int
  /// f: a word counts in units of 2⁻ᶠ; see `FixedPoint`.
  public let scale: Int

  /// nil unless the slots have 32 to 64 bits.
  public init?(slotBits: Int = 64) {
    guard Self.slotBitsRange.contains(slotBits) else { return nil }
    self.slotBits = slotBits
    scale = FixedPoint.fractionBits
  }

  public func slots(bits: Int) -> Int { (bits - 1) / slotBits }

  /// How many ciphertexts `count` words take.
  public func ciphertexts(count: Int, bits: Int) -> Int {
    let slots = slots(bits: bits)
    return (count + slots - 1) / slots
  }

  /// 2^(w−11).
  private var offset: UInt64 { 1 << UInt64(slotBits - Self.guardBits - 1) }
  private var mask: UInt64 { .max >> UInt64(64 - slotBits) }
}

extension PaillierPacking {
  /// Writes some words as a plaintext.
  ///
  /// - Parameters:
  ///   - first: The index of the first word, for the error.
  ///   - plaintext: Zeros, as many words as n has.
  /// - Throws: `PaillierError.wordOutOfRange`.
  func pack(
    _ words: ArraySlice<UInt64>, into plaintext: UnsafeMutablePointer<UInt>
  ) throws(PaillierError) {
    for (slot, index) in words.indices.enumerated() {
      let shifted = words[index] &+ offset
      guard shifted < 2 * offset else {
        throw .wordOutOfRange(index: index, bits: slotBits - Self.guardBits)
      }
      let bit = slot * slotBits
      plaintext[bit / 64] |= UInt(shifted) << (bit % 64)
      if bit % 64 + slotBits > 64 { plaintext[bit / 64 + 1] |= UInt(shifted) >> (64 - bit % 64) }
    }
  }

  /// Reads the summed words of a plaintext that is the sum of `summands` ones.
  ///
  /// - Parameters:
  ///   - plaintext: As many words as n has.
  ///   - range: Which words of the vector stand in it.
  /// - Throws: `PaillierError.sumOutOfRange` where no summands that fit give the slot, or where
  ///   something stands behind the last slot.
  func unpack(
    _ plaintext: UnsafePointer<UInt>, count: Int, of range: Range<Int>, summands: Int,
    into words: UnsafeMutablePointer<UInt64>
  ) throws(PaillierError) {
    let most = UInt64(summands) * (2 * offset - 1)
    for (slot, index) in range.enumerated() {
      let bit = slot * slotBits
      var value = UInt64(plaintext[bit / 64] >> (bit % 64))
      if bit % 64 + slotBits > 64 { value |= UInt64(plaintext[bit / 64 + 1]) << (64 - bit % 64) }
      value &= mask
      guard value <= most else { throw .sumOutOfRange(index: index) }
      words[index] = value &- UInt64(summands) &* offset
    }
    let used = range.count * slotBits
    var rest = plaintext[used / 64] >> (used % 64)
    for index in used / 64 + 1..<max(count, used / 64 + 1) { rest |= plaintext[index] }
    guard rest == 0 else { throw .sumOutOfRange(index: range.upperBound) }
  }
}
