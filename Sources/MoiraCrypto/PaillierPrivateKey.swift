internal import MoiraModel

/// A Paillier key pair: two primes p and q with n = p·q.
///
/// A class, so that the primes lie in memory once; they are overwritten when the last reference
/// goes. It is not `Codable`, and neither its description nor its mirror shows them.
public final class PaillierPrivateKey: Sendable {
  public let publicKey: PaillierPublicKey
  let first: WordBuffer
  let second: WordBuffer

  /// Takes up a key again from its secret bytes.
  ///
  /// - Parameter bytes: p and q, each half as long as n, most significant byte first.
  /// - Throws: `PaillierKeyError.wrongLength`, `unfitPrime`, `relatedPrimes`, and what the public
  ///   key throws.
  public convenience init(secretBytes bytes: [UInt8]) throws(PaillierKeyError) {
    guard PaillierPublicKey.lengths.contains(bytes.count * 8) else {
      throw .wrongLength(bits: bytes.count * 8)
    }
    let half = bytes.count / 2
    let first = BigInteger(bigEndian: Array(bytes.prefix(half)))
    let second = BigInteger(bigEndian: Array(bytes.suffix(half)))
    for prime in 0..<2 {
      try Self.check(prime: prime == 0 ? bytes.prefix(half) : bytes.suffix(half))
    }
    try self.init(first, second, words: bytes.count / 16)
  }

  /// - Parameters:
  ///   - first, second: Primes of `words` words, 3 modulo 4.
  init(
    _ first: borrowing BigInteger, _ second: borrowing BigInteger, words: Int
  ) throws(PaillierKeyError) {
    guard Self.areUnrelated(first, second, bits: words * 64) else { throw .relatedPrimes }
    publicKey = try PaillierPublicKey((first * second).bigEndian(words * 16))
    self.first = WordBuffer(first, count: words)
    self.second = WordBuffer(second, count: words)
  }

  /// p and q, for the party's own secret store, or sealed for another owner of the key.
  public func exportSecretBytes() -> [UInt8] {
    first.number.bigEndian(first.count * 8) + second.number.bigEndian(second.count * 8)
  }

  /// - Throws: `PaillierKeyError.otherKey`.
  public func check(fits key: PaillierPublicKey) throws(PaillierKeyError) {
    guard publicKey == key else { throw .otherKey }
  }

  private static func check(prime bytes: ArraySlice<UInt8>) throws(PaillierKeyError) {
    let prime = BigInteger(bigEndian: Array(bytes))
    guard prime.bitWidth == bytes.count * 8, prime.lowWord & 3 == 3, prime.isProbablyPrime else {
      throw .unfitPrime
    }
  }

  /// gcd(p − 1, q − 1) = 2, and |p − q| > 2^(bits − 100), as FIPS 186-4, B.3.1, has it.
  static func areUnrelated(
    _ first: borrowing BigInteger, _ second: borrowing BigInteger, bits: Int
  ) -> Bool {
    guard first.distance(to: second).bitWidth > bits - 100 else { return false }
    let shared = first.lessOne().divisor(with: second.lessOne())
    return shared == BigInteger(2)
  }
}

extension PaillierPrivateKey: CustomStringConvertible, CustomReflectable {
  public var description: String { "PaillierPrivateKey(of \(publicKey.id.short), secret hidden)" }
  public var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }
}

extension PaillierPrivateKey {
  /// Makes a new key.
  ///
  /// Both primes have their two highest bits set, so that n has exactly `bits` bits, and are 3
  /// modulo 4.
  ///
  /// - Parameter bits: 2048, 3072 or 4096.
  /// - Throws: `PaillierKeyError.wrongLength`.
  /// - Complexity: about a second at 3072 bits.
  public static func generate(
    bits: Int, using generator: inout some RandomNumberGenerator
  ) throws(PaillierKeyError) -> PaillierPrivateKey {
    guard PaillierPublicKey.lengths.contains(bits) else { throw .wrongLength(bits: bits) }
    let words = bits / 128
    while true {
      let first = prime(words, using: &generator)
      let second = prime(words, using: &generator)
      do {
        return try PaillierPrivateKey(first, second, words: words)
      } catch {
        // Two primes that are related: other ones are drawn.
        continue
      }
    }
  }

  private static func prime(
    _ words: Int, using generator: inout some RandomNumberGenerator
  ) -> BigInteger {
    let candidate = WordBuffer(words)
    while true {
      for index in 0..<words { candidate.words[index] = UInt(generator.next()) }
      candidate.words[0] |= 3
      candidate.words[words - 1] |= 3 << 62
      let number = candidate.number
      if number.isProbablyPrime { return number }
    }
  }
}
