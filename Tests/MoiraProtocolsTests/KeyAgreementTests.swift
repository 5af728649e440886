import MoiraCrypto
import MoiraModel
import Testing

@testable import MoiraProtocols

@Suite struct `Key agreement` {
  typealias Run = Exchange<KeyAgreementClient, KeyAgreementAggregator>

  func run(_ count: Int, seed: UInt64, tamper: (Letter) -> [Letter] = { [$0] }) throws -> Run {
    let identities = identityPairs(hospitals(count))
    let terms = try KeyAgreementTerms(
      scope: scope, clients: hospitals(count), aggregator: arbiter, identities: pinned(identities))
    var generator = SeededGenerator(seed: seed)
    var clients: [PartyID: Side<KeyAgreementClient>] = [:]
    for id in terms.clients {
      clients[id] = Side(
        try KeyAgreementClient(
          id, terms: terms, identity: try #require(identities[id]), using: &generator))
    }
    var exchange = Run(
      clients: clients, aggregator: (arbiter, Side(KeyAgreementAggregator(terms: terms))))
    try exchange.run(seed: seed, tamper: tamper)
    return exchange
  }

  @Test("all end with one roster, whatever the order of delivery", arguments: 0..<100)
  func anyOrder(seed: UInt64) throws {
    let count = 3 + Int(seed % 4)
    let exchange = try run(count, seed: seed)
    let roster = try #require(exchange.aggregator.side.output)
    #expect(roster.parties == hospitals(count))
    #expect(exchange.aggregator.side.machine.waitingFor.isEmpty)
    for (id, side) in exchange.clients {
      let keys = try #require(side.output)
      #expect(keys.own == id)
      #expect(keys.roster == roster)
    }
  }

  @Test("no secret goes over the wire")
  func onlyPublicKeys() throws {
    let exchange = try run(3, seed: 5)
    var generator = SeededGenerator(seed: 5)
    let secrets =
      hospitals(3).map { _ in MaskKeyPair(using: &generator).exportSecretBytes() }
      + identityPairs(hospitals(3)).values.map { $0.exportSecretBytes() }
    #expect(exchange.delivered.count == 6)
    for letter in exchange.delivered {
      for secret in secrets { #expect(!letter.bytes.contains(secret)) }
    }
  }

  @Test("every letter that comes twice is refused", arguments: 0..<40)
  func duplicates(seed: UInt64) throws {
    let victim = hospitals(3)[Int(seed % 3)]
    let fromClient = seed % 2 == 0
    let expected = ProtocolViolation(
      fromClient ? victim : arbiter, .sentTwice(fromClient ? .publicKey : .roster))
    #expect(throws: expected) {
      try run(3, seed: seed) { letter in
        let isTwice = fromClient ? letter.sender == victim : letter.recipient == victim
        return isTwice ? [letter, letter] : [letter]
      }
    }
  }

  @Test("a missing key keeps everybody waiting, and the aggregator knows for whom")
  func silentClient() throws {
    let exchange = try run(4, seed: 2) { $0.sender == "hospital-2" ? [] : [$0] }
    #expect(exchange.aggregator.side.output == nil)
    #expect(exchange.aggregator.side.machine.waitingFor == ["hospital-2"])
    #expect(exchange.clients.values.allSatisfy { $0.output == nil })
  }

  func terms(_ clients: [PartyID], aggregator: PartyID = arbiter) throws -> KeyAgreementTerms {
    try KeyAgreementTerms(
      scope: scope, clients: clients, aggregator: aggregator,
      identities: pinned(identityPairs(["a", "b", "c", "d"])))
  }

  @Test("fewer than three clients are refused", arguments: 0..<3)
  func tooFew(count: Int) {
    #expect(throws: ProtocolRefusal.tooFewClients(count)) { try terms(hospitals(count)) }
  }

  @Test("terms that cannot be kept are refused")
  func badTerms() throws {
    #expect(throws: ProtocolRefusal.tooManyClients(1025)) { try terms(hospitals(1025)) }
    #expect(throws: ProtocolRefusal.listedTwice("a")) { try terms(["a", "b", "c", "a"]) }
    #expect(throws: ProtocolRefusal.aggregatorIsClient("b")) {
      try terms(["a", "b", "c"], aggregator: "b")
    }
    #expect(throws: ProtocolRefusal.unknownIdentity("e")) { try terms(["a", "b", "e"]) }
  }

  /// What a client with this long-term key is told when it begins.
  func refusal(of own: PartyID, with identity: PartyID) throws -> ProtocolRefusal? {
    let pair = try #require(identityPairs(["a", "b", "c", "d"])[identity])
    let terms = try terms(["a", "b", "c"])
    var generator = SeededGenerator(seed: 1)
    do throws(ProtocolRefusal) {
      _ = try KeyAgreementClient(own, terms: terms, identity: pair, using: &generator)
      return nil
    } catch {
      return error
    }
  }

  @Test("a stranger is not let in, nor a client with another long-term key than is pinned")
  func strangers() throws {
    #expect(try refusal(of: "d", with: "d") == .notAClient("d"))
    #expect(try refusal(of: "a", with: "b") == .unknownIdentity("a"))
    #expect(try refusal(of: "a", with: "a") == nil)
  }
}

@Suite struct `Key agreement under attack` {
  typealias Message = KeyAgreementMessage
  typealias Rule = ProtocolViolation.Rule

