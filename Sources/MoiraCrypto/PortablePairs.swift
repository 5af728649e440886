internal import CGMP

/// Pairs with GMP's functions for secrets, everywhere.
final class PortablePairs: PairArithmetic {
  let digitWords: Int
  /// −m⁻¹ modulo 2⁶⁴.
  private let inverse: UInt
  /// m, then the pairs R, R² and 1.
  private let constants: WordBuffer

  init(modulus: borrowing BigInteger) {
    let size = (modulus.bitWidth + 63) / 64 + 1
    digitWords = size
    constants = WordBuffer(7 * size)
    modulus.write(to: constants.words, count: size)
    inverse = negatedInverse(modulus.lowWord)
    let radix = BigInteger.powerOfTwo(64 * size)
    writePair(radix, of: modulus, to: constants.words + size, size)
    writePair(radix * radix, of: modulus, to: constants.words + 3 * size, size)
    constants.words[5 * size] = 1
  }

  private var modulus: UnsafeMutablePointer<UInt> { constants.words }
  private var one: UnsafeMutablePointer<UInt> { constants.words + digitWords }
  private var squaredRadix: UnsafeMutablePointer<UInt> { constants.words + 3 * digitWords }
  private var plainOne: UnsafeMutablePointer<UInt> { constants.words + 5 * digitWords }

  private func scratch() -> WordBuffer {
    let size = digitWords
    let itch = max(
      __gmpn_sec_mul_itch(size, size), __gmpn_sec_sqr_itch(size), __gmpn_sec_sub_1_itch(size))
    return WordBuffer(8 * size + itch)
  }
}

extension PortablePairs {
  /// out = x·y / R. `out` may be x or y.
  private func multiply(
    _ x: UnsafePointer<UInt>, _ y: UnsafePointer<UInt>, into out: UnsafeMutablePointer<UInt>,
    _ scratch: borrowing WordBuffer
  ) {
    let size = digitWords
    let first = scratch.words
    let second = first + 2 * size
    let third = second + 2 * size
    let rest = third + 4 * size
    __gmpn_sec_mul(first, x, size, y, size, rest)
    __gmpn_sec_mul(second, x, size, y + size, size, rest)
    __gmpn_sec_mul(third, x + size, size, y, size, rest)
    _ = __gmpn_add_n(second, second, third, 2 * size)
    reduce(scratch, into: out)
  }

  private func square(
    _ x: UnsafePointer<UInt>, into out: UnsafeMutablePointer<UInt>, _ scratch: borrowing WordBuffer
  ) {
    let size = digitWords
    let first = scratch.words
    let second = first + 2 * size
    let rest = second + 6 * size
    __gmpn_sec_sqr(first, x, size, rest)
    __gmpn_sec_mul(second, x, size, x + size, size, rest)
    _ = __gmpn_add_n(second, second, second, 2 * size)
    reduce(scratch, into: out)
  }

  /// Reduces both products that stand at the start of the scratch.
  private func reduce(
    _ scratch: borrowing WordBuffer, into out: UnsafeMutablePointer<UInt>
  ) {
    let size = digitWords
    let first = scratch.words
    let second = first + 2 * size
    let quotient = second + 2 * size
    reduce(first, quotient: quotient, into: out)
    // m·R keeps the difference above zero, and is nothing modulo m.
    _ = __gmpn_add_n(second + size, second + size, modulus, size)
    let borrow = __gmpn_sub_n(second, second, quotient, size)
    _ = __gmpn_sec_sub_1(second + size, second + size, size, borrow, second + 6 * size)
    reduce(second, quotient: quotient, into: out + size)
  }

  private func reduce(
    _ product: UnsafeMutablePointer<UInt>, quotient: UnsafeMutablePointer<UInt>,
    into out: UnsafeMutablePointer<UInt>
  ) {
    for index in 0..<digitWords {
      let factor = product[index] &* inverse
      quotient[index] = factor
      product[index] = __gmpn_addmul_1(product + index, modulus, digitWords, factor)
    }
    _ = __gmpn_add_n(out, product + digitWords, product, digitWords)
  }
}

extension PortablePairs {
  private static let windowBits = 4
  private static let windowEntries = 1 << windowBits

