internal import Crypto

/// A member's X25519 key pair, to which others seal messages that the hub may carry but not read.
///
/// It is derived from the member's identity: HKDF-SHA256 (RFC 5869) of the 32 secret bytes, without
/// salt, under the label `moira/sealing/1`. So there is no second file to guard, and a new identity has
/// new sealing keys. From the sealing secret nobody finds the identity's.
///
/// A class, so that the secret lies in memory once; swift-crypto overwrites it when the last
/// reference goes. It is not `Codable`, and neither its description nor its mirror shows it.
public final class SealingKeyPair: Sendable {
  public let publicKey: SealingPublicKey
  let secret: Curve25519.KeyAgreement.PrivateKey

  public init(of identity: IdentityKeyPair) {
    let derived = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: identity.exportSecretBytes()),
      info: Array("moira/sealing/1".utf8), outputByteCount: SealingPublicKey.byteCount)
    do {
      secret = try privateKey(derived.withUnsafeBytes { Array($0) })
    } catch {
      preconditionFailure("32 bytes are always an X25519 scalar")
    }
    publicKey = SealingPublicKey(ofPair: Array(secret.publicKey.rawRepresentation))
  }
}

extension SealingKeyPair: CustomStringConvertible, CustomReflectable {
  public var description: String { "SealingKeyPair(secret hidden)" }
  public var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }
}
