public import MoiraCrypto
public import MoiraModel

/// A client's side of the key agreement; see `KeyAgreementTerms`. Ends with the keys to mask with.
public struct KeyAgreementClient: ~Copyable, ProtocolMachine {
  public typealias Message = KeyAgreementMessage
  public typealias Output = MaskingKeys

  private let own: PartyID
  private let terms: KeyAgreementTerms
  private let keyPair: MaskKeyPair
  private let identity: IdentityKeyPair
  private var isDone = false

  /// Makes a new key pair.
  ///
  /// - Throws: `ProtocolRefusal.notAClient`, `unknownIdentity`.
  public init(
    _ own: PartyID, terms: KeyAgreementTerms, identity: IdentityKeyPair,
    using generator: inout some RandomNumberGenerator
  ) throws(ProtocolRefusal) {
    try self.init(
      own, terms: terms, identity: identity, keyPair: MaskKeyPair(using: &generator))
  }

  public init(
    _ own: PartyID, terms: KeyAgreementTerms, identity: IdentityKeyPair, keyPair: MaskKeyPair
  ) throws(ProtocolRefusal) {
    guard terms.clients.contains(own) else { throw .notAClient(own) }
    guard terms.identities[own] == identity.publicKey else { throw .unknownIdentity(own) }
    self.identity = identity
    self.own = own
    self.terms = terms
    self.keyPair = keyPair
  }

  public mutating func start() -> [Outbound<KeyAgreementMessage>] {
    let key = keyPair.publicKey.bytes
    let message = KeyAgreementMessage.publicKey(
      scope: terms.scope, key: key, signature: identity.sign(terms.statement(own, key: key)))
    return [Outbound(to: terms.aggregator, message)]
  }

  public mutating func receive(
    _ message: KeyAgreementMessage, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<KeyAgreementMessage, MaskingKeys> {
    guard sender == terms.aggregator else { throw ProtocolViolation(sender, .unknownSender) }
    guard case .roster(let scope, let entries) = message else {
      throw ProtocolViolation(sender, .unexpected(.publicKey))
    }
    try terms.check(scope, from: sender)
    guard !isDone else { throw ProtocolViolation(sender, .sentTwice(.roster)) }
    let keys = try maskingKeys(try roster(of: entries, from: sender), from: sender)
    isDone = true
    return .finish(keys)
  }

  private func roster(
    of entries: [KeyAgreementMessage.Entry], from sender: PartyID
  ) throws(ProtocolViolation) -> KeyRoster {
    let listed = Set(entries.map(\.party))
    if let stranger = entries.first(where: { !terms.clients.contains($0.party) }) {
      throw ProtocolViolation(sender, .unplanned(stranger.party))
    }
    if let missing = terms.clients.first(where: { !listed.contains($0) }) {
      throw ProtocolViolation(sender, .missing(missing))
    }
    if entries.contains(where: { $0.party == own && $0.key != keyPair.publicKey.bytes }) {
      throw ProtocolViolation(sender, .alteredKey(of: own))
    }
    var checked: [(PartyID, MaskPublicKey)] = []
    for entry in entries {
      guard terms.isSigned(entry.key, by: entry.party, entry.signature) else {
        throw ProtocolViolation(sender, .unsignedKey(of: entry.party))
      }
      checked.append((entry.party, try checkedKey(entry.key, of: entry.party, from: sender)))
    }
    return try checkedRoster(terms.scope, checked, from: sender)
  }

  private func maskingKeys(
    _ roster: KeyRoster, from sender: PartyID
  ) throws(ProtocolViolation) -> MaskingKeys {
    do {
      return try MaskingKeys(own: own, keyPair: keyPair, roster: roster)
    } catch .unfitKey(let party, let error) {
      throw ProtocolViolation(sender, .unfitKey(of: party, error))
    } catch {
      throw ProtocolViolation(sender, .alteredKey(of: own))
    }
  }
}
