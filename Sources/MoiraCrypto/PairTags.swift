internal import Crypto
public import MoiraModel

/// What one party vouches for statements with, towards each other party of a roster.
///
/// HMAC-SHA256 under a key for each direction between two parties, derived as the keys of `PairSeals`
/// are, under a purpose of its own. Only the two of them can make or check a tag.
public struct PairTags: Sendable {
  public static let byteCount = 32

  private let own: PartyID
  private let sending: [PartyID: SymmetricKey]
  private let receiving: [PartyID: SymmetricKey]

  /// - Complexity: two HKDF for each other party.
  public init(_ keys: MaskingKeys, purpose: String, scope: TaskScope) {
    own = keys.own
    let pairs = keys.directedKeys("moira/tag/1", purpose: purpose, scope: scope)
    sending = pairs.sending
    receiving = pairs.receiving
  }

  /// - Throws: `ShareSealError.unknownPeer`.
  public func tag(_ statement: SignedStatement, for peer: PartyID) throws(ShareSealError) -> [UInt8]
  {
    guard let key = sending[peer] else { throw .unknownPeer(peer) }
    return Array(HMAC<SHA256>.authenticationCode(for: statement.bytes, using: key))
  }

  /// Whether `peer` made the tag for this party and this statement. Takes the same time for all tags.
  public func isValid(
    _ tag: [UInt8], for statement: SignedStatement, from peer: PartyID
  ) -> Bool {
    guard let key = receiving[peer] else { return false }
    return HMAC<SHA256>.isValidAuthenticationCode(
      tag, authenticating: statement.bytes, using: key)
  }
}

extension PairTags: CustomStringConvertible, CustomReflectable {
  public var description: String { "PairTags(of \(own), secrets hidden)" }
  public var customMirror: Mirror { Mirror(self, children: ["own": own]) }
}

extension MaskingKeys {
  /// HKDF-SHA256 of the X25519 secret with each other party, for each direction: the salt is the job's
  /// id, the info what it is for, the scope, sender, receiver and the roster's hash, each with its
  /// length.
  func directedKeys(
    _ use: String, purpose: String, scope: TaskScope
  ) -> (sending: [PartyID: SymmetricKey], receiving: [PartyID: SymmetricKey]) {
    var sending: [PartyID: SymmetricKey] = [:]
    var receiving: [PartyID: SymmetricKey] = [:]
    for (peer, secret) in secrets {
      func key(_ sender: PartyID, _ receiver: PartyID) -> SymmetricKey {
        var info = ByteWriter()
        info.write(use)
        info.write(purpose)
        info.write(scope.task.text)
        info.write(Int64(scope.attempt))
        info.write(sender.text)
        info.write(receiver.text)
        info.write(roster.hash.text)
        return hkdf(secret, salt: Array(scope.job.text.utf8), info: info.bytes, count: 32)
      }
      sending[peer] = key(own, peer)
      receiving[peer] = key(peer, own)
    }
    return (sending, receiving)
  }
}
