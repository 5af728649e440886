internal import Crypto
public import MoiraModel

/// A secure generator that asks the operating system for a key once, and makes the rest itself.
///
/// AES-256 in counter mode, some thousand words at a time. The first 32 bytes of each keystream are the
/// key of the next one, and the key that made them is gone at once; each word is wiped when it is
/// handed out. So who reads the memory later learns nothing of what was drawn before.
///
/// A class, so that no copy draws the same words again: noise that is used twice hides nothing. Not
/// for more than one thread.
///
/// Source: Bernstein, "Fast-key-erasure random-number generators" (2017); NIST SP 800-38A, section 6.5.
public final class BufferedSecureGenerator: WordSource {
  /// How many words one key makes, the next key's four left out.
  public static let wordsPerKey = 2044
  private static let keyWords = MaskSeed.byteCount / 8

  private var seed: MaskSeed
  private var words = [UInt64](repeating: 0, count: keyWords + wordsPerKey)
  private var used = keyWords + wordsPerKey

  /// Keyed by the operating system's secure generator.
  public convenience init() {
    var system = SystemSecureGenerator()
    self.init(key: (0..<Self.keyWords).map { _ in system.next() })
  }

  /// The same words wherever the seed is the same.
  package convenience init(seed: MaskSeed) {
    self.init(
      key: seed.key.withUnsafeBytes { bytes in
        (0..<Self.keyWords).map {
          UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self))
        }
      })
  }

  /// - Parameter key: four words, as they lie in memory.
  init(key: [UInt64]) {
    precondition(key.count == Self.keyWords)
    seed = Self.seed(of: key[...])
  }

  public func next() -> UInt64 {
    if used == words.count { refill() }
    let word = words[used]
    words[used] = 0
    used += 1
    return word
  }

  public func fill(_ wanted: inout [UInt64]) {
    var filled = 0
    while filled < wanted.count {
      if used == words.count { refill() }
      let count = min(wanted.count - filled, words.count - used)
      for i in 0..<count { wanted[filled + i] = words[used + i] }
      for i in used..<(used + count) { words[i] = 0 }
      used += count
      filled += count
    }
  }

  private func refill() {
    // What is left of the last keystream is zeros: the new one can be added in place.
    MaskStream(seed: seed).apply(.add, to: &words)
    seed = Self.seed(of: words[..<Self.keyWords])
    for i in 0..<Self.keyWords { words[i] = 0 }
    used = Self.keyWords
  }

  private static func seed(of words: ArraySlice<UInt64>) -> MaskSeed {
    var bytes: [UInt8] = []
    for word in words { withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) } }
    return MaskSeed(key: SymmetricKey(data: bytes))
  }
}
