import Crypto
import MoiraModel
import Testing

@testable import MoiraCrypto

@Suite struct `Published vectors` {
  @Test(
    "X25519 gives RFC 7748, section 5.2",
    arguments: [
      (
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"
      ),
      (
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"
      ),
    ])
  func scalarMultiplication(scalar: String, point: String, expected: String) throws {
    let shared = try sharedSecret(secret: privateKey(bytes(scalar)), point: bytes(point))
    #expect(shared.withUnsafeBytes { Array($0) } == bytes(expected))
  }

  @Test("X25519 gives RFC 7748, section 5.2, after a thousand rounds")
  func iteratedMultiplication() throws {
    var scalar = [9] + [UInt8](repeating: 0, count: 31)
    var point = scalar
    for round in 1...1000 {
      let next = try sharedSecret(secret: privateKey(scalar), point: point)
      point = scalar
      scalar = next.withUnsafeBytes { Array($0) }
      if round == 1 {
        #expect(
          scalar == bytes("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"))
      }
    }
    #expect(scalar == bytes("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"))
  }

  @Test("two key pairs agree as in RFC 7748, section 6.1")
  func diffieHellman() throws {
    let alice = try MaskKeyPair(
      secretBytes: bytes("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"))
    let bob = try MaskKeyPair(
      secretBytes: bytes("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"))
    #expect(
      alice.publicKey.bytes
        == bytes("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"))
    #expect(
      bob.publicKey.bytes
        == bytes("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"))
    let expected = bytes("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")
    let first = try alice.sharedSecret(with: bob.publicKey)
    let second = try bob.sharedSecret(with: alice.publicKey)
    #expect(first.withUnsafeBytes { Array($0) } == expected)
    #expect(second.withUnsafeBytes { Array($0) } == expected)
  }

  struct Derivation: Sendable {
    let secret, salt, info: [UInt8]
    let expected: String
  }

  @Test(
    "HKDF-SHA256 gives RFC 5869, appendix A",
    arguments: [
      Derivation(
        secret: Array(repeating: 0x0b, count: 22), salt: Array(0x00...0x0c),
        info: Array(0xf0...0xf9),
        expected: """
          3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf
          34007208d5b887185865
          """),
      Derivation(
        secret: Array(0x00...0x4f), salt: Array(0x60...0xaf), info: Array(0xb0...0xff),
        expected: """
          b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c
          59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71
          cc30c58179ec3e87c14c01d5c1f3434f1d87
          """),
      Derivation(
        secret: Array(repeating: 0x0b, count: 22), salt: [], info: [],
        expected: """
          8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d
          9d201395faa4b61a96c8
          """),
    ])
  func keyDerivation(vector: Derivation) {
    let expected = bytes(vector.expected)
    let key = hkdf(
      SymmetricKey(data: vector.secret), salt: vector.salt, info: vector.info,
      count: expected.count)
    #expect(key.withUnsafeBytes { Array($0) } == expected)
  }

  @Test("the mask is the keystream of NIST SP 800-38A, F.5.5")
  func counterMode() throws {
    let seed = try MaskSeed(
      bytes: bytes("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"))
    let plain = bytes(
      """
      6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51
      30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710
      """)
    let cipher = bytes(
      """
      601ec313775789a5b7a7f504bbf3d228 f443e3ca4d62b59aca84e990cacaf5c5
      2b0930daa23de94ce87017ba2d84988d dfc9c58db67aada613c2dd08457941a6
      """)
    var words = [UInt64](repeating: 0, count: 8)
    MaskStream(seed: seed, firstBlock: 0xf0f1_f2f3_f4f5_f6f7_f8f9_fafb_fcfd_feff)
      .apply(.add, to: &words)
    let mask = words.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
    #expect(mask == zip(plain, cipher).map { $0 ^ $1 })
  }

  @Test(
    "SHA-256 gives FIPS 180-4",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func hash(text: String, expected: String) {
    #expect(sha256(Array(text.utf8)).text == expected)
  }

  @Test("hashing piece by piece is hashing at once", arguments: 0..<20)
  func hashInPieces(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let whole = (0..<1000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    var hasher = ContentHasher()
    var rest = whole[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Int.random(in: 1...100, using: &generator))
      piece.withUnsafeBytes { hasher.update($0) }
      rest = rest.dropFirst(piece.count)
    }
    #expect(hasher.finish() == sha256(whole))
  }
}
