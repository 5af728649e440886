public import MoiraModel

/// A Paillier modulus n whose form was checked; the generator is n + 1.
///
/// Paillier, Eurocrypt 1999. That n has no repeated factor nor one that divides another less one is
/// shown by a `PaillierKeyProof`, not by the form.
public struct PaillierPublicKey: Hashable, Sendable {
  public static let lengths = [2048, 3072, 4096]
  /// No prime below this one divides a modulus: 2¹⁶.
  public static let factorBound = 1 << 16

  /// n, most significant byte first, as many bytes as the length says.
  public let bytes: [UInt8]
  /// The SHA-256 of these bytes.
  public let id: ContentHash

  public var bits: Int { bytes.count * 8 }
  /// How many bytes a ciphertext has: those of n².
  public var ciphertextBytes: Int { 2 * bytes.count }

  /// - Throws: `PaillierKeyError.wrongLength`, `even`, `smallFactor`, `perfectPower`, `prime`.
  /// - Complexity: some milliseconds, for the test of primality.
  public init(_ bytes: [UInt8]) throws(PaillierKeyError) {
    let modulus = BigInteger(bigEndian: bytes)
    guard Self.lengths.contains(bytes.count * 8), modulus.bitWidth == bytes.count * 8 else {
      throw .wrongLength(bits: bytes.count > 512 ? bytes.count * 8 : modulus.bitWidth)
    }
    guard modulus.isOdd else { throw .even }
    let primes = BigInteger(words: Self.smallPrimes)
    guard primes.divisor(with: modulus).isOne else { throw .smallFactor }
    guard !modulus.isPerfectPower else { throw .perfectPower }
    guard !modulus.isProbablyPrime else { throw .prime }
    self.bytes = bytes
    id = sha256(bytes)
  }

  var modulus: BigInteger { BigInteger(bigEndian: bytes) }
  /// Words of n.
  var words: Int { bytes.count / 8 }

  /// The product of all primes below `factorBound`.
  private static let smallPrimes: [UInt] = {
    let product = BigInteger.primorial(factorBound)
    return product.words((product.bitWidth + 63) / 64)
  }()
}

extension PaillierPublicKey: CustomStringConvertible {
  public var description: String { "PaillierPublicKey(\(bits) bits, \(id.short))" }
}
