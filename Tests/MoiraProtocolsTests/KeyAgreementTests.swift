import MoiraCrypto
import MoiraModel
import MoiraProtocols
import Testing

@Suite struct `Key agreement` {
  typealias Run = Exchange<KeyAgreementClient, KeyAgreementAggregator>

  func run(_ count: Int, seed: UInt64, tamper: (Letter) -> [Letter] = { [$0] }) throws -> Run {
    let terms = try KeyAgreementTerms(
      scope: scope, clients: hospitals(count), aggregator: arbiter)
    var generator = SeededGenerator(seed: seed)
    var clients: [PartyID: Side<KeyAgreementClient>] = [:]
    for id in terms.clients {
      clients[id] = Side(try KeyAgreementClient(id, terms: terms, using: &generator))
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
    let secrets = hospitals(3).map { _ in MaskKeyPair(using: &generator).exportSecretBytes() }
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

  @Test("fewer than three clients are refused", arguments: 0..<3)
  func tooFew(count: Int) {
    #expect(throws: ProtocolRefusal.tooFewClients(count)) {
      try KeyAgreementTerms(scope: scope, clients: hospitals(count), aggregator: arbiter)
    }
  }

  @Test("terms that cannot be kept are refused")
  func badTerms() throws {
    #expect(throws: ProtocolRefusal.tooManyClients(1025)) {
      try KeyAgreementTerms(scope: scope, clients: hospitals(1025), aggregator: arbiter)
    }
    #expect(throws: ProtocolRefusal.listedTwice("a")) {
      try KeyAgreementTerms(scope: scope, clients: ["a", "b", "c", "a"], aggregator: arbiter)
    }
    #expect(throws: ProtocolRefusal.aggregatorIsClient("b")) {
      try KeyAgreementTerms(scope: scope, clients: ["a", "b", "c"], aggregator: "b")
    }
    let terms = try KeyAgreementTerms(
      scope: scope, clients: ["a", "b", "c"], aggregator: arbiter)
    var generator = SeededGenerator(seed: 1)
    do throws(ProtocolRefusal) {
      _ = try KeyAgreementClient("d", terms: terms, using: &generator)
      Issue.record("a stranger was let in")
    } catch {
      #expect(error == .notAClient("d"))
    }
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
  static func entry(_ party: PartyID, _ key: [UInt8]) -> Message.Entry {
    Message.Entry(party: party, key: key)
  }
  /// The second writing of a key: the same point with the unused top bit set.
  static func rewritten(_ key: [UInt8]) -> [UInt8] { key.dropLast() + [key[31] | 0x80] }

  struct Offer: Sendable {
    let message: Message
    let sender: PartyID
    let rule: Rule
  }

  static let offers: [Offer] = [
    Offer(message: .publicKey(scope: scope, key: key(9)), sender: "d", rule: .unknownSender),
    Offer(message: .publicKey(scope: scope, key: key(9)), sender: arbiter, rule: .unknownSender),
    Offer(message: .roster(scope: scope, entries: []), sender: "b", rule: .unexpected(.roster)),
    Offer(
      message: .publicKey(scope: other, key: key(9)), sender: "b",
      rule: .otherScope(sent: other, agreed: scope)),
    Offer(
      message: .publicKey(scope: scope, key: key(9)), sender: "a", rule: .sentTwice(.publicKey)),
    Offer(message: .publicKey(scope: scope, key: key(1)), sender: "b", rule: .sharedKey("a", "b")),
    Offer(
      message: .publicKey(scope: scope, key: rewritten(key(1))), sender: "b",
      rule: .unfitKey(of: "b", .notCanonical)),
    Offer(
      message: .publicKey(scope: scope, key: [UInt8](repeating: 0, count: 32)), sender: "b",
      rule: .unfitKey(of: "b", .lowOrder)),
    Offer(
      message: .publicKey(scope: scope, key: [1] + [UInt8](repeating: 0, count: 31)), sender: "c",
      rule: .unfitKey(of: "c", .lowOrder)),
    Offer(
      message: .publicKey(scope: scope, key: [1, 2, 3]), sender: "b",
      rule: .unfitKey(of: "b", .wrongLength(3))),
    Offer(
      message: .publicKey(scope: scope, key: []), sender: "b",
      rule: .unfitKey(of: "b", .wrongLength(0))),
  ]

  @Test("the aggregator refuses a bad offer by its rule", arguments: offers)
  func offer(_ offer: Offer) throws {
    let terms = try KeyAgreementTerms(scope: scope, clients: ["a", "b", "c"], aggregator: arbiter)
    var machine = KeyAgreementAggregator(terms: terms)
    _ = try machine.receive(.publicKey(scope: scope, key: Self.key(1)), from: "a")
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
    let terms = try KeyAgreementTerms(scope: scope, clients: ["a", "b", "c"], aggregator: arbiter)
    return Side(try KeyAgreementClient("a", terms: terms, using: &generator))
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
      try side.machine.receive(.publicKey(scope: scope, key: Self.key(2)), from: arbiter)
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
