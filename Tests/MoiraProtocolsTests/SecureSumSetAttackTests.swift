import MoiraCrypto
import MoiraModel
import Testing

@testable import MoiraProtocols

/// An aggregator that lies about who survived. Hostile tests 1 to 3.
@Suite struct `Secure sum whose survivors are a lie` {
  typealias Rule = ProtocolViolation.Rule

  /// Five clients that have uploaded; t = 4.
  static func bench(isActive: Bool = true) throws -> SecureBench {
    let bench = try SecureBench(try SecureParties(5, isActive: isActive))
    try bench.begin()
    try bench.enter()
    return bench
  }

  static let all = hospitals(5)
  static let own: PartyID = "hospital-1"
  static let gone: PartyID = "hospital-4"
  static let four = Array(all.prefix(4))

  struct Lie: Sendable, CustomTestStringConvertible {
    let set: [PartyID]
    let rule: Rule
    var testDescription: String { "\(rule)" }
  }

  static let lies = [
    // One id both alive and dead takes two places in the list, or two lists.
    Lie(set: four + ["hospital-3"], rule: .listedTwice("hospital-3")),
    Lie(set: all + all, rule: .listedTwice("hospital-4")),
    Lie(set: all.reversed(), rule: .listedTwice("hospital-4")),
    Lie(set: four + ["mallory"], rule: .unplanned("mallory")),
    Lie(set: [arbiter] + four, rule: .unplanned(arbiter)),
    Lie(
      set: ["hospital-0", "hospital-2", "hospital-3", "hospital-4"],
      rule: .secure(.notASurvivor(own))),
    Lie(set: [], rule: .secure(.tooFewListed(.survivors, 0, needed: 4))),
    Lie(set: [own], rule: .secure(.tooFewListed(.survivors, 1, needed: 4))),
    Lie(set: Array(all.prefix(3)), rule: .secure(.tooFewListed(.survivors, 3, needed: 4))),
  ]

