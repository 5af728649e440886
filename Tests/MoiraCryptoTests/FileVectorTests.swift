import Crypto
import Foundation
import MoiraModel
import Testing

@testable import MoiraCrypto

/// A file of Tests/Vectors.
private struct VectorFile<Vector: Decodable>: Decodable {
  let source: String
  let vectors: [Vector]
}

/// The vectors of one file of Tests/Vectors.
private func vectors<Vector: Decodable>(_ name: String, of type: Vector.Type) throws -> [Vector] {
  let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  let data = try Data(contentsOf: folder.appending(path: "Vectors/\(name).json"))
  let file = try JSONDecoder().decode(VectorFile<Vector>.self, from: data)
  #expect(!file.source.isEmpty && !file.vectors.isEmpty)
  return file.vectors
}

@Suite struct `Vectors in files` {
  struct Agreement: Decodable {
    let scalar, point, shared: String
  }

  @Test("X25519 gives RFC 7748")
  func x25519() throws {
    for vector in try vectors("x25519", of: Agreement.self) {
      let point = try MaskPublicKey(bytes(vector.point))
      let shared = try MaskKeyPair(secretBytes: bytes(vector.scalar)).sharedSecret(with: point)
      #expect(shared.withUnsafeBytes { Array($0) } == bytes(vector.shared))
    }
  }

  struct BadPoint: Decodable {
    let point, error: String
  }

  @Test("a point that must not be agreed upon is refused for its reason")
  func badX25519() throws {
    for vector in try vectors("bad_x25519", of: BadPoint.self) {
      let point = bytes(vector.point)
      let errors: [String: MaskKeyError] = [
        "lowOrder": .lowOrder, "notCanonical": .notCanonical,
        "wrongLength": .wrongLength(point.count),
      ]
      #expect(throws: try #require(errors[vector.error])) { try MaskPublicKey(point) }
    }
  }

  struct Derivation: Decodable {
    let secret, salt, info, key: String

    var derived: [UInt8] {
      hkdf(
        SymmetricKey(data: bytes(secret)), salt: bytes(salt), info: bytes(info),
        count: bytes(key).count
      ).withUnsafeBytes { Array($0) }
    }
  }

  @Test("HKDF-SHA256 gives RFC 5869, and another key for every other field")
  func derivation() throws {
    for vector in try vectors("hkdf_sha256", of: Derivation.self) {
      #expect(vector.derived == bytes(vector.key))
    }
    for vector in try vectors("bad_hkdf_sha256", of: Derivation.self) {
      #expect(vector.derived != bytes(vector.key))
    }
  }

  struct Keystream: Decodable {
    let key, counter, plain, cipher: String

    /// What the mask makes of the plain text.
    func encrypted() throws -> [UInt8] {
      let first = bytes(counter).reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
      var words = [UInt64](repeating: 0, count: bytes(plain).count / 8)
      MaskStream(seed: try MaskSeed(bytes: bytes(key)), firstBlock: first).apply(.add, to: &words)
      let mask = words.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
      return zip(bytes(plain), mask).map { $0 ^ $1 }
    }
  }

  @Test("AES-256-CTR gives SP 800-38A, F.5.5, and nothing else")
  func keystream() throws {
    for vector in try vectors("aes256_ctr", of: Keystream.self) {
      #expect(try vector.encrypted() == bytes(vector.cipher))
    }
    for vector in try vectors("bad_aes256_ctr", of: Keystream.self) {
      #expect(try vector.encrypted() != bytes(vector.cipher))
    }
  }

  struct Sealed: Decodable {
    let key, nonce, plain, beside, cipher, tag: String

    func opened() throws -> [UInt8] {
      let box = try AES.GCM.SealedBox(
        nonce: AES.GCM.Nonce(data: bytes(nonce)), ciphertext: bytes(cipher), tag: bytes(tag))
      return Array(
        try AES.GCM.open(
          box, using: SymmetricKey(data: bytes(key)), authenticating: bytes(beside)))
    }
  }

  @Test("AES-256-GCM opens the published cases, and none with a bit changed")
  func sealed() throws {
    for vector in try vectors("aes256_gcm", of: Sealed.self) {
      #expect(try vector.opened() == bytes(vector.plain))
    }
    for vector in try vectors("bad_aes256_gcm", of: Sealed.self) {
      #expect(throws: CryptoKitError.self) { try vector.opened() }
    }
  }

  struct Signed: Decodable {
    let secret, `public`, message, signature: String

    func isValid() throws -> Bool {
      try Curve25519.Signing.PublicKey(rawRepresentation: bytes(`public`))
        .isValidSignature(bytes(signature), for: bytes(message))
    }
  }

