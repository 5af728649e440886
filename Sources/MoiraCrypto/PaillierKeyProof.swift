/// Shows that gcd(n, φ(n)) = 1, without which decryption is not what encryption says.
///
/// Goldberg, Reyzin, Sagga and Baldimtsi, "Efficient Noninteractive Certification of RSA Moduli and
/// Beyond" (Asiacrypt 2019, ePrint 2018/057), section 3.2: n has no prime factor below α, and each
/// of m numbers that are derived from n has an n-th root modulo n. If the gcd is not 1, at most one
/// in α numbers has a root. Here α = 2¹⁶ and m = 8, so that a bad modulus passes for one in 2¹²⁸.
public struct PaillierKeyProof: Hashable, Sendable {
  /// m.
  public static let rootCount = 8

  /// The roots one after another, each as long as n, most significant byte first.
  public let bytes: [UInt8]

  public init(bytes: [UInt8]) { self.bytes = bytes }

  /// - Throws: `PaillierKeyError.proofForm`, `proofWrong`.
  /// - Complexity: m powers modulo n: 0.1 s at 3072 bits.
  public func check(_ key: PaillierPublicKey) throws(PaillierKeyError) {
    let width = key.bytes.count
    guard bytes.count == Self.rootCount * width else { throw .proofForm }
    let modulus = key.modulus
    for index in 0..<Self.rootCount {
      let root = BigInteger(bigEndian: Array(bytes[index * width..<(index + 1) * width]))
      guard !root.isZero, root < modulus else { throw .proofWrong }
      let power = root.power(modulus, modulo: modulus)
      guard power == Self.challenge(index, key) else { throw .proofWrong }
    }
  }

  /// ρ, uniform modulo n.
  static func challenge(_ index: Int, _ key: PaillierPublicKey) -> BigInteger {
    PaillierDerivation.number("moira/paillier/rho/1", index, of: key, modulo: key.modulus)
  }
}

extension PaillierPrivateKey {
  /// The proof that goes with the public key.
  public func proof() -> PaillierKeyProof {
    let first = first.number
    let second = second.number
    let modulus = first * second
    let order = first.lessOne() * second.lessOne()
    guard let exponent = modulus.inverse(modulo: order) else {
      preconditionFailure("a key's primes are of one length, so that none divides the other less 1")
    }
    var bytes: [UInt8] = []
    for index in 0..<PaillierKeyProof.rootCount {
      let challenge = PaillierKeyProof.challenge(index, publicKey)
      bytes += challenge.power(exponent, modulo: modulus).bigEndian(publicKey.bytes.count)
    }
    return PaillierKeyProof(bytes: bytes)
  }
}