  @Test("a set with a fault is refused, and no share goes out", arguments: lies, [true, false])
  func refused(lie: Lie, isActive: Bool) throws {
    let bench = try Self.bench(isActive: isActive)
    #expect(throws: ProtocolViolation(arbiter, lie.rule)) {
      try bench.tell(Self.own, try bench.survivors(lie.set))
    }
  }

  @Test("a set with one who is planned but not in the round is refused")
  func notInRound() throws {
    let bench = try SecureBench(try SecureParties(5))
    try bench.begin()
    bench.offers["hospital-2"] = nil
    try bench.enter()
    #expect(bench.uploads["hospital-2"] == nil)
    #expect(throws: ProtocolViolation(arbiter, secure: .notInRound("hospital-2"))) {
      try bench.tell(Self.own, try bench.survivors(Self.all))
    }
  }

  @Test("of each client one secret can be put together, never both", arguments: [true, false])
  func oneSecret(isActive: Bool) throws {
    let bench = try Self.bench(isActive: isActive)
    let answers = try unmask(bench, Self.four)
    for (place, dealer) in Self.all.enumerated() {
      let isAlive = dealer != Self.gone
      let shares = try answers.map {
        try SecretShare(bytes: isAlive ? $0.seeds[place] : $0.keys[0])
      }
      let secret = try #require(combined(shares, threshold: 4, parties: 5))
      let offer = try #require(bench.offers[dealer])
      if isAlive {
        #expect(bench.terms.commitment(to: secret, of: dealer, round: 1) == offer.commitment)
      } else {
        #expect(try MaskKeyPair(secretBytes: secret).publicKey.bytes == offer.key)
      }
    }
    for answer in answers {
      #expect(answer.seeds.count == 4)
      #expect(answer.keys.count == 1)
    }
  }

  /// The survivors' answers about a set.
  func unmask(
    _ bench: SecureBench, _ set: [PartyID]
  ) throws -> [(seeds: [[UInt8]], keys: [[UInt8]])] {
    guard bench.terms.isActive else {
      return try set.map { answered(try bench.tell($0, try bench.survivors(set))) }
    }
    let tags = try bench.tags(set, of: set)
    return try set.map {
      answered(
        try bench.tell($0, .confirmed(try bench.header(), tags.confirmations(for: $0))))
    }
  }

  @Test("a second set in one round is refused, before and after the first is unmasked")
  func secondSet() throws {
    let others = try Self.bench(isActive: false)
    let first = answered(try others.tell(Self.own, try others.survivors(Self.all)))
    #expect(first.seeds.count == 5)
    #expect(throws: ProtocolViolation(arbiter, secure: .otherSurvivors)) {
      try others.tell(Self.own, try others.survivors(Self.four))
    }
    let bench = try Self.bench()
    let tags = try bench.tags(Self.all, of: Self.all)
    for set in [Self.four, [], ["hospital-0", "hospital-1", "hospital-2", Self.gone]] {
      #expect(throws: ProtocolViolation(arbiter, secure: .otherSurvivors)) {
        try bench.tell(Self.own, try bench.survivors(set))
      }
    }
    #expect(throws: ProtocolViolation(arbiter, secure: .replayed(.survivors))) {
      try bench.tell(Self.own, try bench.survivors(Self.all))
    }
    let confirmed = SecureSumMessage.confirmed(
      try bench.header(), tags.confirmations(for: Self.own))
    let answer = answered(try bench.tell(Self.own, confirmed))
    #expect(answer.seeds.count == 5)
    #expect(throws: ProtocolViolation(arbiter, secure: .otherSurvivors)) {
      try bench.tell(Self.own, try bench.survivors(Self.four))
    }
  }

  @Test("a set that others did not confirm too is not answered: tags of another are none")
  func splitView() throws {
    let bench = try Self.bench()
    // The victim is dead to three, and alive to itself and one more.
    let without = Self.all.filter { $0 != Self.own }
    let others = try bench.tags(without, of: ["hospital-0", "hospital-2", "hospital-3"])
    let own = try bench.tags(Self.all, of: [Self.own, Self.gone])
    let header = try bench.header()
    // Nobody has made tags of `without` for the victim: those for another are shown to it.
    let shown = own.confirmations(for: Self.own) + others.confirmations(for: Self.gone)
    #expect(throws: ProtocolViolation(arbiter, secure: .tooFewConfirmed(2, needed: 4))) {
      try bench.tell(Self.own, .confirmed(header, shown))
    }
    #expect(throws: ProtocolViolation(arbiter, secure: .tooFewConfirmed(2, needed: 4))) {
      try bench.tell(Self.own, .confirmed(header, own.confirmations(for: Self.own)))
    }
    #expect(throws: ProtocolViolation(arbiter, secure: .tooFewConfirmed(3, needed: 4))) {
      try bench.tell("hospital-0", .confirmed(header, others.confirmations(for: "hospital-0")))
    }
  }

  @Test("a total over other survivors than were confirmed is refused")
  func otherTotal() throws {
    let bench = try Self.bench()
    _ = try bench.tags(Self.all, of: [Self.own])
    #expect(throws: ProtocolViolation(arbiter, secure: .otherSurvivors)) {
      try bench.tell(Self.own, try bench.total(Self.four, for: Self.own))
    }
    #expect(
      throws: ProtocolViolation(arbiter, secure: .tooFewListed(.survivors, 3, needed: 4))
    ) {
      try bench.tell("hospital-0", try bench.total(Array(Self.all.prefix(3)), for: "hospital-0"))
    }
  }

  @Test(
    "a threshold of half of the clients or fewer, or of more than all, is refused",
    arguments: 3...12)
  func threshold(count: Int) throws {
    for threshold in Array(-1...count / 2) + [count + 1, 1000] {
      #expect(throws: ProtocolRefusal.thresholdOutOfRange(threshold, parties: count)) {
        try SecureParties(count, threshold: threshold)
      }
    }
    for threshold in count / 2 + 1...count {
      #expect(try SecureParties(count, threshold: threshold).terms.threshold == threshold)
    }
  }

  @Test("two clients are refused: each would read the other's vector from the sum")
  func twoClients() throws {
    #expect(throws: ProtocolRefusal.tooFewClients(2)) { try SecureParties(2) }
    #expect(throws: ProtocolRefusal.tooFewClients(1)) { try SecureParties(1) }
    let parties = try SecureParties(3)
    #expect(throws: ProtocolRefusal.tooFewClients(2)) {
      try SecureSumTerms(
        scope: scope, clients: Array(parties.clients.prefix(2)), aggregator: arbiter,
        setup: try #require(parties.keys["hospital-0"]).roster,
        identities: pinned(parties.identities), threshold: 2)
    }
  }
}
