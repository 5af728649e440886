internal import Crypto
package import MoiraModel

/// 32 secret bytes that a mask grows from.
///
/// Not `Codable`; neither description nor mirror shows it; overwritten when the last copy goes.
public struct MaskSeed: Sendable {
  public static let byteCount = 32
  let key: SymmetricKey

  init(key: SymmetricKey) { self.key = key }

  /// - Throws: `MaskKeyError.wrongLength` unless there are 32 bytes.
  public init(bytes: [UInt8]) throws(MaskKeyError) {
    guard bytes.count == Self.byteCount else { throw .wrongLength(bytes.count) }
    key = SymmetricKey(data: bytes)
  }

  /// The 32 bytes, to be shared or sealed; as secret as the seed.
  package var secretBytes: [UInt8] { key.withUnsafeBytes { Array($0) } }
}

extension MaskSeed: CustomStringConvertible, CustomReflectable {
  public var description: String { "MaskSeed(hidden)" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension MaskSeed {
  /// The seed that two parties share for one vector: HKDF-SHA256 of their X25519 secret.
  ///
  /// The salt is the job's id. The info is "moira/secagg/1", the label's task, attempt, round,
  /// tensor and model hash, both ids in ascending order, and the roster's hash, each with its
  /// length. A party that saw another roster gets another seed.
  static func ofPair(
    _ secret: SymmetricKey, label: MaskLabel, parties: (PartyID, PartyID), roster: ContentHash
  ) -> MaskSeed {
    var info = ByteWriter()
    info.write("moira/secagg/1")
    label.write(into: &info)
    info.write(min(parties.0, parties.1).text)
    info.write(max(parties.0, parties.1).text)
    info.write(roster.text)
    return MaskSeed(
      key: hkdf(secret, salt: Array(label.scope.job.text.utf8), info: info.bytes, count: byteCount))
  }
}

extension MaskSeed {
  /// The seed of a party's own mask for one vector, which it shares out beforehand.
  ///
  /// HKDF-SHA256 of 32 random bytes; salt and info as for a pair's, with "moira/secagg/self/1" in
  /// front and the one party in place of two.
  package static func ofSelf(
    _ secret: MaskSeed, label: MaskLabel, party: PartyID, roster: ContentHash
  ) -> MaskSeed {
    var info = ByteWriter()
    info.write("moira/secagg/self/1")
    label.write(into: &info)
    info.write(party.text)
    info.write(roster.text)
    return MaskSeed(
      key: hkdf(
        secret.key, salt: Array(label.scope.job.text.utf8), info: info.bytes, count: byteCount))
  }
}

extension MaskSeed {
  /// A seed of its own for one vector: HKDF-SHA256; salt and info as for a mask's, with
  /// "moira/vector/1" in front.
  package func derived(for label: MaskLabel) -> MaskSeed {
    var info = ByteWriter()
    info.write("moira/vector/1")
    label.write(into: &info)
    return MaskSeed(
      key: hkdf(
        key, salt: Array(label.scope.job.text.utf8), info: info.bytes, count: Self.byteCount))
  }
}

/// HKDF with SHA-256: extract, then expand to `count` bytes (RFC 5869, section 2).
func hkdf(_ secret: SymmetricKey, salt: [UInt8], info: [UInt8], count: Int) -> SymmetricKey {
  HKDF<SHA256>.deriveKey(
    inputKeyMaterial: secret, salt: salt, info: info, outputByteCount: count)
}
