internal import Crypto
internal import X509

/// A member's P-256 key for TLS, which its certificate is for.
///
/// It is not `Codable`, and neither its description nor its mirror shows it.
public struct TLSKey: Sendable {
  private let secret: P256.Signing.PrivateKey

  /// Draws a new key from the system's secure generator.
  public init() { secret = P256.Signing.PrivateKey() }

  /// - Throws: what swift-crypto says of a text that is no P-256 key in PEM.
  init(pem: String) throws { secret = try P256.Signing.PrivateKey(pemRepresentation: pem) }

  /// PKCS#8 in PEM, for the member's own secret store and the TLS library.
  public var pem: String { secret.pemRepresentation + "\n" }
  /// PKCS#8 in DER, for the TLS library.
  public var der: [UInt8] { Array(secret.derRepresentation) }

  /// The public half, X9.63: 65 bytes.
  public var publicBytes: [UInt8] { Array(secret.publicKey.x963Representation) }

  /// ECDSA with SHA-256, in DER.
  func sign(_ bytes: [UInt8]) throws -> [UInt8] {
    Array(try secret.signature(for: bytes).derRepresentation)
  }

  var certificateKey: Certificate.PrivateKey { Certificate.PrivateKey(secret) }
}

extension TLSKey: CustomStringConvertible, CustomReflectable {
  public var description: String { "TLSKey(secret hidden)" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The X9.63 bytes of a certificate's or request's key; nil if it is not of P-256.
func p256Bytes(_ key: Certificate.PublicKey) -> [UInt8]? {
  P256.Signing.PublicKey(key).map { Array($0.x963Representation) }
}
