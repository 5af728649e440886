internal import Crypto
public import MoiraModel
internal import Synchronization

/// Why a party cannot mask with the keys it has.
public enum MaskingError: Error, Hashable, Sendable {
  /// The roster does not have the party's own key under its id.
  case notInRoster(PartyID)
  case unfitKey(of: PartyID, MaskKeyError)
  /// The label belongs to another attempt than the keys.
  case otherScope(label: TaskScope, keys: TaskScope)
  /// A second vector under the same masks: the two would give away their difference.
  case labelUsed(MaskLabel)
}

/// What one party masks with: its secrets with each other party of a roster.
///
/// A class that holds the secrets once, and hands out the masks of a label once.
public final class MaskingKeys: Sendable {
  public let own: PartyID
  public let roster: KeyRoster
  let secrets: [(peer: PartyID, secret: SymmetricKey)]
  private let used = Mutex<Set<MaskLabel>>([])

  /// - Parameter peers: Those of the roster to have secrets with; nil for all.
  /// - Complexity: one X25519 for each of them.
  public init(
    own: PartyID, keyPair: MaskKeyPair, roster: KeyRoster, peers: Set<PartyID>? = nil
  ) throws(MaskingError) {
    guard roster[own] == keyPair.publicKey else { throw .notInRoster(own) }
    var secrets: [(PartyID, SymmetricKey)] = []
    for peer in roster.parties where peer != own && peers?.contains(peer) != false {
      guard let key = roster[peer] else { continue }
      do {
        secrets.append((peer, SymmetricKey(data: try keyPair.sharedSecret(with: key))))
      } catch {
        throw .unfitKey(of: peer, error)
      }
    }
    self.own = own
    self.roster = roster
    self.secrets = secrets
  }

  /// The masks for one vector, one for each other party: added towards those whose id comes later,
  /// taken away towards the others, so that they cancel in the sum of all.
  ///
  /// - Throws: `MaskingError.labelUsed` the second time, `MaskingError.otherScope`.
  public func masks(for label: MaskLabel) throws(MaskingError) -> [SignedMask] {
    try takeUp(label)
    return secrets.map { peer, secret in
      let seed = MaskSeed.ofPair(secret, label: label, parties: (own, peer), roster: roster.hash)
      return SignedMask(own < peer ? .add : .subtract, MaskStream(seed: seed))
    }
  }

  /// Marks the label as used: one vector goes out under it, masked or in shares.
  func takeUp(_ label: MaskLabel) throws(MaskingError) {
    guard label.scope == roster.scope else {
      throw .otherScope(label: label.scope, keys: roster.scope)
    }
    guard used.withLock({ $0.insert(label).inserted }) else { throw .labelUsed(label) }
  }
}

extension MaskingKeys: CustomStringConvertible, CustomReflectable {
  public var description: String { "MaskingKeys(of \(own), secrets hidden)" }
  public var customMirror: Mirror { Mirror(self, children: ["own": own, "roster": roster]) }
}