  func raise(
    _ pairs: UnsafeMutablePointer<UInt>, count: Int, to exponent: UnsafePointer<UInt>, bits: Int
  ) {
    let scratch = scratch()
    let powers = WordBuffer((Self.windowEntries + 1) * 2 * digitWords)
    for index in 0..<count {
      raise(pairs + index * 2 * digitWords, to: exponent, bits: bits, powers, scratch)
    }
  }

  private func raise(
    _ pair: UnsafeMutablePointer<UInt>, to exponent: UnsafePointer<UInt>, bits: Int,
    _ powers: borrowing WordBuffer, _ scratch: borrowing WordBuffer
  ) {
    let width = 2 * digitWords
    let table = powers.words
    let factor = table + Self.windowEntries * width
    table.update(from: one, count: width)
    multiply(pair, squaredRadix, into: table + width, scratch)
    for entry in 2..<Self.windowEntries {
      multiply(
        table + (entry - 1) * width, table + width, into: table + entry * width, scratch)
    }
    pair.update(from: one, count: width)
    let windows = (bits + Self.windowBits - 1) / Self.windowBits
    for window in (0..<windows).reversed() {
      for _ in 0..<Self.windowBits { square(pair, into: pair, scratch) }
      let first = window * Self.windowBits
      let digit = exponent[first / 64] >> (first % 64) & UInt(Self.windowEntries - 1)
      __gmpn_sec_tabselect(factor, table, width, Self.windowEntries, Int(digit))
      multiply(pair, factor, into: pair, scratch)
    }
    multiply(pair, plainOne, into: pair, scratch)
  }

  func table(of base: borrowing BigInteger, positions: Int) -> PairTable {
    let scratch = scratch()
    let width = 2 * digitWords
    let table = PairTable(positions: positions, words: positions * PairTable.entries * width)
    let power = WordBuffer(width)
    writePair(base, of: BigInteger(words: modulus, count: digitWords), to: power.words, digitWords)
    multiply(power.words, squaredRadix, into: power.words, scratch)
    for position in 0..<positions {
      let start = table.words.words + position * PairTable.entries * width
      start.update(from: one, count: width)
      for entry in 1..<PairTable.entries {
        let at = start + entry * width
        multiply(at - width, power.words, into: at, scratch)
      }
      let last = start + (PairTable.entries - 1) * width
      multiply(last, power.words, into: power.words, scratch)
    }
    return table
  }

  func multiply(
    _ pairs: UnsafeMutablePointer<UInt>, count: Int, by table: PairTable,
    digits: UnsafePointer<UInt8>
  ) {
    let scratch = scratch()
    let width = 2 * digitWords
    let factor = WordBuffer(width)
    for position in 0..<table.positions {
      let start = table.words.words + position * PairTable.entries * width
      for index in 0..<count {
        let digit = Int(digits[Self.lanes * position + index])
        __gmpn_sec_tabselect(factor.words, start, width, PairTable.entries, digit)
        let pair = pairs + index * width
        multiply(pair, factor.words, into: pair, scratch)
      }
    }
  }

  /// The bases of a comb's positions, base^(32^i), as pairs one after another.
  func bases(of base: borrowing BigInteger, positions: Int) -> WordBuffer {
    let scratch = scratch()
    let width = 2 * digitWords
    let bases = WordBuffer(positions * width)
    let power = WordBuffer(width)
    writePair(base, of: BigInteger(words: modulus, count: digitWords), to: power.words, digitWords)
    multiply(power.words, squaredRadix, into: power.words, scratch)
    for position in 0..<positions {
      multiply(power.words, plainOne, into: bases.words + position * width, scratch)
      for _ in 0..<PairTable.digitBits { square(power.words, into: power.words, scratch) }
    }
    return bases
  }
}

/// −word⁻¹ modulo 2⁶⁴ by Newton's iteration, which doubles the right bits each time.
func negatedInverse(_ word: UInt) -> UInt {
  var inverse = word
  for _ in 0..<6 { inverse = inverse &* (2 &- word &* inverse) }
  return 0 &- inverse
}

/// A number modulo m² as a pair of digits of `size` words.
func writePair(
  _ number: borrowing BigInteger, of modulus: borrowing BigInteger,
  to words: UnsafeMutablePointer<UInt>, _ size: Int
) {
  (number % modulus).write(to: words, count: size)
  ((number / modulus) % modulus).write(to: words + size, count: size)
}
