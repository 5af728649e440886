internal import CGMP

/// What decryption needs of one prime p of a key.
final class PaillierPrime: Sendable {
  /// Words of p.
  let words: Int
  let prime: WordBuffer
  private let square: WordBuffer
  /// p − 1.
  private let exponent: WordBuffer
  /// (−q)⁻¹ modulo p.
  private let factor: WordBuffer
  private let pairs: any PairArithmetic

  init(
    _ prime: borrowing BigInteger, other: borrowing BigInteger, kernel: PaillierKernel
  ) {
    words = prime.bitWidth / 64
    self.prime = WordBuffer(prime, count: words)
    square = WordBuffer(prime * prime, count: 2 * words)
    exponent = WordBuffer(prime.lessOne(), count: words)
    guard let factor = (other % prime).distance(to: prime).inverse(modulo: prime) else {
      preconditionFailure("a key's primes are different")
    }
    self.factor = WordBuffer(factor, count: words)
    pairs = kernel.pairs(modulo: prime)
  }

  /// Enough for any division or product here.
  var scratchWords: Int {
    let itches = [
      __gmpn_sec_div_r_itch(4 * words, 2 * words), __gmpn_sec_div_qr_itch(2 * words, words),
      __gmpn_sec_mul_itch(words + 1, words), __gmpn_sec_add_1_itch(words + 1),
      __gmpn_sec_sub_1_itch(words + 1), __gmpn_sec_div_r_itch(2 * words + 1, words),
    ]
    return 8 * words + 8 + (itches.max() ?? 0)
  }

  /// The plaintexts modulo p.
  ///
  /// - Parameters:
  ///   - ciphertexts: Of 4 · `words` words each.
  ///   - out: `words` words each.
  func residues(
    of ciphertexts: borrowing WordBuffer, count: Int, into out: borrowing WordBuffer
  ) {
    let digit = pairs.digitWords
    let values = WordBuffer(count * 2 * digit)
    let scratch = WordBuffer(scratchWords)
    for index in 0..<count {
      split(
        ciphertexts.words + index * 4 * words, into: values.words + index * 2 * digit, scratch)
    }
    pairs.raise(values.words, count: count, to: exponent.words, bits: 64 * words)
    for index in 0..<count {
      finish(values.words + index * 2 * digit, into: out.words + index * words, scratch)
    }
  }

  /// A ciphertext modulo p², as a pair.
  private func split(
    _ ciphertext: UnsafePointer<UInt>, into pair: UnsafeMutablePointer<UInt>,
    _ scratch: borrowing WordBuffer
  ) {
    let number = scratch.words
    let rest = number + 4 * words
    number.update(from: ciphertext, count: 4 * words)
    __gmpn_sec_div_r(number, 4 * words, square.words, 2 * words, rest)
    let high = pair + pairs.digitWords
    high[words] = __gmpn_sec_div_qr(high, number, 2 * words, prime.words, words, rest)
    pair.update(from: number, count: words)
    pair[words] = 0
  }

  /// From 1 + u·p the plaintext u·(−q)⁻¹ modulo p.
  private func finish(
    _ pair: UnsafeMutablePointer<UInt>, into out: UnsafeMutablePointer<UInt>,
    _ scratch: borrowing WordBuffer
  ) {
    let digit = pairs.digitWords
    let product = scratch.words
    let quotient = product + 2 * words + 2
    let rest = quotient + 2
    // x₀ is 1, or 1 and some p, which belong to the other digit.
    _ = __gmpn_sec_sub_1(pair, pair, digit, 1, rest)
    _ = __gmpn_sec_div_qr(quotient, pair, digit, prime.words, words, rest)
    _ = __gmpn_sec_add_1(pair + digit, pair + digit, digit, quotient[0], rest)
    __gmpn_sec_mul(product, pair + digit, digit, factor.words, words, rest)
    __gmpn_sec_div_r(product, digit + words, prime.words, words, rest)
    out.update(from: product, count: words)
  }
}
