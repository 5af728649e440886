/// The double nearest to a decimal number of at most 19 digits, ties to even.
enum DecimalRounding {
  /// mantissa · 10^exponent, correctly rounded; infinite when it is too large.
  ///
  /// Clinger's exact case (PLDI 1990) when both factors are exact doubles; otherwise one or two
  /// products with 128 bits of the power of ten, which always decide.
  ///
  /// Source: Lemire 2021, algorithm 1; Mushtak and Lemire, "Fast number parsing without fallback"
  /// (Software: Practice and Experience 53, 2023).
  @inline(__always)
  static func double(
    _ mantissa: UInt64, exponent: Int, powers: UnsafePointer<UInt64>
  ) -> Double {
    if mantissa <= 1 << 53 && exponent >= -22 && exponent <= 22 {
      // 10^22 = 5^22 · 2^22 and 5^22 < 2^53, so the double is exact.
      let power = exactPower(exponent < 0 ? -exponent : exponent, powers)
      return exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
    }
    return Double(bitPattern: bits(mantissa, exponent, powers))
  }

  /// 10^n for 0 ≤ n ≤ 22 out of its leading bits: no rounding, since 53 of them hold it.
  @inline(__always)
  private static func exactPower(_ n: Int, _ powers: UnsafePointer<UInt64>) -> Double {
    let high = powers[2 * (n - PowersOfTen.smallest)]
    let binary = UInt64(binaryExponent(n) + 1023)
    return Double(bitPattern: binary << 52 | (high &<< 1) >> 12)
  }

  /// floor(log2(10^exponent)), for the exponents of the table.
  @inline(__always)
  private static func binaryExponent(_ exponent: Int) -> Int { (217_706 &* exponent) >> 16 }

  /// The bit pattern of the nearest double.
  @inline(__always)
  private static func bits(
    _ mantissa: UInt64, _ exponent: Int, _ powers: UnsafePointer<UInt64>
  ) -> UInt64 {
    if mantissa == 0 || exponent < PowersOfTen.smallest { return 0 }
    if exponent > PowersOfTen.largest { return infinity }
    let zeros = mantissa.leadingZeroBitCount
    let factor = mantissa &<< UInt64(zeros)
    let entry = powers + 2 &* (exponent &- PowersOfTen.smallest)
    var (high, low) = factor.multipliedFullWidth(by: entry[0])
    if high & 0x1FF == 0x1FF {
      let second = factor.multipliedFullWidth(by: entry[1]).high
      let (sum, overflows) = low.addingReportingOverflow(second)
      low = sum
      if overflows { high &+= 1 }
    }
    let top = high >> 63
    let shift = top &+ 9
    var digits = high &>> shift
    let binary = binaryExponent(exponent) &+ 63 &+ Int(top) &- zeros &+ 1023
    if binary <= 0 { return subnormal(digits, binary) }
    // Exactly between two doubles: only possible for small exponents.
    if low <= 1 && exponent >= -4 && exponent <= 23 && digits & 3 == 1
      && digits &<< shift == high
    {
      digits &= ~1
    }
    return pack(digits, binary)
  }

  /// Rounds 54 bits to 53, which may carry into the exponent.
  @inline(__always)
  private static func pack(_ digits: UInt64, _ exponent: Int) -> UInt64 {
    var rounded = (digits &+ (digits & 1)) >> 1
    var binary = exponent
    if rounded >= 1 << 53 {
      rounded = 1 << 52
      binary &+= 1
    }
    if binary >= 2047 { return infinity }
    return UInt64(binary) &<< 52 | rounded & (1 << 52 - 1)
  }

  private static func subnormal(_ digits: UInt64, _ binary: Int) -> UInt64 {
    let shift = 1 - binary
    if shift >= 64 { return 0 }
    let shifted = digits &>> UInt64(shift)
    // When rounding carries to 2^52, the bits are those of the smallest normal number.
    return (shifted &+ (shifted & 1)) >> 1
  }

  private static let infinity: UInt64 = 0x7FF0_0000_0000_0000
}
