import MoiraCrypto
import MoiraModel
import Testing

@Suite struct `Mask keys` {
  @Test(
    "a point of low order is refused",
    arguments: [
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ])
  func lowOrder(point: String) {
    #expect(throws: MaskKeyError.lowOrder) { try MaskPublicKey(bytes(point)) }
  }

  @Test(
    "a second writing of a point is refused",
    arguments: [
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "0900000000000000000000000000000000000000000000000000000000000080",
      "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882bcf",
    ])
  func notCanonical(point: String) {
    #expect(throws: MaskKeyError.notCanonical) { try MaskPublicKey(bytes(point)) }
  }

  @Test("a key has 32 bytes", arguments: [0, 1, 31, 33, 64])
  func wrongLength(count: Int) {
    let bytes = [UInt8](repeating: 9, count: count)
    #expect(throws: MaskKeyError.wrongLength(count)) { try MaskPublicKey(bytes) }
    #expect(throws: MaskKeyError.wrongLength(count)) { try MaskKeyPair(secretBytes: bytes) }
  }

  @Test("every key that is made is fit, and comes back from its secret", arguments: 0..<30)
  func roundTrip(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let pair = MaskKeyPair(using: &generator)
    #expect(try MaskPublicKey(pair.publicKey.bytes) == pair.publicKey)
    let again = try MaskKeyPair(secretBytes: pair.exportSecretBytes())
    #expect(again.publicKey == pair.publicKey)
    #expect(MaskKeyPair(using: &generator).publicKey != pair.publicKey)
  }

  @Test("nothing that is printed shows a secret")
  func hidesSecrets() throws {
    let pair = try MaskKeyPair(secretBytes: secret(7))
    let seed = try MaskSeed(bytes: secret(7))
    let keys = try masking(["a", "b", "c"])["a"]
    var shown = "\(pair) \(seed) \(MaskStream(seed: seed)) \(String(describing: keys))"
    shown += String(reflecting: pair) + String(reflecting: seed)
    dump(pair, to: &shown)
    dump(seed, to: &shown)
    dump(SignedMask(.add, MaskStream(seed: seed)), to: &shown)
    dump(keys, to: &shown)
    for start in 0..<29 {
      let four = secret(7)[start..<start + 4]
      #expect(!shown.contains(four.map(String.init).joined(separator: ", ")))
      let digits = four.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
      #expect(!shown.contains(digits.joined()))
    }
    #expect(shown.contains("hidden"))
    #expect(!shown.contains("SymmetricKey"))
    #expect(!shown.contains("PrivateKey"))
  }

  @Test("the system's generator does not repeat itself")
  func systemGenerator() {
    var generator = SystemSecureGenerator()
    let drawn = Set((0..<1000).map { _ in generator.next() })
    #expect(drawn.count == 1000)
  }
}
