internal import Crypto
public import MoiraModel

/// Why bytes are no identity key.
public enum IdentityKeyError: Error, Hashable, Sendable {
  case wrongLength(Int)
}

/// The public half of a party's long-term key: what its signatures are checked with.
public struct IdentityPublicKey: Hashable, Sendable {
  public static let byteCount = 32
  public static let signatureByteCount = 64

  public let bytes: [UInt8]

  /// - Throws: `IdentityKeyError.wrongLength` unless there are 32 bytes.
  public init(_ bytes: [UInt8]) throws(IdentityKeyError) {
    guard bytes.count == Self.byteCount else { throw .wrongLength(bytes.count) }
    self.bytes = bytes
  }

  init(ofPair bytes: [UInt8]) { self.bytes = bytes }

  /// Whether the owner of the key signed just this statement.
  public func isValid(_ signature: [UInt8], for statement: SignedStatement) -> Bool {
    guard signature.count == Self.signatureByteCount,
      let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
    else { return false }
    return key.isValidSignature(signature, for: statement.bytes)
  }
}

extension IdentityPublicKey: Codable {
  /// Reads 64 hexadecimal digits.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let bytes = hexadecimalBytes(text), bytes.count == Self.byteCount else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "no identity key"))
    }
    self.bytes = bytes
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hexadecimal(bytes))
  }
}

extension IdentityPublicKey: CustomStringConvertible {
  /// 64 hexadecimal digits.
  public var description: String { hexadecimal(bytes) }
}

/// What a signature vouches for: a purpose, and fields each with its length, so that no two
/// statements have the same bytes.
public struct SignedStatement: Sendable {
  let bytes: [UInt8]

  /// - Parameter purpose: Names the protocol, the step and the version: `moira/keys/1`.
  public init(_ purpose: String, _ write: (inout ByteWriter) -> Void) {
    var writer = ByteWriter()
    writer.write(purpose)
    write(&writer)
    bytes = writer.bytes
  }
}

/// The bytes of pairs of hexadecimal digits; nil if it is anything else.
public func hexadecimalBytes(_ text: String) -> [UInt8]? {
  let digits = Array(text.utf8)
  guard digits.count.isMultiple(of: 2) else { return nil }
  var bytes: [UInt8] = []
  for place in stride(from: 0, to: digits.count, by: 2) {
    guard let high = digit(digits[place]), let low = digit(digits[place + 1]) else { return nil }
    bytes.append(high << 4 | low)
  }
  return bytes
}

private func digit(_ character: UInt8) -> UInt8? {
  switch character {
  case 0x30...0x39: character - 0x30
  case 0x61...0x66: character - 0x61 + 10
  default: nil
  }
}