  static let other = TaskScope(job: "7f3a09c2", task: "homo_lr_0", attempt: 2)
  static func key(_ seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return MaskKeyPair(using: &generator).publicKey.bytes
  }
  static let identities = identityPairs(["a", "b", "c", "mallory"])
  static func terms(_ scope: TaskScope = scope, others: PartyID = "c") throws -> KeyAgreementTerms {
    try KeyAgreementTerms(
      scope: scope, clients: ["a", "b", others], aggregator: arbiter, identities: pinned(identities)
    )
  }
  /// What `signer` signs of a key that goes out as `party`'s.
  static func signature(
    _ party: PartyID, _ key: [UInt8], by signer: PartyID? = nil, in terms: KeyAgreementTerms? = nil
  ) -> [UInt8] {
    guard let pair = identities[signer ?? party], let terms = try? terms ?? Self.terms() else {
      return []
    }
    return pair.sign(terms.statement(party, key: key))
  }
  static func entry(_ party: PartyID, _ key: [UInt8], by signer: PartyID? = nil) -> Message.Entry {
    Message.Entry(party: party, key: key, signature: signature(party, key, by: signer))
  }
  /// A key that its sender has signed as it should.
  static func publicKey(_ party: PartyID, _ key: [UInt8], in scope: TaskScope = scope) -> Message {
    .publicKey(scope: scope, key: key, signature: signature(party, key))
  }
  /// The second writing of a key: the same point with the unused top bit set.
  static func rewritten(_ key: [UInt8]) -> [UInt8] { key.dropLast() + [key[31] | 0x80] }

  struct Offer: Sendable {
    let message: Message
    let sender: PartyID
    let rule: Rule
  }

  static let zero = [UInt8](repeating: 0, count: 32)
  static let offers: [Offer] = [
    Offer(message: publicKey("a", key(9)), sender: "d", rule: .unknownSender),
    Offer(message: publicKey("a", key(9)), sender: arbiter, rule: .unknownSender),
    Offer(message: .roster(scope: scope, entries: []), sender: "b", rule: .unexpected(.roster)),
    Offer(
      message: publicKey("b", key(9), in: other), sender: "b",
      rule: .otherScope(sent: other, agreed: scope)),
    Offer(message: publicKey("a", key(9)), sender: "a", rule: .sentTwice(.publicKey)),
    Offer(message: publicKey("b", key(1)), sender: "b", rule: .sharedKey("a", "b")),
    Offer(
      message: publicKey("b", rewritten(key(1))), sender: "b",
      rule: .unfitKey(of: "b", .notCanonical)),
    Offer(message: publicKey("b", zero), sender: "b", rule: .unfitKey(of: "b", .lowOrder)),
    Offer(
      message: publicKey("c", [1] + zero.dropFirst()), sender: "c",
      rule: .unfitKey(of: "c", .lowOrder)),
    Offer(
      message: publicKey("b", [1, 2, 3]), sender: "b", rule: .unfitKey(of: "b", .wrongLength(3))),
    Offer(message: publicKey("b", []), sender: "b", rule: .unfitKey(of: "b", .wrongLength(0))),
  ]

  /// Signatures under b's key that are not b's for this agreement.
  static let badSignatures: [[UInt8]] = [
    [], zero, zero + zero, signature("b", key(2)).dropLast(), signature("b", key(2)) + [0],
    signature("b", key(2), by: "c"), signature("b", key(3)), signature("c", key(2), by: "b"),
    signature("b", key(2), in: try? terms(other)),
    signature("b", key(2), in: try? terms(others: "mallory")),
  ]

  @Test("the aggregator takes no key that its sender has not signed", arguments: badSignatures)
  func unsigned(signature: [UInt8]) throws {
    var machine = KeyAgreementAggregator(terms: try Self.terms())
    #expect(throws: ProtocolViolation("b", .unsignedKey(of: "b"))) {
      try machine.receive(
        .publicKey(scope: scope, key: Self.key(2), signature: signature), from: "b")
    }
    #expect(machine.waitingFor == ["a", "b", "c"])
  }

