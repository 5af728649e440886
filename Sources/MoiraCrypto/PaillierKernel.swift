internal import CKernels
internal import MoiraModel

/// What calculates for Paillier. Each gives the same plaintexts and, for the same generator, the
/// same ciphertexts.
public enum PaillierKernel: String, Hashable, Codable, Sendable, CaseIterable {
  /// GMP's functions for secrets, everywhere.
  case portable
  /// Eight numbers at a time where the processor has AVX-512 IFMA, or `portable`.
  ///
  /// At its first use it is compared with GMP, on numbers of every size that is used. If one
  /// differs, `best` is `portable` for ever.
  case best

  /// What `best` is here: `ifma` or `portable`.
  public static var nameOfBest: String { bestLevel > 0 ? "ifma" : "portable" }

  /// The arithmetic modulo m².
  func pairs(modulo modulus: borrowing BigInteger) -> any PairArithmetic {
    if self == .best, Self.bestLevel > 0 { return VectorPairs(modulus: modulus) }
    return PortablePairs(modulus: modulus)
  }

  /// Chosen once in a process.
  private static let bestLevel = checked(ck_widest_pair_level(), VectorPairs.self)

  /// The level itself if its numbers are those of GMP, otherwise 0.
  ///
  /// - Parameter arithmetic: What the level does; a test hands in one that is wrong.
  static func checked(_ level: Int32, _ arithmetic: any PairArithmetic.Type) -> Int32 {
    guard level > 0 else { return 0 }
    var generator = SeededGenerator(seed: 1)
    // Primes and moduli of all key lengths.
    for bits in [1024, 1536, 2048, 3072, 4096] {
      let modulus = BigInteger(words: oddWords(bits / 64, using: &generator))
      let pairs = arithmetic.init(modulus: modulus)
      guard isRight(pairs, modulus, &generator) else { return 0 }
      if bits >= 2048 {
        guard isTableRight(pairs, modulus, &generator) else { return 0 }
      }
    }
    return level
  }

  private static func isRight(
    _ pairs: any PairArithmetic, _ modulus: borrowing BigInteger,
    _ generator: inout SeededGenerator
  ) -> Bool {
    let numbers = PairNumbers(count: 8, modulus, pairs.digitWords, using: &generator)
    let exponent: [UInt] = [UInt(generator.next()), UInt(generator.next() >> 1)]
    let expected = numbers.map(modulus) { number, square in
      number.power(BigInteger(words: exponent), modulo: square)
    }
    pairs.raise(numbers.words.words, count: 8, to: exponent, bits: 127)
    return numbers.residues(modulus) == expected
  }

  private static func isTableRight(
    _ pairs: any PairArithmetic, _ modulus: borrowing BigInteger,
    _ generator: inout SeededGenerator
  ) -> Bool {
    let numbers = PairNumbers(count: 8, modulus, pairs.digitWords, using: &generator)
    let base = BigInteger(words: (0..<modulus.bitWidth / 64).map { _ in UInt(generator.next()) })
    let digits = (0..<24).map { _ in UInt8(generator.next() & 31) }
    let table = pairs.table(of: base, positions: 3)
    var lane = 0
    let expected = numbers.map(modulus) { number, square in
      let exponent = (0..<3).reduce(0) { $0 | UInt(digits[8 * $1 + lane]) << (5 * UInt($1)) }
      lane += 1
      return (number * base.power(BigInteger(exponent), modulo: square)) % square
    }
    pairs.multiply(numbers.words.words, count: 8, by: table, digits: digits)
    return numbers.residues(modulus) == expected
  }
}

/// Words that look random and are the same in each run; the number is odd, and its top bit is set.
private func oddWords(_ count: Int, using generator: inout SeededGenerator) -> [UInt] {
  var words = (0..<count).map { _ in UInt(generator.next()) }
  words[0] |= 1
  words[count - 1] |= 1 << 63
  return words
}

/// Some numbers modulo m² as pairs, with what they are.
private struct PairNumbers: ~Copyable {
  let words: WordBuffer
  let count: Int
  let digitWords: Int

  init(
    count: Int, _ modulus: borrowing BigInteger, _ digitWords: Int,
    using generator: inout SeededGenerator
  ) {
    self.count = count
    self.digitWords = digitWords
    words = WordBuffer(count * 2 * digitWords)
    for index in 0..<count {
      let number = BigInteger(
        words: (0..<2 * digitWords - 2).map { _ in UInt(generator.next()) })
      writePair(number, of: modulus, to: words.words + index * 2 * digitWords, digitWords)
    }
  }

  /// What becomes of each number, modulo m².
  func map(
    _ modulus: borrowing BigInteger,
    _ body: (borrowing BigInteger, borrowing BigInteger) -> BigInteger
  ) -> [[UInt]] {
    let square = modulus * modulus
    return (0..<count).map { index in
      let pair = words.words + index * 2 * digitWords
      let low = BigInteger(words: pair, count: digitWords)
      let high = BigInteger(words: pair + digitWords, count: digitWords)
      return (body((low + high * modulus) % square, square) % square).words(2 * digitWords)
    }
  }

  func residues(_ modulus: borrowing BigInteger) -> [[UInt]] {
    map(modulus) { number, _ in number + BigInteger(0) }
  }
}
