/// What a first look at a chunk of a CSV file finds, before it is known whether it starts in quotes.
///
/// Quotes are balanced in a well-formed file, so the number of quotes before a newline says whether
/// the newline ends a row. Without knowing what came before the chunk, both cases are counted.
struct CSVScan: Sendable {
  /// Newlines after an even number of the chunk's quotes, and after an odd one.
  private var newlines = (even: 0, odd: 0)
  /// The offset of the first of either.
  private var first: (even: Int?, odd: Int?) = (nil, nil)
  /// Whether the number of quotes so far is odd.
  private(set) var isOdd = false

  /// O(n): vectors where there is no quote, single bytes where there is one.
  init(_ bytes: UnsafeBufferPointer<UInt8>, quote: UInt8) {
    guard let base = bytes.baseAddress else { return }
    var offset = 0
    while bytes.count - offset >= Self.piece {
      let found = Self.countInPiece(base + offset, quote)
      if found.quotes > 0 {
        walk(base, offset..<offset + Self.piece, quote)
      } else if found.newlines > 0 {
        note(found.newlines, firstAt: { Self.newline(base, from: offset) })
      }
      offset += Self.piece
    }
    walk(base, offset..<bytes.count, quote)
  }

  /// How many newlines end rows, when the chunk starts inside quotes or outside.
  func rowEnds(startingInQuotes: Bool) -> Int { startingInQuotes ? newlines.odd : newlines.even }

  /// Where the first newline that ends a row is, from the chunk's start.
  func firstRowEnd(startingInQuotes: Bool) -> Int? { startingInQuotes ? first.odd : first.even }

  /// Bytes looked at together: few enough that a byte counts the hits of each lane.
  private static let piece = 4096

  private static func countInPiece(
    _ start: UnsafePointer<UInt8>, _ quote: UInt8
  ) -> (newlines: Int, quotes: Int) {
    let raw = UnsafeRawPointer(start)
    let newline = SIMD32<UInt8>(repeating: CSVDialect.newline)
    let quotes = SIMD32<UInt8>(repeating: quote)
    var newlineHits = SIMD32<UInt8>()
    var quoteHits = SIMD32<UInt8>()
    for offset in stride(from: 0, to: piece, by: 32) {
      let vector = raw.loadUnaligned(fromByteOffset: offset, as: SIMD32<UInt8>.self)
      // A hit is 0xFF, so taking it away adds one.
      newlineHits &-= unsafeBitCast(vector .== newline, to: SIMD32<UInt8>.self)
      quoteHits &-= unsafeBitCast(vector .== quotes, to: SIMD32<UInt8>.self)
    }
    return (sum(newlineHits), sum(quoteHits))
  }

  private static func sum(_ hits: SIMD32<UInt8>) -> Int {
    Int(SIMD32<UInt16>(truncatingIfNeeded: hits).wrappedSum())
  }

  private static func newline(_ base: UnsafePointer<UInt8>, from offset: Int) -> Int {
    var place = offset
    while base[place] != CSVDialect.newline { place += 1 }
    return place
  }

  private mutating func walk(
    _ base: UnsafePointer<UInt8>, _ range: Range<Int>, _ quote: UInt8
  ) {
    for offset in range {
      if base[offset] == quote {
        isOdd.toggle()
      } else if base[offset] == CSVDialect.newline {
        note(1, firstAt: { offset })
      }
    }
  }

  @inline(__always)
  private mutating func note(_ count: Int, firstAt place: () -> Int) {
    if isOdd {
      newlines.odd += count
      if first.odd == nil { first.odd = place() }
    } else {
      newlines.even += count
      if first.even == nil { first.even = place() }
    }
  }
}
