import Foundation
import MoiraModel
import Testing

@testable import MoiraCrypto

/// A file of `Tests/Vectors/paillier`: a name and hexadecimal digits on each line.
struct PaillierVector {
  private let values: [String: String]

  init(_ name: String) throws {
    let file = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Vectors/paillier/\(name).txt")
    var values: [String: String] = [:]
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1)
      values[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
    }
    self.values = values
  }

  func text(_ name: String) throws -> String { try #require(values[name], "\(name)") }

  /// Fixed width, zeros in front.
  func bytes(_ name: String, _ count: Int) throws -> [UInt8] {
    let digits = try text(name)
    try #require(digits.count <= 2 * count)
    return MoiraCryptoTests.bytes(String(repeating: "0", count: 2 * count - digits.count) + digits)
  }

  func words(_ name: String) throws -> [UInt64] {
    try text(name).split(separator: " ").map { try #require(UInt64($0, radix: 16)) }
  }

  func publicKey(_ bits: Int = 2048) throws -> PaillierPublicKey {
    try PaillierPublicKey(bytes("n", bits / 8))
  }

  func privateKey(_ bits: Int = 2048) throws -> PaillierPrivateKey {
    try PaillierPrivateKey(secretBytes: bytes("p", bits / 16) + bytes("q", bits / 16))
  }
}

/// Keys, encryptors and decryptors that many tests share.
enum PaillierParts {
  static let key = try! PaillierVector("key_2048").privateKey()
  static let portable = PaillierEncryptor(key.publicKey, kernel: .portable)
  static let best = PaillierEncryptor(key.publicKey)
  static let portableDecryptor = PaillierDecryptor(key, kernel: .portable)
  static let bestDecryptor = PaillierDecryptor(key)

  static func encryptor(_ kernel: PaillierKernel) -> PaillierEncryptor {
    kernel == .best ? best : portable
  }

  static func decryptor(_ kernel: PaillierKernel) -> PaillierDecryptor {
    kernel == .best ? bestDecryptor : portableDecryptor
  }

  static func packing(_ slotBits: Int) throws -> PaillierPacking {
    try #require(PaillierPacking(slotBits: slotBits))
  }
}
