import Crypto
import MoiraModel
import Testing
import _CryptoExtras

@testable import class MoiraCrypto.BufferedSecureGenerator

@Suite struct `Buffered secure generator` {
  /// Words of AES-256 in counter mode from block 0 on, by the block cipher alone.
  private func keystream(_ key: [UInt64], words: Int) throws -> [UInt64] {
    let bytes = key.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
    return try (0..<(words + 1) / 2).flatMap { index in
      var block = withUnsafeBytes(of: UInt128(index).bigEndian) { Array($0) }
      try AES.permute(&block, key: SymmetricKey(data: bytes))
      return block.withUnsafeBytes { raw in
        [0, 8].map { UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: $0, as: UInt64.self)) }
      }
    }
  }

  @Test("words are the keystream behind the next key, and the next key makes the next ones")
  func fastKeyErasure() throws {
    var key: [UInt64] = [1, 2, 3, 0xFEDC_BA98_7654_3210]
    let generator = BufferedSecureGenerator(key: key)
    for _ in 0..<3 {
      let expected = try keystream(key, words: BufferedSecureGenerator.wordsPerKey + 4)
      let drawn = (0..<BufferedSecureGenerator.wordsPerKey).map { _ in generator.next() }
      #expect(drawn == Array(expected[4...]))
      key = Array(expected[..<4])
    }
  }

  @Test("who reads the memory finds no word that was drawn before, and no key that made it")
  func forwardSecrecy() throws {
    let key: [UInt64] = [5, 6, 7, 8]
    let generator = BufferedSecureGenerator(key: key)
    let drawn = (0..<1000).map { _ in generator.next() }
    let left = Mirror(reflecting: generator).children.flatMap { $0.value as? [UInt64] ?? [] }
    #expect(left.count == BufferedSecureGenerator.wordsPerKey + 4)
    #expect(Set(left).isDisjoint(with: drawn))
    // The key of what comes next would be the first four words of the keystream.
    #expect(Set(left).isDisjoint(with: try keystream(key, words: 4)))
    #expect(left.contains { $0 != 0 })
  }

  @Test("many words at once are the same words", arguments: [1, 3, 511, 2044, 5000])
  func filling(count: Int) {
    let (one, other) = (
      BufferedSecureGenerator(key: [9, 9, 9, 9]), BufferedSecureGenerator(key: [9, 9, 9, 9])
    )
    for _ in 0..<4 {
      var words = [UInt64](repeating: 1, count: count)
      one.fill(&words)
      let single = (0..<count).map { _ in other.next() }
      #expect(words == single)
      #expect(one.next() == other.next())
    }
  }

  @Test("a second name for a generator draws on, and never the same words again")
  func noCopies() {
    let generator = BufferedSecureGenerator(key: [1, 1, 1, 1])
    let other = generator
    let words = (0..<100).map { _ in generator.next() } + (0..<100).map { _ in other.next() }
    #expect(Set(words).count == 200)
  }

  @Test("two that the system keys differ, and their bytes are uniform")
  func system() {
    let (one, other) = (BufferedSecureGenerator(), BufferedSecureGenerator())
    #expect(one.next() != other.next())
    var seen = [Int](repeating: 0, count: 256)
    for _ in 0..<20_000 {
      let word = one.next()
      for shift in stride(from: 0, to: 64, by: 8) { seen[Int(word >> UInt64(shift) & 255)] += 1 }
    }
    let expected = 20_000.0 * 8 / 256
    let distance = seen.reduce(0) {
      $0 + (Double($1) - expected) * (Double($1) - expected) / expected
    }
    // χ² with 255 degrees of freedom is above 405 with probability below 10⁻⁹.
    #expect(distance < 405)
  }
}
