internal import Crypto

/// A party's long-term Ed25519 key pair (RFC 8032), with which it signs the keys of its jobs.
///
/// A class, so that the secret lies in memory once; swift-crypto overwrites it when the last
/// reference goes. It is not `Codable`, and neither its description nor its mirror shows it.
public final class IdentityKeyPair: Sendable {
  public let publicKey: IdentityPublicKey
  private let secret: Curve25519.Signing.PrivateKey

  /// Makes a new pair from 32 random bytes.
  public convenience init(using generator: inout some RandomNumberGenerator) {
    do {
      try self.init(secretBytes: MaskSeed(using: &generator).secretBytes)
    } catch {
      preconditionFailure("32 bytes are always an Ed25519 seed")
    }
  }

  /// Takes up a pair again from the party's own secret store.
  ///
  /// - Throws: `IdentityKeyError.wrongLength` unless there are 32 bytes.
  public init(secretBytes: [UInt8]) throws(IdentityKeyError) {
    do {
      secret = try Curve25519.Signing.PrivateKey(rawRepresentation: secretBytes)
    } catch {
      throw .wrongLength(secretBytes.count)
    }
    publicKey = IdentityPublicKey(ofPair: Array(secret.publicKey.rawRepresentation))
  }

  /// The 32 secret bytes, for the party's own secret store and nothing else.
  public func exportSecretBytes() -> [UInt8] { Array(secret.rawRepresentation) }

  /// The 64 bytes that only the owner of the secret can make for this statement.
  public func sign(_ statement: SignedStatement) -> [UInt8] {
    do {
      return Array(try secret.signature(for: statement.bytes))
    } catch {
      preconditionFailure("Ed25519 signs any bytes")
    }
  }
}

extension IdentityKeyPair: CustomStringConvertible, CustomReflectable {
  public var description: String { "IdentityKeyPair(secret hidden)" }
  public var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }
}
