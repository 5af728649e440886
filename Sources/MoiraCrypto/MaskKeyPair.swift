internal import Crypto

/// A party's X25519 key pair, from which it derives the masks that it shares with each other party.
///
/// A class, so that the secret lies in memory once; swift-crypto overwrites it when the last
/// reference goes. It is not `Codable`, and neither its description nor its mirror shows it.
public final class MaskKeyPair: Sendable {
  public let publicKey: MaskPublicKey
  private let secret: Curve25519.KeyAgreement.PrivateKey

  /// Makes a new pair from 32 random bytes.
  public convenience init(using generator: inout some RandomNumberGenerator) {
    var bytes: [UInt8] = []
    for _ in 0..<4 {
      withUnsafeBytes(of: generator.next().littleEndian) { bytes.append(contentsOf: $0) }
    }
    do {
      try self.init(secretBytes: bytes)
    } catch {
      preconditionFailure("32 bytes are always an X25519 scalar")
    }
  }

  /// Takes up a pair again from the party's own secret store.
  ///
  /// - Throws: `MaskKeyError.wrongLength` unless there are 32 bytes.
  public init(secretBytes: [UInt8]) throws(MaskKeyError) {
    secret = try privateKey(secretBytes)
    publicKey = MaskPublicKey(ofPair: Array(secret.publicKey.rawRepresentation))
  }

  /// The 32 secret bytes, for the party's own secret store and nothing else.
  public func exportSecretBytes() -> [UInt8] { Array(secret.rawRepresentation) }

  /// What both owners of two pairs can compute, and nobody else.
  func sharedSecret(with other: MaskPublicKey) throws(MaskKeyError) -> SharedSecret {
    try MoiraCrypto.sharedSecret(secret: secret, point: other.bytes)
  }
}

extension MaskKeyPair: CustomStringConvertible, CustomReflectable {
  public var description: String { "MaskKeyPair(secret hidden)" }
  public var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }
}
