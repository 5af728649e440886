public import MoiraModel

/// Why a secure sum is not begun, or not ended.
public enum SecureSumRefusal: Error, Hashable, Sendable {
  case terms(ProtocolRefusal)
  /// The round has been begun before: its masks may have gone out.
  case roundUsed(Int)
  /// Without these, fewer are left than the round needs.
  case tooFewLeft(SecureSumRule.Kind, missing: [PartyID], left: Int, needed: Int)
}

/// The rule of a secure sum that a message broke, with the facts.
public enum SecureSumRule: Hashable, Sendable {
  /// What a message can be, in the order in which a client sends or gets them in a round.
  public enum Kind: Int, Hashable, Sendable, Comparable {
    case offer, roster, upload, survivors, confirmation, confirmed, unmasking, total

    public static func < (one: Kind, other: Kind) -> Bool { one.rawValue < other.rawValue }
  }

  /// A kind of message that this party does not send to this side, or not now.
  case unexpected(Kind)
  /// A message that came before, or that is older than one that came before.
  case replayed(Kind)
  case otherRound(Kind, sent: Int, agreed: Int)
  /// The signature is not the party's under this statement.
  case badSignature(Kind, of: PartyID)
  /// Another number of shares or tags than there are dealers or receivers.
  case wrongShareCount(sent: Int, expected: Int)
  /// The dealer's share is not of the length, point or field of a share.
  case unfitShare(of: PartyID)
  case brokenSeal(of: PartyID)
  case tooFewListed(Kind, Int, needed: Int)
  /// A set of survivors with one who is not in the round.
  case notInRound(PartyID)
  /// A set of survivors without the receiver, or a confirmation by one who is not in the set.
  case notASurvivor(PartyID)
  /// A second, different set of survivors in one round.
  case otherSurvivors
  /// Fewer than t, the receiver among them, have valid tags under the set that it was told.
  case tooFewConfirmed(Int, needed: Int)
  /// The shares give a secret that is not the one the party bound itself to.
  case otherSecret(of: PartyID)
}
