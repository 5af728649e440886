public import MoiraCrypto
public import MoiraModel

/// The aggregator's side of the key agreement; see `KeyAgreementTerms`. Ends with the roster.
public struct KeyAgreementAggregator: DeadlineMachine {
  public typealias Message = KeyAgreementMessage
  public typealias Output = KeyRoster

  private let terms: KeyAgreementTerms
  private var keys: [PartyID: MaskPublicKey] = [:]
  private var signatures: [PartyID: [UInt8]] = [:]
  private var owners: [MaskPublicKey: PartyID] = [:]

  public init(terms: KeyAgreementTerms) { self.terms = terms }

  /// Whose key is not there yet.
  public var waitingFor: [PartyID] { terms.clients.filter { keys[$0] == nil } }

  /// Nothing: the clients speak first.
  public mutating func start() -> [Outbound<KeyAgreementMessage>] { [] }

  public mutating func receive(
    _ message: KeyAgreementMessage, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<KeyAgreementMessage, KeyRoster> {
    guard terms.clients.contains(sender) else { throw ProtocolViolation(sender, .unknownSender) }
    guard case .publicKey(let scope, let bytes, let signature) = message else {
      throw ProtocolViolation(sender, .unexpected(.roster))
    }
    try terms.check(scope, from: sender)
    guard keys[sender] == nil else { throw ProtocolViolation(sender, .sentTwice(.publicKey)) }
    guard terms.isSigned(bytes, by: sender, signature) else {
      throw ProtocolViolation(sender, .unsignedKey(of: sender))
    }
    let key = try checkedKey(bytes, of: sender, from: sender)
    if let owner = owners[key] { throw ProtocolViolation(sender, .sharedKey(owner, sender)) }
    keys[sender] = key
    signatures[sender] = signature
    owners[key] = sender
    return keys.count == terms.clients.count ? try finish(last: sender) : .wait
  }

  /// Nobody can be spared.
  ///
  /// - Throws: `SecureSumRefusal.tooFewLeft`, with those who are missing.
  public mutating func deadline() throws -> Step<KeyAgreementMessage, KeyRoster> {
    throw SecureSumRefusal.silent(waitingFor, .offer, of: terms.clients.count)
  }

  private func finish(
    last: PartyID
  ) throws(ProtocolViolation) -> Step<KeyAgreementMessage, KeyRoster> {
    let entries = keys.map { (party: $0.key, key: $0.value) }
    let roster = try checkedRoster(terms.scope, entries, from: last)
    let message = KeyAgreementMessage.roster(
      scope: terms.scope,
      entries: roster.parties.compactMap { party in
        roster[party].map {
          KeyAgreementMessage.Entry(
            party: party, key: $0.bytes, signature: signatures[party] ?? [])
        }
      })
    return .finish(roster, sending: terms.clients.map { Outbound(to: $0, message) })
  }
}
