public import MoiraCrypto
public import MoiraModel

/// Why a sum by Paillier, or its key set-up, is not begun.
public enum PaillierRefusal: Error, Hashable, Sendable {
  case terms(ProtocolRefusal)
  case key(PaillierKeyError)
  /// A word of the client's own vector has no room in a slot.
  case wordOutOfRange(index: Int, bits: Int)
}

/// The rule of a sum by Paillier, or of its key set-up, that a message broke.
public enum PaillierRule: Hashable, Sendable {
  /// What a message can be.
  public enum Kind: Hashable, Sendable {
    case key, announcement, receipt, agreed
    case upload, sum, total, digest
  }

  /// A kind of message that this party does not send to this side.
  case unexpected(Kind)
  case sentTwice(Kind)
  /// A message whose step has not come.
  case tooEarly(Kind)
  case otherHolder(sent: PartyID, agreed: PartyID)
  case otherKeyLength(sent: Int, agreed: Int)
  /// A message under another public key than the one that was agreed.
  case otherKey
  case otherScale(sent: Int, agreed: Int)
  case otherSlots(sent: Int, agreed: Int)
  case unfitKey(PaillierKeyError)
  case wrongSealCount(sent: Int, expected: Int)
  case brokenSeal(of: PartyID)
  case unfitPrivateKey(PaillierKeyError)
  case unfitCiphertexts(PaillierError)
  /// Decrypted another sum than this client.
  case otherTotal(than: PartyID)
}
