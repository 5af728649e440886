public import MoiraCrypto
public import MoiraModel

/// A message that breaks the rules of its protocol, and who sent it.
public struct ProtocolViolation: Error, Hashable, Sendable {
  public let sender: PartyID
  public let rule: Rule

  public init(_ sender: PartyID, _ rule: Rule) {
    self.sender = sender
    self.rule = rule
  }

  /// What a message can be, for words about it.
  public enum MessageKind: Hashable, Sendable {
    case publicKey, roster, upload, total
  }

  /// The rule that was broken, with the facts.
  public enum Rule: Hashable, Sendable {
    /// The bytes are not a message.
    case unreadable(WireError)
    /// The party has no part in the protocol.
    case unknownSender
    /// A kind of message that this party does not send to this side.
    case unexpected(MessageKind)
    case sentTwice(MessageKind)
    case otherScope(sent: TaskScope, agreed: TaskScope)
    case otherRound(sent: Int, agreed: Int)
    case otherTensor(sent: String, agreed: String)
    /// Scope, round and tensor agree, so that the global model differs.
    case otherModel
    case otherMethod(sent: SumMethod, agreed: SumMethod)
    case otherRoster
    case wrongCount(sent: Int, agreed: Int)
    /// The header announces another number of words than follow.
    case countMismatch(announced: Int, sent: Int)
    case unfitKey(of: PartyID, MaskKeyError)
    case sharedKey(PartyID, PartyID)
    case listedTwice(PartyID)
    case missing(PartyID)
    case unplanned(PartyID)
    /// The roster has another key for the receiver than the receiver sent.
    case alteredKey(of: PartyID)
    /// A rule of the sum by shares.
    case sharing(SecretSharingRule)
    /// A rule of a secure sum.
    case secure(SecureSumRule)
    /// The key's signature is not the party's.
    case unsignedKey(of: PartyID)
    /// A rule of the sum by Paillier, or of its key set-up.
    case paillier(PaillierRule)
  }
}

extension ProtocolViolation.Rule {
  init(_ error: KeyRosterError) {
    switch error {
    case .listedTwice(let party): self = .listedTwice(party)
    case .sharedKey(let first, let second): self = .sharedKey(first, second)
    }
  }
}

/// Why a protocol is not even begun with what was handed in.
public enum ProtocolRefusal: Error, Hashable, Sendable {
  /// Of two parties each would know the other's vector from the sum.
  case tooFewClients(Int)
  case tooManyClients(Int)
  case noClients
  case listedTwice(PartyID)
  /// The aggregator may not be one of the clients.
  case aggregatorIsClient(PartyID)
  case notAClient(PartyID)
  case wrongCount(given: Int, agreed: Int)
  /// The keys were agreed in another run of the key agreement than the terms name.
  case otherKeys
  case masking(MaskingError)
  /// The threshold must be more than half of the parties that share a secret, and no more than all.
  case thresholdOutOfRange(Int, parties: Int)
  /// The plan pins no identity key for the party, or another one than it has.
  case unknownIdentity(PartyID)
}
