/// The public half of a sealing key: a point of Curve25519 by its u-coordinate (RFC 7748, section 5).
///
/// Only canonical points of high order exist as values, as with `MaskPublicKey`; it is a type of its
/// own, so that nobody seals to a key of masks.
public struct SealingPublicKey: Hashable, Sendable {
  public static let byteCount = 32
  /// 32 bytes, little-endian.
  public let bytes: [UInt8]

  /// - Complexity: one X25519, which finds points of low order.
  /// - Throws: `MaskKeyError` of any case.
  public init(_ bytes: [UInt8]) throws(MaskKeyError) {
    self.bytes = try MaskPublicKey(bytes).bytes
  }

  /// For the public half of a key pair, which needs no check.
  init(ofPair bytes: [UInt8]) { self.bytes = bytes }
}

extension SealingPublicKey: Codable {
  /// Reads 64 hexadecimal digits.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let bytes = hexadecimalBytes(text), let key = try? Self(bytes) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "no sealing key"))
    }
    self = key
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension SealingPublicKey: CustomStringConvertible {
  /// 64 hexadecimal digits.
  public var description: String { hexadecimal(bytes) }
}
