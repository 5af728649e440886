/// Reads decimal numbers out of bytes: `-1`, `.5`, `3.`, `+6.02e23`; not `inf`, `nan` or `0x1p3`.
///
/// The result is the nearest double, ties to even, whatever the number of digits.
struct DecimalNumber {
  private let powers = PowersOfTen.words

  typealias Bytes = UnsafePointer<UInt8>

  /// The longest text that is read at all.
  static let lengthLimit = 1 << 20

  /// Reads the number that starts at `start`, and says where it ends; nil when there is none or when
  /// it has more than 19 digits, which `value(of:)` can read.
  @inline(__always)
  func prefix(from start: Bytes, to end: Bytes) -> (value: Double, end: Bytes)? {
    var cursor = start
    guard cursor < end else { return nil }
    // Signs are as good as random: no branch may hang on them.
    let sign = cursor.pointee
    cursor += (sign == 0x2D ? 1 : 0) | (sign == 0x2B ? 1 : 0)
    var mantissa: UInt64 = 0
    let first = cursor
    // Mostly few digits stand before the point.
    while cursor < end, cursor.pointee &- 0x30 <= 9 {
      mantissa = mantissa &* 10 &+ UInt64(cursor.pointee &- 0x30)
      cursor += 1
    }
    var digits = cursor - first
    var exponent = 0
    if cursor < end, cursor.pointee == 0x2E {
      cursor += 1
      let point = cursor
      cursor = readDigits(cursor, end, &mantissa)
      exponent = point - cursor
      digits &-= exponent
    }
    guard digits > 0, digits <= 19 else { return nil }
    if cursor < end, cursor.pointee | 0x20 == 0x65 {
      guard let read = Self.readExponent(cursor + 1, end) else { return nil }
      cursor = read.end
      exponent &+= read.exponent
    }
    let value = DecimalRounding.double(mantissa, exponent: exponent, powers: powers)
    let minus: UInt64 = (sign == 0x2D ? 1 : 0) &<< 63
    return (Double(bitPattern: value.bitPattern | minus), cursor)
  }

  /// Adds the digits from `start` on to the mantissa, eight at a time; wraps after 19 of them.
  @inline(__always)
  private func readDigits(_ start: Bytes, _ end: Bytes, _ mantissa: inout UInt64) -> Bytes {
    var cursor = start
    while end - cursor >= 8 {
      let word = UInt64(
        littleEndian: UnsafeRawPointer(cursor).loadUnaligned(as: UInt64.self))
      let values = word ^ 0x3030_3030_3030_3030
      let others =
        ((values & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7676_7676_7676_7676 | values)
        & 0x8080_8080_8080_8080
      if others == 0 {
        mantissa = mantissa &* 100_000_000 &+ Self.eightDigits(values)
        cursor += 8
        continue
      }
      let count = others.trailingZeroBitCount >> 3
      if count > 0 {
        let shifted = values &<< UInt64(64 &- 8 &* count)
        mantissa = mantissa &* powers[PowersOfTen.whole &+ count] &+ Self.eightDigits(shifted)
      }
      return cursor + count
    }
    while cursor < end, cursor.pointee &- 0x30 <= 9 {
      mantissa = mantissa &* 10 &+ UInt64(cursor.pointee &- 0x30)
      cursor += 1
    }
    return cursor
  }

  /// The number that eight digits make, the first in the lowest byte: three multiplications.
  @inline(__always)
  private static func eightDigits(_ values: UInt64) -> UInt64 {
    let pairs = values &* 10 &+ (values >> 8)
    let low = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
    let high = (pairs >> 16 & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
    return (low &+ high) >> 32
  }

  /// Reads what stands after `e`. Beyond 10^6 it stays there: all such numbers are 0 or infinite.
  @inline(never)
  private static func readExponent(_ start: Bytes, _ end: Bytes) -> (exponent: Int, end: Bytes)? {
    var cursor = start
    guard cursor < end else { return nil }
    let isNegative = cursor.pointee == 0x2D
    if isNegative || cursor.pointee == 0x2B { cursor += 1 }
    let first = cursor
    var exponent = 0
    while cursor < end, cursor.pointee &- 0x30 <= 9 {
      exponent = min(exponent * 10 + Int(cursor.pointee &- 0x30), 10_000_000)
      cursor += 1
    }
    return cursor == first ? nil : (isNegative ? -exponent : exponent, cursor)
  }
}

extension DecimalNumber {
  /// The number that all the bytes make, spaces and tabs around it aside; nil when they make none.
  @inline(never)
  func value(of bytes: UnsafeBufferPointer<UInt8>) -> Double? {
    guard var start = bytes.baseAddress, bytes.count <= Self.lengthLimit else { return nil }
    var end = start + bytes.count
    while start < end, Self.isBlank(start.pointee) { start += 1 }
    while start < end, Self.isBlank((end - 1).pointee) { end -= 1 }
    if let short = prefix(from: start, to: end), short.end == end { return short.value }
    return longValue(UnsafeBufferPointer(start: start, count: end - start))
  }

  /// A number of any number of digits: 19 decide nearly always, the standard library the rest.
  private func longValue(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
    guard let long = LongDecimal(bytes) else { return nil }
    let low = DecimalRounding.double(long.mantissa, exponent: long.exponent, powers: powers)
    if long.isCut {
      let high = DecimalRounding.double(
        long.mantissa &+ 1, exponent: long.exponent, powers: powers)
      if low != high { return Double(String(decoding: bytes, as: UTF8.self)) }
    }
    return long.isNegative ? -low : low
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

/// A decimal number cut to its first 19 significant digits.
private struct LongDecimal {
  var mantissa: UInt64 = 0
  var exponent = 0
  var isNegative = false
  /// Whether digits other than 0 were left out.
  var isCut = false

  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    var index = 0
    func byte() -> UInt8? { index < bytes.count ? bytes[index] : nil }
    isNegative = byte() == 0x2D
    if isNegative || byte() == 0x2B { index += 1 }
    var kept = 0
    var digits = 0
    var isFraction = false
    while let next = byte() {
      if next == 0x2E, !isFraction {
        isFraction = true
      } else if next &- 0x30 <= 9 {
        digits += 1
        take(UInt64(next &- 0x30), isFraction: isFraction, kept: &kept)
      } else {
        break
      }
      index += 1
    }
    guard digits > 0 else { return nil }
    if let next = byte() {
      guard next | 0x20 == 0x65, let read = Self.exponent(bytes, from: index + 1) else {
        return nil
      }
      exponent += read
    }
  }

  private mutating func take(_ digit: UInt64, isFraction: Bool, kept: inout Int) {
    if kept < 19 {
      mantissa = mantissa * 10 + digit
      if mantissa > 0 { kept += 1 }
      if isFraction { exponent -= 1 }
    } else {
      if digit > 0 { isCut = true }
      if !isFraction { exponent += 1 }
    }
  }

  /// The exponent that takes up all the bytes from `start` on.
  private static func exponent(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    var index = start
    guard index < bytes.count else { return nil }
    let isNegative = bytes[index] == 0x2D
    if isNegative || bytes[index] == 0x2B { index += 1 }
    guard index < bytes.count else { return nil }
    var exponent = 0
    for byte in bytes[index...] {
      guard byte &- 0x30 <= 9 else { return nil }
      exponent = min(exponent * 10 + Int(byte &- 0x30), 10_000_000)
    }
    return isNegative ? -exponent : exponent
  }
}