  @Test("Ed25519 gives RFC 8032, and takes no altered signature, nor one whose S is too large")
  func signatures() throws {
    for vector in try vectors("ed25519", of: Signed.self) {
      let pair = try IdentityKeyPair(secretBytes: bytes(vector.secret))
      #expect(pair.publicKey.bytes == bytes(vector.public))
      #expect(try vector.isValid())
    }
    for vector in try vectors("bad_ed25519", of: Signed.self) { #expect(try !vector.isValid()) }
  }

  struct Identity: Decodable {
    let secret, `public`, statement, signature: String
  }

  @Test("a statement is signed as its bytes are documented")
  func identity() throws {
    for vector in try vectors("identity", of: Identity.self) {
      let statement = SignedStatement("moira/keys/1") { $0.write("what is signed") }
      #expect(statement.bytes == bytes(vector.statement))
      let key = try IdentityPublicKey(bytes(vector.public))
      #expect(key.isValid(bytes(vector.signature), for: statement))
      let pair = try IdentityKeyPair(secretBytes: bytes(vector.secret))
      #expect(pair.publicKey == key)
      #expect(key.isValid(pair.sign(statement), for: statement))
      let other = SignedStatement("moira/keys/2") { $0.write("what is signed") }
      #expect(!key.isValid(bytes(vector.signature), for: other))
    }
  }

  struct Pair: Decodable {
    let secrets: [String]
    let roster, plain, context, sealed, tag: String

    /// The receiver's keys.
    func zeta() throws -> MaskingKeys {
      let pairs = try secrets.map { try MaskKeyPair(secretBytes: bytes($0)) }
      let roster = try KeyRoster(
        scope: scope, entries: [("alpha", pairs[0].publicKey), ("zeta", pairs[1].publicKey)])
      #expect(roster.hash.text == self.roster)
      return try MaskingKeys(own: "zeta", keyPair: pairs[1], roster: roster)
    }

    func opened() throws -> [UInt8] {
      try PairSeals(zeta(), purpose: "secagg", scope: scope).open(
        bytes(sealed), from: "alpha", context: bytes(context), byteCount: bytes(plain).count)
    }

    func isTagged() throws -> Bool {
      let statement = SignedStatement("moira/secagg/survivors/1") {
        $0.write("what all have seen")
      }
      return try PairTags(zeta(), purpose: "secagg", scope: scope)
        .isValid(bytes(tag), for: statement, from: "alpha")
    }
  }

  @Test("seals and tags of a pair are what their derivation says, computed elsewhere")
  func pair() throws {
    for vector in try vectors("pair", of: Pair.self) {
      #expect(try vector.opened() == bytes(vector.plain))
      #expect(try vector.isTagged())
    }
    for vector in try vectors("bad_pair", of: Pair.self) {
      #expect(throws: ShareSealError.broken) { try vector.opened() }
      #expect(try !vector.isTagged())
    }
  }

  struct Secret: Decodable {
    let threshold, parties: Int
    let secret: String
    let points: [Int]
    let shares: [String]
  }

  @Test("shares made with Python's integers give their secret")
  func secrets() throws {
    for vector in try vectors("shamir_secret", of: Secret.self) {
      let shamir = try ShamirShares(threshold: vector.threshold, parties: vector.parties)
      let shares = try vector.points.map { try SecretShare(bytes: bytes(vector.shares[$0 - 1])) }
      let combined = try shamir.interpolation(of: vector.points).combine(shares)
      #expect(combined == bytes(vector.secret))
    }
  }

  struct BadShare: Decodable {
    let share, error: String
  }

  @Test("bytes that are no share are refused for their reason")
  func badShares() throws {
    for vector in try vectors("bad_shamir_secret", of: BadShare.self) {
      do {
        _ = try SecretShare(bytes: bytes(vector.share))
        Issue.record("\(vector.share) was taken for a share")
      } catch {
        #expect("\(error)".hasPrefix(vector.error))
      }
    }
  }

  struct Vectors: Decodable {
    let threshold, parties, summands: Int
    let points: [Int]
    let shares: [[String]]
    let sum: [String]
    let error: String?

    func words() throws -> [UInt64] {
      let read = try points.map { point in
        let words = shares[point - 1].flatMap { text -> [UInt64] in
          let value = bytes(text).reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
          return [UInt64(truncatingIfNeeded: value), UInt64(truncatingIfNeeded: value >> 64)]
        }
        return (point: point, vector: try FieldVector(words: words))
      }
      return try ShamirShares(threshold: threshold, parties: parties)
        .interpolation(of: points).combine(read).ringWords(summands: summands)
    }
  }

  @Test("sums of shares made with Python's integers give the sum of the words")
  func sums() throws {
    for vector in try vectors("shamir_vector", of: Vectors.self) {
      #expect(try vector.words() == vector.sum.map { try #require(UInt64($0, radix: 16)) })
    }
    for vector in try vectors("bad_shamir_vector", of: Vectors.self) {
      do {
        _ = try vector.words()
        Issue.record("a bad sum was taken")
      } catch {
        #expect("\(error)".hasPrefix(try #require(vector.error)))
      }
    }
  }
}
