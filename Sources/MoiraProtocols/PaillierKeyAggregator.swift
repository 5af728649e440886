public import MoiraCrypto
public import MoiraModel

/// The aggregator's side of the key set-up; see `PaillierKeyTerms`. Ends with the public key.
public struct PaillierKeyAggregator: ProtocolMachine {
  public typealias Message = PaillierKeyMessage
  public typealias Output = PaillierPublicKey

  let terms: PaillierKeyTerms
  private let header: PaillierKeyHeader
  private var key: PaillierPublicKey?
  private var confirmed: Set<PartyID> = []

  public init(terms: PaillierKeyTerms) {
    self.terms = terms
    header = PaillierKeyHeader(terms)
  }

  /// Whose message of this step is not there yet.
  public var waitingFor: [PartyID] {
    key == nil ? [terms.holder] : terms.others.filter { !confirmed.contains($0) }
  }

  /// Nothing: the holder speaks first.
  public mutating func start() -> [Outbound<PaillierKeyMessage>] { [] }

  public mutating func receive(
    _ message: PaillierKeyMessage, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<PaillierKeyMessage, PaillierPublicKey> {
    guard terms.clients.contains(sender) else { throw ProtocolViolation(sender, .unknownSender) }
    try message.header.check(against: header, from: sender)
    switch message {
    case .announcement, .agreed:
      throw ProtocolViolation(sender, .paillier(.unexpected(message.kind)))
    case .key(_, let modulus, let proof, let sealed):
      return try announce(modulus, proof, sealed, from: sender)
    case .receipt(_, let id): return try confirm(id, from: sender)
    }
  }

  private mutating func announce(
    _ modulus: [UInt8], _ proof: [UInt8], _ sealed: [[UInt8]], from sender: PartyID
  ) throws(ProtocolViolation) -> Step<PaillierKeyMessage, PaillierPublicKey> {
    guard sender == terms.holder else {
      throw ProtocolViolation(sender, .paillier(.unexpected(.key)))
    }
    guard key == nil else { throw ProtocolViolation(sender, .paillier(.sentTwice(.key))) }
    guard sealed.count == terms.others.count else {
      throw ProtocolViolation(
        sender, .paillier(.wrongSealCount(sent: sealed.count, expected: terms.others.count)))
    }
    key = try terms.checkedKey(modulus, proof, from: sender)
    return .send(
      zip(terms.others, sealed).map { client, one in
        Outbound(to: client, .announcement(header, modulus: modulus, proof: proof, sealed: one))
      })
  }

  private mutating func confirm(
    _ id: ContentHash, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<PaillierKeyMessage, PaillierPublicKey> {
    guard sender != terms.holder else {
      throw ProtocolViolation(sender, .paillier(.unexpected(.receipt)))
    }
    guard let key else { throw ProtocolViolation(sender, .paillier(.tooEarly(.receipt))) }
    guard id == key.id else { throw ProtocolViolation(sender, .paillier(.otherKey)) }
    guard confirmed.insert(sender).inserted else {
      throw ProtocolViolation(sender, .paillier(.sentTwice(.receipt)))
    }
    guard confirmed.count == terms.others.count else { return .wait }
    return .finish(
      key, sending: terms.clients.map { Outbound(to: $0, .agreed(header, key: key.id)) })
  }
}
