import Foundation
internal import MoiraConfig
public import MoiraCrypto
public import MoiraModel
internal import MoiraTable

/// How far an audit log went at a moment, signed by the party: what was cut off since is missed.
public struct AuditHead: Hashable, Codable, Sendable {
  public let party: PartyID
  /// Of the last line.
  public let number: Int
  public let hash: ContentHash
  public let time: Instant
  public let key: IdentityPublicKey
  /// 128 hexadecimal digits.
  public let signature: String

  public init(
    party: PartyID, number: Int, hash: ContentHash, time: Instant, signedBy pair: IdentityKeyPair
  ) {
    self.party = party
    self.number = number
    self.hash = hash
    self.time = time
    key = pair.publicKey
    signature = hexadecimal(pair.sign(Self.statement(party, number, hash, time)))
  }

  /// Whether the owner of the key that it names signed it.
  public var isSigned: Bool {
    guard let bytes = hexadecimalBytes(signature) else { return false }
    return key.isValid(bytes, for: Self.statement(party, number, hash, time))
  }

  private static func statement(
    _ party: PartyID, _ number: Int, _ hash: ContentHash, _ time: Instant
  ) -> SignedStatement {
    SignedStatement("moira/audit-head/1") { writer in
      writer.write(party.text)
      writer.write(Int64(number))
      writer.write(hash.text)
      writer.write(time.milliseconds)
    }
  }

  // MARK: File

  var text: String {
    ConfigValue.map([
      ("party", .string(party.text)), ("number", .int(number)), ("hash", .string(hash.text)),
      ("time", .int(Int(time.milliseconds))), ("key", .string(key.description)),
      ("signature", .string(signature)),
    ]).json() + "\n"
  }

  /// Nil where there is no file.
  ///
  /// - Throws: `audit-unreadable`.
  public static func read(_ path: String) throws(Failure) -> AuditHead? {
    guard let bytes = try AuditFile.bytes(path) else { return nil }
    let head = bytes.withBytes { try? JSONDecoder().decode(AuditHead.self, from: Data($0)) }
    guard let head else {
      throw Failure(
        "audit-unreadable", "the signed head '\(path)' is not of its form",
        hint: "bring it back from a backup; without it, lines cut off the log's end are not missed")
    }
    return head
  }
}
