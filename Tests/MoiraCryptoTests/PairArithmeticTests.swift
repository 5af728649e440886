import CKernels
import MoiraModel
import Testing

@testable import MoiraCrypto

/// Pairs whose comb loses one bit.
private final class WrongPairs: PairArithmetic {
  private let right: PortablePairs
  var digitWords: Int { right.digitWords }

  init(modulus: borrowing BigInteger) { right = PortablePairs(modulus: modulus) }

  func raise(
    _ pairs: UnsafeMutablePointer<UInt>, count: Int, to exponent: UnsafePointer<UInt>, bits: Int
  ) { right.raise(pairs, count: count, to: exponent, bits: bits) }

  func table(of base: borrowing BigInteger, positions: Int) -> PairTable {
    right.table(of: base, positions: positions)
  }

  func multiply(
    _ pairs: UnsafeMutablePointer<UInt>, count: Int, by table: PairTable,
    digits: UnsafePointer<UInt8>
  ) {
    right.multiply(pairs, count: count, by: table, digits: digits)
    pairs[(count - 1) * 2 * digitWords] ^= 1
  }
}

@Suite struct `Numbers modulo m² as pairs` {
  @Test("GMP's functions for secrets give what GMP gives")
  func portableIsRight() { #expect(PaillierKernel.checked(1, PortablePairs.self) == 1) }

  @Test("the vector instructions give what GMP gives, where there are some")
  func vectorsAreRight() {
    let level = ck_widest_pair_level()
    #expect(PaillierKernel.nameOfBest == (level == 1 ? "ifma" : "portable"))
    guard level > 0 else { return }
    #expect(PaillierKernel.checked(level, VectorPairs.self) == level)
  }

  @Test("a kernel that errs in one bit of one lane is not used")
  func wrongIsFound() { #expect(PaillierKernel.checked(1, WrongPairs.self) == 0) }

  static let bits = [1024, 1536, 2048, 3072, 4096]

  /// A modulus of ones is the largest, one of 1 and zeros the smallest that is odd.
  static func moduli(_ bits: Int) -> [[UInt]] {
    let words = bits / 64
    var small = [UInt](repeating: 0, count: words)
    small[0] = 1
    small[words - 1] = 1 << 63
    return [[UInt](repeating: .max, count: words), small]
  }

  static func subjects(_ words: [UInt]) -> [any PairArithmetic] {
    let modulus = BigInteger(words: words)
    let portable = PortablePairs(modulus: modulus)
    return ck_widest_pair_level() > 0 ? [portable, VectorPairs(modulus: modulus)] : [portable]
  }

  @Test("the largest digits carry right, at the largest and the smallest modulus", arguments: bits)
  func extremes(bits: Int) {
    for words in Self.moduli(bits) {
      let modulus = BigInteger(words: words)
      let square = modulus * modulus
      for pairs in Self.subjects(words) {
        let size = pairs.digitWords
        let values = WordBuffer(4 * size)
        // Lane 0: all digits 4m − 1, as far as they may go. Lane 1: zero.
        let most = (modulus * BigInteger(4)).lessOne()
        most.write(to: values.words, count: size)
        most.write(to: values.words + size, count: size)
        let exponent: [UInt] = [0xfedc_ba98_7654_3210, 5]
        pairs.raise(values.words, count: 2, to: exponent, bits: 67)
        let expected = (most + most * modulus).power(BigInteger(words: exponent), modulo: square)
        let low = BigInteger(words: values.words, count: size)
        let high = BigInteger(words: values.words + size, count: size)
        let areSmall = low < modulus * BigInteger(4) && high < modulus * BigInteger(4)
        let isRight = (low + high * modulus) % square == expected
        #expect(areSmall && isRight)
        let zero = BigInteger(words: values.words + 2 * size, count: size)
        let zeroes = BigInteger(words: values.words + 3 * size, count: size)
        let isZero = ((zero + zeroes * modulus) % square).isZero
        #expect(isZero)
      }
    }
  }

  @Test("powers with exponent 0 and 1 are one and the number itself")
  func smallExponents() {
    for words in Self.moduli(1024) {
      let modulus = BigInteger(words: words)
      for pairs in Self.subjects(words) {
        let size = pairs.digitWords
        for exponent in [UInt(0), 1] {
          let values = WordBuffer(2 * size)
          values.words[0] = 12345
          values.words[size] = 67
          pairs.raise(values.words, count: 1, to: [exponent], bits: 5)
          let low = BigInteger(words: values.words, count: size)
          let high = BigInteger(words: values.words + size, count: size)
          let expected =
            exponent == 0 ? BigInteger(1) : BigInteger(12345) + BigInteger(67) * modulus
          let isRight = (low + high * modulus) % (modulus * modulus) == expected
          #expect(isRight)
        }
      }
    }
  }
}

@Suite struct `The variable MOIRA_KERNELS` {
  @Test("forces the portable path by its one value, and no other")
  func values() {
    #expect(ck_kernels_named("portable") == 0)
    for other in ["", "best", "Portable", "portable "] { #expect(ck_kernels_named(other) == 1) }
    #expect(ck_kernels_named(nil) == 1)
  }
}
