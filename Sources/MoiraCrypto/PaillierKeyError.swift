/// Why a Paillier key is refused.
public enum PaillierKeyError: Error, Hashable, Sendable {
  /// A key has 2048, 3072 or 4096 bits, exactly, and these are not so many.
  case wrongLength(bits: Int)
  case even
  /// A prime below `PaillierPublicKey.factorBound` divides it.
  case smallFactor
  case prime
  /// It is a number's square, cube, or so on.
  case perfectPower
  /// The proof has another number of roots, or a root of another length.
  case proofForm
  /// The proof does not show that gcd(n, φ(n)) = 1.
  case proofWrong
  /// A half of the private key is not a prime, has another length than half of the key's, or is
  /// not 3 modulo 4.
  case unfitPrime
  /// Both primes are the same, or closer than 2^(half − 100), or both less one share a factor.
  case relatedPrimes
  /// The private key is of another public key.
  case otherKey
}

/// Why a vector cannot be encrypted, summed or decrypted.
public enum PaillierError: Error, Hashable, Sendable {
  /// This word has no room in a slot.
  case wordOutOfRange(index: Int, bits: Int)
  /// Ciphertexts under another key.
  case otherKey
  /// Another scale, slot width or count than was agreed.
  case otherPacking
  /// The bytes are not as many as the header says.
  case wrongLength(bytes: Int, expected: Int)
  /// This ciphertext is 0, or n² or more, or shares a factor with n.
  case ciphertextOutOfRange(index: Int)
  /// No summands that fit their slots give this plaintext.
  case sumOutOfRange(index: Int)
}
