internal import MoiraModel

/// Random words and bits, fetched from a generator some hundred at a time.
///
/// Not generic, so that what draws from it is compiled once and fast, whatever the generator is.
struct RandomBits {
  private let refill: (inout [UInt64]) -> Void
  private var words: [UInt64]
  private var used: Int
  private var bits: UInt64 = 0
  private var bitCount = 0
  private var spareHalf: UInt32?

  /// Lends the generator to `body`. What was fetched and not used is dropped.
  ///
  /// - Parameter wordCount: about how many words will be wanted.
  static func drawing<Result>(
    from generator: inout some RandomNumberGenerator, about wordCount: Int,
    _ body: (inout RandomBits) -> Result
  ) -> Result {
    if let source = generator as? any WordSource {
      var bits = RandomBits(refill: { source.fill(&$0) }, wordCount: wordCount)
      return body(&bits)
    }
    return withoutActuallyEscaping(
      { (words: inout [UInt64]) in
        for i in words.indices { words[i] = generator.next() }
      },
      do: { refill in
        var bits = RandomBits(refill: refill, wordCount: wordCount)
        return body(&bits)
      })
  }

  private init(refill: @escaping (inout [UInt64]) -> Void, wordCount: Int) {
    self.refill = refill
    used = max(8, min(wordCount, 512))
    words = Array(repeating: 0, count: used)
  }

  @inline(__always)
  mutating func word() -> UInt64 {
    if used == words.count {
      refill(&words)
      used = 0
    }
    used += 1
    return words[used - 1]
  }

  /// Half a word.
  @inline(__always)
  mutating func half() -> UInt32 {
    if let half = spareHalf {
      spareHalf = nil
      return half
    }
    let both = word()
    spareHalf = UInt32(truncatingIfNeeded: both >> 32)
    return UInt32(truncatingIfNeeded: both)
  }

  @inline(__always)
  mutating func bit() -> Bool {
    if bitCount == 0 {
      bits = word()
      bitCount = 64
    }
    defer {
      bits >>= 1
      bitCount -= 1
    }
    return bits & 1 == 1
  }

  /// Uniform in 0 ..< bound, without bias.
  ///
  /// Source: Lemire, "Fast random integer generation in an interval" (2019).
  @inline(__always)
  mutating func uniform(below bound: UInt64) -> UInt64 {
    var (high, low) = word().multipliedFullWidth(by: bound)
    guard low < bound else { return high }
    let least = (0 &- bound) % bound
    while low < least { (high, low) = word().multipliedFullWidth(by: bound) }
    return high
  }

  /// The same from half a word.
  @inline(__always)
  mutating func uniform(belowHalf bound: UInt32) -> UInt32 {
    var (high, low) = half().multipliedFullWidth(by: bound)
    guard low < bound else { return high }
    let least = (0 &- bound) % bound
    while low < least { (high, low) = half().multipliedFullWidth(by: bound) }
    return high
  }
}
