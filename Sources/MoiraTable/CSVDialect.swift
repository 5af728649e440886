/// The bytes that mean something in a CSV file, and finding them.
struct CSVDialect: Sendable {
  typealias Bytes = UnsafePointer<UInt8>

  static let newline: UInt8 = 0x0A
  static let carriageReturn: UInt8 = 0x0D

  let delimiter: UInt8
  let quote: UInt8
  private let delimiters: UInt64
  private let quotes: UInt64
  private static let newlines: UInt64 = ones &* UInt64(newline)
  private static let ones: UInt64 = 0x0101_0101_0101_0101

  init(_ options: CSVOptions) throws(CSVError) {
    delimiter = options.delimiter
    quote = options.quote
    delimiters = Self.ones &* UInt64(options.delimiter)
    quotes = Self.ones &* UInt64(options.quote)
    let ends = [Self.newline, Self.carriageReturn]
    guard delimiter != quote, !ends.contains(delimiter), !ends.contains(quote) else {
      throw .dialect
    }
  }

  /// The first delimiter, quote or newline from `start` on, or `end`. Eight bytes at a time.
  @inline(__always)
  func nextSpecial(_ start: Bytes, _ end: Bytes) -> Bytes {
    var cursor = start
    while end - cursor >= 8 {
      let word = UInt64(
        littleEndian: UnsafeRawPointer(cursor).loadUnaligned(as: UInt64.self))
      let found =
        Self.zeroBytes(word ^ delimiters) | Self.zeroBytes(word ^ quotes)
        | Self.zeroBytes(word ^ Self.newlines)
      if found != 0 { return cursor + found.trailingZeroBitCount >> 3 }
      cursor += 8
    }
    while cursor < end {
      let byte = cursor.pointee
      if byte == delimiter || byte == quote || byte == Self.newline { return cursor }
      cursor += 1
    }
    return end
  }

  /// The first quote from `start` on, or `end`.
  @inline(__always)
  func nextQuote(_ start: Bytes, _ end: Bytes) -> Bytes {
    var cursor = start
    while end - cursor >= 8 {
      let word = UInt64(
        littleEndian: UnsafeRawPointer(cursor).loadUnaligned(as: UInt64.self))
      let found = Self.zeroBytes(word ^ quotes)
      if found != 0 { return cursor + found.trailingZeroBitCount >> 3 }
      cursor += 8
    }
    while cursor < end, cursor.pointee != quote { cursor += 1 }
    return cursor
  }

  /// Marks bytes that are zero by their highest bit; exact up to the first.
  @inline(__always)
  private static func zeroBytes(_ word: UInt64) -> UInt64 {
    (word &- ones) & ~word & 0x8080_8080_8080_8080
  }
}