  @Test("a client takes no key of another that the other has not signed", arguments: badSignatures)
  func unsignedEntry(signature: [UInt8]) throws {
    let side = try Self.client()
    let entries = [
      Self.entry("a", Self.key(1)),
      Message.Entry(party: "b", key: Self.key(2), signature: signature),
      Self.entry("c", Self.key(3)),
    ]
    #expect(throws: ProtocolViolation(arbiter, .unsignedKey(of: "b"))) {
      try side.machine.receive(.roster(scope: scope, entries: entries), from: arbiter)
    }
  }

  @Test("the aggregator refuses a bad offer by its rule", arguments: offers)
  func offer(_ offer: Offer) throws {
    var machine = KeyAgreementAggregator(terms: try Self.terms())
    _ = try machine.receive(Self.publicKey("a", Self.key(1)), from: "a")
    #expect(throws: ProtocolViolation(offer.sender, offer.rule)) {
      try machine.receive(offer.message, from: offer.sender)
    }
    #expect(machine.waitingFor == ["b", "c"])
  }

  struct Roster: Sendable {
    let entries: [Message.Entry]
    let rule: Rule
  }

  /// Rosters for a, whose own key is `key(1)`.
  static let rosters: [Roster] = [
    Roster(entries: [], rule: .missing("a")),
    Roster(entries: [entry("a", key(1)), entry("b", key(2))], rule: .missing("c")),
    Roster(
      entries: [
        entry("a", key(1)), entry("b", key(2)), entry("c", key(3)), entry("mallory", key(4)),
      ], rule: .unplanned("mallory")),
    Roster(
      entries: [entry("a", key(4)), entry("b", key(2)), entry("c", key(3))],
      rule: .alteredKey(of: "a")),
    Roster(
      entries: [entry("a", key(2)), entry("b", key(1)), entry("c", key(3))],
      rule: .alteredKey(of: "a")),
    Roster(
      entries: [entry("a", rewritten(key(1))), entry("b", key(2)), entry("c", key(3))],
      rule: .alteredKey(of: "a")),
    Roster(
      entries: [entry("a", key(1)), entry("b", key(3), by: "c"), entry("c", key(2), by: "b")],
      rule: .unsignedKey(of: "b")),
    Roster(
      entries: [entry("a", key(1)), entry("b", key(2)), entry("c", key(9), by: "mallory")],
      rule: .unsignedKey(of: "c")),
    Roster(
      entries: [entry("a", key(1)), entry("b", key(2)), entry("c", key(2))],
      rule: .sharedKey("b", "c")),
    Roster(
      entries: [entry("a", key(1)), entry("b", key(1)), entry("c", key(3))],
      rule: .sharedKey("a", "b")),
    Roster(
      entries: [entry("a", key(1)), entry("b", rewritten(key(1))), entry("c", key(3))],
      rule: .unfitKey(of: "b", .notCanonical)),
    Roster(
      entries: [entry("a", key(1)), entry("b", key(2)), entry("c", key(3)), entry("b", key(4))],
      rule: .listedTwice("b")),
    Roster(
      entries: [
        entry("a", key(1)), entry("b", [UInt8](repeating: 0, count: 32)), entry("c", key(3)),
      ], rule: .unfitKey(of: "b", .lowOrder)),
    Roster(
      entries: [entry("a", key(1)), entry("b", [7]), entry("c", key(3))],
      rule: .unfitKey(of: "b", .wrongLength(1))),
  ]

  static func client() throws -> Side<KeyAgreementClient> {
    var generator = SeededGenerator(seed: 1)
    return Side(
      try KeyAgreementClient(
        "a", terms: try terms(), identity: try #require(identities["a"]), using: &generator))
  }

  @Test("a client refuses a bad roster by its rule", arguments: rosters)
  func roster(_ roster: Roster) throws {
    let side = try Self.client()
    #expect(throws: ProtocolViolation(arbiter, roster.rule)) {
      try side.machine.receive(.roster(scope: scope, entries: roster.entries), from: arbiter)
    }
  }

  @Test("a client listens to the aggregator only, and to its own attempt only")
  func notTheAggregator() throws {
    let side = try Self.client()
    let good = [
      Self.entry("a", Self.key(1)), Self.entry("b", Self.key(2)), Self.entry("c", Self.key(3)),
    ]
    #expect(throws: ProtocolViolation("b", .unknownSender)) {
      try side.machine.receive(.roster(scope: scope, entries: good), from: "b")
    }
    #expect(throws: ProtocolViolation(arbiter, .unexpected(.publicKey))) {
      try side.machine.receive(Self.publicKey("b", Self.key(2)), from: arbiter)
    }
    #expect(
      throws: ProtocolViolation(arbiter, .otherScope(sent: Self.other, agreed: scope))
    ) {
      try side.machine.receive(.roster(scope: Self.other, entries: good), from: arbiter)
    }
    _ = try side.machine.receive(.roster(scope: scope, entries: good), from: arbiter)
    #expect(throws: ProtocolViolation(arbiter, .sentTwice(.roster))) {
      try side.machine.receive(.roster(scope: scope, entries: good), from: arbiter)
    }
  }
}
