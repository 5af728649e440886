public import MoiraCrypto
public import MoiraModel

/// What all agree on before one client gives all others a secret that the aggregator must not know.
///
/// 1. *Deal.* The dealer, the first client by id, draws 32 bytes, seals them for each other client under
///    the keys that they have agreed on (see `PairSeals`), and sends all to the aggregator.
/// 2. *Passage.* The aggregator sends each its own, and to the dealer that it has. Each opens its own.
///
/// All clients learn the secret, and the aggregator nothing, unless a client tells it. The dealer could
/// give different secrets to different clients: what is made with them then does not fit together.
public struct SecretDealTerms: Hashable, Sendable {
  public let scope: TaskScope
  /// By id, ascending.
  public let clients: [PartyID]
  public let aggregator: PartyID
  public let setup: ContentHash

  /// - Throws: `ProtocolRefusal.noClients`, `otherKeys` if a client has no key in the setup,
  ///   `aggregatorIsClient`.
  public init(
    scope: TaskScope, clients: [PartyID], aggregator: PartyID, setup: KeyRoster
  ) throws(ProtocolRefusal) {
    guard !clients.isEmpty else { throw .noClients }
    self.scope = scope
    self.clients = try checkedClients(clients, aggregator: aggregator)
    self.aggregator = aggregator
    self.setup = setup.hash
    if self.clients.contains(where: { setup[$0] == nil }) { throw .otherKeys }
  }

  public var dealer: PartyID { clients[0] }
  /// Whom the dealer seals for.
  var receivers: [PartyID] { Array(clients.dropFirst()) }

  func check(_ sent: TaskScope, from sender: PartyID) throws(ProtocolViolation) {
    guard sent == scope else {
      throw ProtocolViolation(sender, .otherScope(sent: sent, agreed: scope))
    }
  }
}

/// What goes between the parties of a deal.
public enum SecretDealMessage: Hashable, WireMessage {
  /// The dealer's sealed secrets, one for each receiver by id.
  case deal(scope: TaskScope, sealed: [[UInt8]])
  /// The receiver's own; empty for the dealer.
  case passage(scope: TaskScope, sealed: [UInt8])

  public func encode(into writer: inout ByteWriter) {
    writer.write(wireVersion)
    switch self {
    case .deal(let scope, let sealed):
      writer.write(UInt8(1))
      writer.write(scope)
      writer.write(byteLists: sealed)
    case .passage(let scope, let sealed):
      writer.write(UInt8(2))
      writer.write(scope)
      writer.write(sealed)
    }
  }

  public init(from reader: inout ByteReader) throws(WireError) {
    try reader.expectVersion()
    let tag = try reader.byte()
    guard tag == 1 || tag == 2 else { throw .unknownCase(tag) }
    let scope = try reader.scope()
    self =
      tag == 1
      ? .deal(scope: scope, sealed: try reader.byteLists())
      : .passage(scope: scope, sealed: try reader.byteArray())
  }
}

/// A client's side of a deal; see `SecretDealTerms`. Ends with the secret.
public struct SecretDealClient: ~Copyable, ProtocolMachine {
  public typealias Message = SecretDealMessage
  public typealias Output = MaskSeed

  private let own: PartyID
  private let terms: SecretDealTerms
  private let seals: PairSeals
  /// At the dealer.
  private let secret: MaskSeed?
  private var sealed: [[UInt8]]
  private var isDone = false

  /// - Throws: `ProtocolRefusal.notAClient`, `otherKeys`.
  public init(
    _ own: PartyID, terms: SecretDealTerms, keys: MaskingKeys,
    using generator: inout some RandomNumberGenerator
  ) throws(ProtocolRefusal) {
    guard terms.clients.contains(own), keys.own == own else { throw .notAClient(own) }
    guard keys.roster.hash == terms.setup else { throw .otherKeys }
    let seals = PairSeals(keys, purpose: "deal", scope: terms.scope)
    let secret = own == terms.dealer ? MaskSeed(random: &generator) : nil
    var sealed: [[UInt8]] = []
    if let secret {
      do {
        for receiver in terms.receivers {
          sealed.append(
            try seals.seal(secret.secretBytes, for: receiver, context: [], using: &generator))
        }
      } catch {
        throw .otherKeys
      }
    }
    self.own = own
    self.terms = terms
    self.seals = seals
    self.secret = secret
    self.sealed = sealed
  }

  /// The deal, at the dealer.
  public mutating func start() -> [Outbound<SecretDealMessage>] {
    guard own == terms.dealer else { return [] }
    return [Outbound(to: terms.aggregator, .deal(scope: terms.scope, sealed: sealed))]
  }

  public mutating func receive(
    _ message: SecretDealMessage, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<SecretDealMessage, MaskSeed> {
    guard sender == terms.aggregator else { throw ProtocolViolation(sender, .unknownSender) }
    guard case .passage(let scope, let bytes) = message else {
      throw ProtocolViolation(sender, .unexpected(.upload))
    }
    try terms.check(scope, from: sender)
    guard !isDone else { throw ProtocolViolation(sender, .sentTwice(.total)) }
    isDone = true
    if let secret { return .finish(secret) }
    return .finish(try open(bytes, from: sender))
  }

  private func open(
    _ bytes: [UInt8], from sender: PartyID
  ) throws(ProtocolViolation) -> MaskSeed {
    guard
      let secret = try? seals.open(
        bytes, from: terms.dealer, context: [], byteCount: MaskSeed.byteCount),
      let seed = try? MaskSeed(bytes: secret)
    else { throw ProtocolViolation(sender, secure: .brokenSeal(of: terms.dealer)) }
    return seed
  }
}

/// The aggregator's side of a deal; see `SecretDealTerms`. Learns nothing of the secret.
public struct SecretDealAggregator: ProtocolMachine {
  public typealias Message = SecretDealMessage
  /// Who has it.
  public typealias Output = [PartyID]

  private let terms: SecretDealTerms

  public init(terms: SecretDealTerms) { self.terms = terms }

  /// Nothing: the dealer speaks first.
  public mutating func start() -> [Outbound<SecretDealMessage>] { [] }

  public mutating func receive(
    _ message: SecretDealMessage, from sender: PartyID
  ) throws(ProtocolViolation) -> Step<SecretDealMessage, [PartyID]> {
    guard sender == terms.dealer else { throw ProtocolViolation(sender, .unknownSender) }
    guard case .deal(let scope, let sealed) = message else {
      throw ProtocolViolation(sender, .unexpected(.total))
    }
    try terms.check(scope, from: sender)
    guard sealed.count == terms.receivers.count else {
      throw ProtocolViolation(
        sender,
        secure: .wrongShareCount(sent: sealed.count, expected: terms.receivers.count))
    }
    let own = Outbound(
      to: terms.dealer, SecretDealMessage.passage(scope: terms.scope, sealed: []))
    let others = zip(terms.receivers, sealed).map {
      Outbound(to: $0, SecretDealMessage.passage(scope: terms.scope, sealed: $1))
    }
    return .finish(terms.clients, sending: [own] + others)
  }
}
