internal import Crypto
public import MoiraModel

/// SHA-256 over bytes that come piece by piece (FIPS 180-4).
public struct ContentHasher: Sendable {
  private var hash = SHA256()

  public init() {}

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    hash.update(bufferPointer: bytes)
  }

  public mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
  }

  /// The hash of all that was given so far; more may follow.
  public func finish() -> ContentHash { ContentHash(hexadecimal(hash.finalize())) }
}

/// The SHA-256 of some bytes.
public func sha256(_ bytes: [UInt8]) -> ContentHash {
  var hasher = ContentHasher()
  hasher.update(bytes)
  return hasher.finish()
}

/// Two lower-case digits a byte.
public func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return String(decoding: text, as: UTF8.self)
}
