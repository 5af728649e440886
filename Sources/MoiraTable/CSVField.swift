/// One field of a CSV file, without its quotes.
struct CSVField {
  enum Flaw { case unterminatedQuote, strayQuote, tooLong }

  typealias Bytes = UnsafePointer<UInt8>

  let start: Bytes
  let count: Int
  /// Whether a quote stands doubled in it, so that it must be copied to be read.
  let hasDoubledQuotes: Bool
  let isQuoted: Bool
  /// The delimiter or newline after the field, or the end of the text.
  let next: Bytes
  let flaw: Flaw?

  /// The field that starts at `start`.
  init(at start: Bytes, to end: Bytes, _ dialect: CSVDialect) {
    self =
      start < end && start.pointee == dialect.quote
      ? CSVField(quotedAt: start, to: end, dialect) : CSVField(plainAt: start, to: end, dialect)
  }

  private init(plainAt start: Bytes, to end: Bytes, _ dialect: CSVDialect) {
    let next = dialect.nextSpecial(start, end)
    let isStray = next < end && next.pointee == dialect.quote
    let isLast = next == end || next.pointee == CSVDialect.newline
    let carriageReturn =
      isLast && next > start && (next - 1).pointee == CSVDialect.carriageReturn
    self.start = start
    count = next - start - (carriageReturn ? 1 : 0)
    hasDoubledQuotes = false
    isQuoted = false
    self.next = next
    flaw = isStray ? .strayQuote : count > CSVLimits.fieldBytes ? .tooLong : nil
  }

  private init(quotedAt opening: Bytes, to end: Bytes, _ dialect: CSVDialect) {
    var cursor = opening + 1
    var doubled = false
    while true {
      cursor = dialect.nextQuote(cursor, end)
      guard cursor + 1 < end, (cursor + 1).pointee == dialect.quote else { break }
      doubled = true
      cursor += 2
    }
    start = opening + 1
    count = cursor - start
    hasDoubledQuotes = doubled
    isQuoted = true
    guard cursor < end else {
      next = end
      flaw = .unterminatedQuote
      return
    }
    var after = cursor + 1
    if after < end, after.pointee == CSVDialect.carriageReturn,
      after + 1 == end || (after + 1).pointee == CSVDialect.newline
    {
      after += 1
    }
    next = after
    let isClean =
      after == end || after.pointee == dialect.delimiter || after.pointee == CSVDialect.newline
    flaw = !isClean ? .strayQuote : count > CSVLimits.fieldBytes ? .tooLong : nil
  }

  /// Lends the field's text, doubled quotes made single.
  @inline(__always)
  func withText<Result>(
    _ quote: UInt8, _ scratch: inout [UInt8], _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    let raw = UnsafeBufferPointer(start: start, count: count)
    guard hasDoubledQuotes else { return body(raw) }
    scratch.removeAll(keepingCapacity: true)
    var index = 0
    while index < raw.count {
      scratch.append(raw[index])
      index += raw[index] == quote ? 2 : 1
    }
    return scratch.withUnsafeBufferPointer(body)
  }
}
