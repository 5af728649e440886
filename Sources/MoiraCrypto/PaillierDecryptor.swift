internal import CGMP
public import MoiraModel

/// Decrypts with one private key.
///
/// Modulo p² and q² apart, by the Chinese remainder theorem: Paillier, Eurocrypt 1999, section 7. As
/// a pair of digits modulo p², c^(p−1) is 1 + u·p, and u/(−q) is the plaintext modulo p. What works
/// on primes has GMP's functions for secrets or the kernel's of fixed time: time and addresses
/// depend on sizes only.
public final class PaillierDecryptor: Sendable {
  public let key: PaillierPublicKey
  private let first: PaillierPrime
  private let second: PaillierPrime
  /// p⁻¹ modulo q.
  private let inverse: WordBuffer

  public init(_ privateKey: PaillierPrivateKey, kernel: PaillierKernel = .best) {
    key = privateKey.publicKey
    let p = privateKey.first.number
    let q = privateKey.second.number
    first = PaillierPrime(p, other: q, kernel: kernel)
    second = PaillierPrime(q, other: p, kernel: kernel)
    guard let inverse = p.inverse(modulo: q) else {
      preconditionFailure("a key's primes are different")
    }
    self.inverse = WordBuffer(inverse, count: first.words)
  }

  /// The words of a sum of `summands` vectors.
  ///
  /// - Throws: What `PaillierCiphertexts.check` throws; `PaillierError.sumOutOfRange`.
  public func decrypt(
    _ ciphertexts: PaillierCiphertexts, summands: Int, workers: Workers = .serial
  ) throws(PaillierError) -> [UInt64] {
    try ciphertexts.check(key)
    let count = ciphertexts.bytes.count / key.ciphertextBytes
    let plaintexts = WordBuffer(count * key.words)
    let start = plaintexts.words
    let lanes = PortablePairs.lanes
    ciphertexts.bytes.withUnsafeBufferPointer { buffer in
      guard let bytes = buffer.baseAddress else { return }
      workers.each((count + lanes - 1) / lanes) { batch in
        let at = batch * lanes
        decrypt(
          bytes + at * key.ciphertextBytes, count: min(lanes, count - at),
          into: start + at * key.words)
      }
    }
    return try unpack(plaintexts, ciphertexts, count: count, summands: summands)
  }

  private func unpack(
    _ plaintexts: borrowing WordBuffer, _ ciphertexts: PaillierCiphertexts, count: Int,
    summands: Int
  ) throws(PaillierError) -> [UInt64] {
    let slots = ciphertexts.packing.slots(bits: key.bits)
    let words = WordBuffer(ciphertexts.count)
    for index in 0..<count {
      let range = index * slots..<min(ciphertexts.count, (index + 1) * slots)
      try ciphertexts.packing.unpack(
        plaintexts.words + index * key.words, count: key.words, of: range, summands: summands,
        into: words.words64)
    }
    return Array(UnsafeBufferPointer(start: words.words64, count: ciphertexts.count))
  }

  private func decrypt(
    _ bytes: UnsafePointer<UInt8>, count: Int, into plaintexts: UnsafeMutablePointer<UInt>
  ) {
    let numbers = WordBuffer(count * 2 * key.words)
    for index in 0..<count {
      readWords(
        bytes + index * key.ciphertextBytes, to: numbers.words + index * 2 * key.words,
        count: 2 * key.words)
    }
    let half = first.words
    let modFirst = WordBuffer(count * half)
    let modSecond = WordBuffer(count * half)
    first.residues(of: numbers, count: count, into: modFirst)
    second.residues(of: numbers, count: count, into: modSecond)
    let scratch = WordBuffer(second.scratchWords)
    for index in 0..<count {
      combine(
        modFirst.words + index * half, modSecond.words + index * half,
        into: plaintexts + index * key.words, scratch)
    }
  }

  /// m = mₚ + p·((m_q − mₚ)·p⁻¹ mod q).
  private func combine(
    _ modFirst: UnsafePointer<UInt>, _ modSecond: UnsafePointer<UInt>,
    into plaintext: UnsafeMutablePointer<UInt>, _ scratch: borrowing WordBuffer
  ) {
    let half = first.words
    let difference = scratch.words
    let product = difference + half + 1
    let rest = product + 2 * half + 2
    difference.update(from: modFirst, count: half)
    __gmpn_sec_div_r(difference, half, second.prime.words, half, rest)
    let borrow = __gmpn_sub_n(difference, modSecond, difference, half)
    _ = __gmpn_cnd_add_n(borrow, difference, difference, second.prime.words, half)
    __gmpn_sec_mul(product, difference, half, inverse.words, half, rest)
    __gmpn_sec_div_r(product, 2 * half, second.prime.words, half, rest)
    __gmpn_sec_mul(plaintext, product, half, first.prime.words, half, rest)
    let carry = __gmpn_add_n(plaintext, plaintext, modFirst, half)
    _ = __gmpn_sec_add_1(plaintext + half, plaintext + half, half, carry, rest)
  }
}

extension PaillierDecryptor: CustomStringConvertible, CustomReflectable {
  public var description: String { "PaillierDecryptor(of \(key.id.short), secret hidden)" }
  public var customMirror: Mirror { Mirror(self, children: ["key": key]) }
}
