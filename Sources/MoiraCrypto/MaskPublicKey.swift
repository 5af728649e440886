internal import Crypto

/// Why bytes are not a key that may be agreed upon.
public enum MaskKeyError: Error, Hashable, Sendable {
  case wrongLength(Int)
  /// The same point has a shorter writing: top bit set, or a coordinate of 2²⁵⁵ − 19 or more.
  case notCanonical
  /// Every shared secret with it is zero, so that anybody knows it.
  case lowOrder
}

/// The public half of a mask key: a point of Curve25519 by its u-coordinate (RFC 7748, section 5).
///
/// Only canonical points of high order exist as values, so that two keys are the same point only if
/// their bytes are the same, and no shared secret is zero.
public struct MaskPublicKey: Hashable, Sendable {
  public static let byteCount = 32
  /// 32 bytes, little-endian.
  public let bytes: [UInt8]

  /// - Complexity: one X25519, which finds points of low order.
  public init(_ bytes: [UInt8]) throws(MaskKeyError) {
    guard bytes.count == Self.byteCount else { throw .wrongLength(bytes.count) }
    guard Self.isCanonical(bytes) else { throw .notCanonical }
    // A clamped scalar is a multiple of the cofactor 8: any one of them takes all points of low
    // order to zero, and no other point.
    let anyScalar = [UInt8](repeating: 0x55, count: Self.byteCount)
    _ = try sharedSecret(secret: privateKey(anyScalar), point: bytes)
    self.bytes = bytes
  }

  /// A key that is used once, and at once: points of low order are found when the secret with it
  /// turns out zero, so that the X25519 of `init(_:)` is spared.
  ///
  /// - Throws: `MaskKeyError.wrongLength`, `notCanonical`.
  package init(forOneUse bytes: [UInt8]) throws(MaskKeyError) {
    guard bytes.count == Self.byteCount else { throw .wrongLength(bytes.count) }
    guard Self.isCanonical(bytes) else { throw .notCanonical }
    self.bytes = bytes
  }

  /// For the public half of a key pair, which needs no check.
  init(ofPair bytes: [UInt8]) { self.bytes = bytes }

  private static func isCanonical(_ bytes: [UInt8]) -> Bool {
    let isAtLeastPrime =
      bytes[31] == 0x7f && bytes[1..<31].allSatisfy { $0 == 0xff } && bytes[0] >= 0xed
    return bytes[31] < 0x80 && !isAtLeastPrime
  }
}

extension MaskPublicKey: CustomStringConvertible {
  public var description: String { "MaskPublicKey(\(hexadecimal(bytes.prefix(4)))…)" }
}

/// The secret scalar of these 32 bytes; clamping is done by X25519 itself.
func privateKey(
  _ bytes: [UInt8]
) throws(MaskKeyError) -> Curve25519.KeyAgreement.PrivateKey {
  do {
    return try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: bytes)
  } catch {
    throw .wrongLength(bytes.count)
  }
}

/// X25519(secret, point), refused if all zero (RFC 7748, section 6.1).
func sharedSecret(
  secret: Curve25519.KeyAgreement.PrivateKey, point: [UInt8]
) throws(MaskKeyError) -> SharedSecret {
  let shared: SharedSecret
  do {
    let publicKey = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: point)
    shared = try secret.sharedSecretFromKeyAgreement(with: publicKey)
  } catch {
    throw .wrongLength(point.count)
  }
  let bits = shared.withUnsafeBytes { bytes in bytes.reduce(0) { $0 | $1 } }
  guard bits != 0 else { throw .lowOrder }
  return shared
}
