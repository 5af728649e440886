public import MoiraModel

/// Why a sum by shares is not begun, or not ended.
public enum SecretSharingRefusal: Error, Hashable, Sendable {
  case terms(ProtocolRefusal)
  /// The threshold must be more than half of the clients, and no more than all.
  case thresholdOutOfRange(Int, clients: Int)
  /// Without these, fewer are left than the sum needs.
  case tooFewLeft(missing: [PartyID], left: Int, needed: Int)
  /// The shares are of no vectors that so many clients can have.
  case sumOutOfRange(index: Int)
}

/// The rule of a sum by shares that a message broke, with the facts.
public enum SecretSharingRule: Hashable, Sendable {
  /// What a message can be.
  public enum Kind: Hashable, Sendable {
    case deal, announcement, summedShare, total
  }

  /// A kind of message that this party does not send to this side.
  case unexpected(Kind)
  case sentTwice(Kind)
  case otherForm(sent: SharingForm, agreed: SharingForm)
  /// Another number of sealed shares than there are receivers or dealers.
  case wrongShareCount(sent: Int, expected: Int)
  /// The share of this dealer is not of the length of a share.
  case unfitShare(of: PartyID)
  /// The share does not open under the key of dealer and receiver.
  case brokenSeal(of: PartyID)
  /// A client was announced that did not take part, or the receiver was left out.
  case notAnnounced(PartyID)
  /// A summed share of a client that was not, or not yet, announced.
  case unasked
  case tooFewAnnounced(Int, needed: Int)
  /// A second set of summed clients in one round.
  case otherSet
  /// A number of the share is not below the field's prime.
  case notInField(index: Int)
  /// With this share, no vectors that the clients can have give the sum.
  case sumOutOfRange(index: Int)
}
