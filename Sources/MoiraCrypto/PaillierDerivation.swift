internal import Crypto
internal import MoiraModel

/// Numbers that anybody derives from a modulus, and nobody chooses.
///
/// The bytes are those of MGF1 with SHA-256 (RFC 8017, B.2.1) over the label, n as fixed-width
/// big-endian bytes, and the index as eight bytes; each with its length in front. A number is
/// 16 bytes more than n long before it is reduced, so that it is uniform to 2⁻¹²⁸.
enum PaillierDerivation {
  /// Uniform modulo n.
  static func number(
    _ label: String, _ index: Int, of key: PaillierPublicKey, modulo modulus: borrowing BigInteger
  ) -> BigInteger {
    var seed = ByteWriter()
    seed.write(label)
    seed.write(key.bytes)
    seed.write(Int64(index))
    return BigInteger(bigEndian: expand(seed.bytes, key.bytes.count + 16)) % modulus
  }

  static func expand(_ seed: [UInt8], _ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var counter: UInt32 = 0
    while bytes.count < count {
      var hash = SHA256()
      hash.update(data: seed)
      withUnsafeBytes(of: counter.bigEndian) { hash.update(bufferPointer: $0) }
      bytes += hash.finalize()
      counter += 1
    }
    return Array(bytes.prefix(count))
  }

  /// hₛ = hⁿ mod n² with h = −x² mod n, x derived from n.
  ///
  /// Its powers blind ciphertexts: Damgård, Jurik and Nielsen, "A generalization of Paillier's
  /// public-key system with applications to electronic voting" (International Journal of
  /// Information Security 2010), section 4.2, with x derived instead of drawn by the key's owner:
  /// an owner who chooses h could choose one of small order, and read who blinded what.
  static func blindingBase(_ key: PaillierPublicKey) -> BigInteger {
    let modulus = key.modulus
    var index = 0
    var root = number("moira/paillier/x/1", index, of: key, modulo: modulus)
    while !root.divisor(with: modulus).isOne {
      index += 1
      root = number("moira/paillier/x/1", index, of: key, modulo: modulus)
    }
    let base = ((root * root) % modulus).distance(to: modulus)
    return base.power(modulus, modulo: modulus * modulus)
  }
}
