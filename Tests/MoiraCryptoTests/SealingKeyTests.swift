import Crypto
import Foundation
import MoiraModel
import Testing

@testable import MoiraCrypto

@Suite struct SealingKeyTests {
  private func identity(_ seed: UInt64) -> IdentityKeyPair {
    var generator = SeededGenerator(seed: seed)
    return IdentityKeyPair(using: &generator)
  }

  /// HKDF by its two steps (RFC 5869, section 2), from HMAC alone: extract under 32 zero bytes, then
  /// the first block of expand.
  private func derived(from secret: [UInt8]) -> [UInt8] {
    let zeros = SymmetricKey(data: [UInt8](repeating: 0, count: 32))
    let extracted = HMAC<SHA256>.authenticationCode(for: secret, using: zeros)
    let block = HMAC<SHA256>.authenticationCode(
      for: Array("moira/sealing/1".utf8) + [1], using: SymmetricKey(data: extracted))
    return Array(block)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func itIsDerivedFromTheIdentityByHKDF(seed: UInt64) throws {
    let identity = identity(seed)
    let pair = SealingKeyPair(of: identity)
    let secret = derived(from: identity.exportSecretBytes())
    #expect(Array(pair.secret.rawRepresentation) == secret)
    let point = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: secret).publicKey
    #expect(pair.publicKey.bytes == Array(point.rawRepresentation))
    #expect(SealingKeyPair(of: identity).publicKey == pair.publicKey)
  }

  @Test func anotherIdentityHasAnotherKeyAndNoneIsTheIdentitysOwn() {
    let pairs = (0..<50 as Range<UInt64>).map { identity($0) }
    #expect(Set(pairs.map { SealingKeyPair(of: $0).publicKey }).count == 50)
    for pair in pairs { #expect(SealingKeyPair(of: pair).publicKey.bytes != pair.publicKey.bytes) }
  }

  @Test func theSecretIsNeverShown() {
    let pair = SealingKeyPair(of: identity(1))
    let secret = hexadecimal(Array(pair.secret.rawRepresentation))
    var dumped = ""
    dump(pair, to: &dumped)
    #expect("\(pair)" == "SealingKeyPair(secret hidden)")
    for text in ["\(pair)", String(reflecting: pair), dumped] { #expect(!text.contains(secret)) }
  }

  @Test func aPublicKeyIsReadFromItsDigitsAlone() throws {
    let key = SealingKeyPair(of: identity(2)).publicKey
    let text = try JSONEncoder().encode(key)
    #expect(String(decoding: text, as: UTF8.self) == "\"\(key)\"")
    #expect(try JSONDecoder().decode(SealingPublicKey.self, from: text) == key)
    let zero = "\"" + String(repeating: "0", count: 64) + "\""
    for wrong in ["\"ab\"", zero, "\"\(key)00\"", "7"] {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(SealingPublicKey.self, from: Data(wrong.utf8))
      }
    }
    #expect(throws: MaskKeyError.lowOrder) {
      try SealingPublicKey([UInt8](repeating: 0, count: 32))
    }
    #expect(throws: MaskKeyError.wrongLength(31)) {
      try SealingPublicKey(Array(key.bytes.dropLast()))
    }
  }
}
