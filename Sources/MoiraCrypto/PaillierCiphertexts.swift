internal import CGMP
public import MoiraModel

/// Packed words under one key.
///
/// What travels is the key's id, the scale, the slot width, the count, and then ciphertexts of one
/// width, most significant byte first: all lengths follow from the header.
public struct PaillierCiphertexts: Hashable, Sendable {
  /// The SHA-256 of n.
  public let key: ContentHash
  public let packing: PaillierPacking
  /// How many words they hold.
  public let count: Int
  /// One ciphertext after another.
  public let bytes: [UInt8]

  /// Not checked yet.
  public init(key: ContentHash, packing: PaillierPacking, count: Int, bytes: [UInt8]) {
    self.key = key
    self.packing = packing
    self.count = count
    self.bytes = bytes
  }

  /// How many bytes `count` words take.
  public static func byteCount(
    count: Int, packing: PaillierPacking, key: PaillierPublicKey
  ) -> Int {
    packing.ciphertexts(count: count, bits: key.bits) * key.ciphertextBytes
  }

  /// - Throws: `PaillierError.otherKey`, `wrongLength`, and `ciphertextOutOfRange` unless for each
  ///   c, 0 < c < n² and gcd(c, n) = 1.
  /// - Complexity: one product modulo n for each ciphertext, and one gcd.
  public func check(_ key: PaillierPublicKey) throws(PaillierError) {
    try checkLength(key)
    let modulus = key.modulus
    let square = modulus * modulus
    var product = BigInteger(1)
    for index in 0..<bytes.count / key.ciphertextBytes {
      let ciphertext = number(index, key)
      guard !ciphertext.isZero, ciphertext < square else {
        throw .ciphertextOutOfRange(index: index)
      }
      product = (product * (ciphertext % modulus)) % modulus
    }
    if product.divisor(with: modulus).isOne { return }
    for index in 0..<bytes.count / key.ciphertextBytes {
      let isFit = number(index, key).divisor(with: modulus).isOne
      guard isFit else { throw .ciphertextOutOfRange(index: index) }
    }
  }

  func checkLength(_ key: PaillierPublicKey) throws(PaillierError) {
    guard self.key == key.id else { throw .otherKey }
    let expected = Self.byteCount(count: count, packing: packing, key: key)
    guard bytes.count == expected else {
      throw .wrongLength(bytes: bytes.count, expected: expected)
    }
  }

  private func number(_ index: Int, _ key: PaillierPublicKey) -> BigInteger {
    let width = key.ciphertextBytes
    return BigInteger(bigEndian: Array(bytes[index * width..<(index + 1) * width]))
  }
}

/// Big-endian bytes as words, least significant first.
func readWords(
  _ bytes: UnsafePointer<UInt8>, to words: UnsafeMutablePointer<UInt>, count: Int
) {
  for index in 0..<count {
    let at = UnsafeRawPointer(bytes + 8 * (count - 1 - index))
    words[index] = UInt(bigEndian: at.loadUnaligned(as: UInt.self))
  }
}

func writeBytes(
  _ words: UnsafePointer<UInt>, count: Int, to bytes: UnsafeMutablePointer<UInt8>
) {
  for index in 0..<count {
    let at = UnsafeMutableRawPointer(bytes + 8 * (count - 1 - index))
    at.storeBytes(of: words[index].bigEndian, as: UInt.self)
  }
}
