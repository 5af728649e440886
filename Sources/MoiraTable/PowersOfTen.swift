/// The 128 leading bits of the powers of ten from 10^-342 to 10^308, for reading and not rounding twice.
///
/// 10^q = 5^q · 2^q, so the bits are those of 5^q. Positive powers are cut off, negative ones down
/// to -27 rounded up and below cut off, as the proof in the source asks. Computed exactly when first
/// needed, with whole numbers: about 650 steps on at most 20 words.
///
/// Source: Lemire, "Number parsing at a gigabyte per second" (Software: Practice and Experience 51,
/// 2021), section 5 and appendix B.
enum PowersOfTen {
  static let smallest = -342
  static let largest = 308
  /// Where 10^0 to 10^7 as whole numbers stand, after the leading bits.
  static let whole = 2 * (largest - smallest + 1)

  /// High and low word of each power, in turn. Lives as long as the process.
  ///
  /// `nonisolated(unsafe)`: written here only, before anybody sees it.
  nonisolated(unsafe) static let words: UnsafePointer<UInt64> = {
    let table = UnsafeMutablePointer<UInt64>.allocate(capacity: whole + 8)
    table[whole] = 1
    for exponent in 1..<8 { table[whole + exponent] = table[whole + exponent - 1] * 10 }
    func put(_ exponent: Int, _ bits: (high: UInt64, low: UInt64)) {
      table[2 * (exponent - smallest)] = bits.high
      table[2 * (exponent - smallest) + 1] = bits.low
    }
    var power: [UInt64] = [1]
    for exponent in 0...largest {
      put(exponent, leadingBits(power))
      multiplyByFive(&power)
    }
    // floor(2^1088 / 5^n): flooring at each step equals flooring once.
    var inverse = [UInt64](repeating: 0, count: 17) + [1]
    for exponent in (smallest...(-1)).reversed() {
      divideByFive(&inverse)
      let bits = leadingBits(inverse)
      put(exponent, exponent >= -27 ? successor(of: bits) : bits)
    }
    return UnsafePointer(table)
  }()

  /// The 128 highest bits, the first of them 1. Words from low to high.
  private static func leadingBits(_ words: [UInt64]) -> (high: UInt64, low: UInt64) {
    let top = words.lastIndex { $0 != 0 } ?? 0
    func word(_ index: Int) -> UInt64 { index >= 0 ? words[index] : 0 }
    let shift = UInt64(words[top].leadingZeroBitCount)
    if shift == 0 { return (word(top), word(top - 1)) }
    let high = word(top) << shift | word(top - 1) >> (64 - shift)
    let low = word(top - 1) << shift | word(top - 2) >> (64 - shift)
    return (high, low)
  }

  private static func successor(
    of bits: (high: UInt64, low: UInt64)
  ) -> (high: UInt64, low: UInt64) {
    let (low, carries) = bits.low.addingReportingOverflow(1)
    return (bits.high &+ (carries ? 1 : 0), low)
  }

  private static func multiplyByFive(_ words: inout [UInt64]) {
    var carry: UInt64 = 0
    for index in words.indices {
      let product = words[index].multipliedFullWidth(by: 5)
      let (low, overflows) = product.low.addingReportingOverflow(carry)
      words[index] = low
      carry = product.high &+ (overflows ? 1 : 0)
    }
    if carry > 0 { words.append(carry) }
  }

  private static func divideByFive(_ words: inout [UInt64]) {
    var rest: UInt64 = 0
    for index in words.indices.reversed() {
      (words[index], rest) = (5 as UInt64).dividingFullWidth((rest, words[index]))
    }
  }
}
