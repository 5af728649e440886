public import MoiraCrypto
public import MoiraModel
internal import Synchronization

/// What one client signs and seals with in the sums of an attempt.
struct SecureSumGround: Sendable {
  let own: PartyID
  let terms: SecureSumTerms
  let identity: IdentityKeyPair
  let seals: PairSeals
  let tags: PairTags
}

/// A client's side of all the secure sums of one attempt; see `SecureSumTerms`.
///
/// A class, for every secret is used once: a round is begun once, and its secrets are gone with it.
public final class SecureSumSession: Sendable {
  /// What the last round left for the next.
  struct State: Sendable {
    /// The last round that was begun.
    var round = 0
    /// Who is in the next round; nil before the first.
    var roster: CheckedRoster?
    /// What the client offered for the next round.
    var secrets: RoundSecrets?
  }

  let ground: SecureSumGround
  private let state = Mutex(State())

  public var terms: SecureSumTerms { ground.terms }
  public var own: PartyID { ground.own }

  /// - Parameters:
  ///   - keys: To seal with, of the roster that the terms name.
  ///   - identity: The party's own, whose public half the terms pin.
  /// - Throws: `ProtocolRefusal.notAClient`, `otherKeys`, `unknownIdentity`.
  public init(
    _ own: PartyID, terms: SecureSumTerms, keys: MaskingKeys, identity: IdentityKeyPair
  ) throws(ProtocolRefusal) {
    guard terms.clients.contains(own), keys.own == own else { throw .notAClient(own) }
    guard keys.roster.hash == terms.setup else { throw .otherKeys }
    guard terms.identities[own] == identity.publicKey else { throw .unknownIdentity(own) }
    ground = SecureSumGround(
      own: own, terms: terms, identity: identity,
      seals: PairSeals(keys, purpose: "secagg", scope: terms.scope),
      tags: PairTags(keys, purpose: "secagg", scope: terms.scope))
  }

  /// Takes out what the last round left, for a round that is begun now.
  ///
  /// - Throws: `SecureSumRefusal.roundUsed` unless the number is higher than all before.
  func begin(_ round: Int) throws(SecureSumRefusal) -> State {
    let left: State? = state.withLock { state in
      guard round > state.round else { return nil }
      defer { state = State(round: round) }
      return state
    }
    guard let left else { throw .roundUsed(round) }
    return left
  }

  /// Puts down what the next round needs.
  func end(roster: CheckedRoster, secrets: RoundSecrets) {
    state.withLock { state in
      state.roster = roster
      state.secrets = secrets
    }
  }
}

extension SecureSumSession: CustomStringConvertible, CustomReflectable {
  public var description: String { "SecureSumSession(of \(own), secrets hidden)" }
  public var customMirror: Mirror { Mirror(self, children: ["own": own]) }
}
