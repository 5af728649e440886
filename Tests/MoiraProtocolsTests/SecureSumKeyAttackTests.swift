import MoiraCrypto
import MoiraModel
import Testing

@testable import MoiraProtocols

/// Whoever puts other keys in the place of the clients'. Hostile tests 4 and 5.
@Suite struct `Secure sum whose keys are forged` {
  typealias Rule = ProtocolViolation.Rule
  typealias Entry = RoundRoster.Entry

  static let own: PartyID = "hospital-1"

  /// Five clients that have offered; t = 4.
  static func bench(insiders: [PartyID] = []) throws -> SecureBench {
    let bench = try SecureBench(try SecureParties(5), insiders: insiders)
    try bench.begin()
    return bench
  }

  /// Tells the client a roster with these changes.
  func refused(
    _ rule: Rule, _ bench: SecureBench? = nil, round: Int? = nil,
    _ change: (inout [Entry], inout [[UInt8]]) throws -> Void
  ) throws {
    let bench = try bench ?? Self.bench()
    let honest = bench.terms.roster(bench.offers, round: bench.round, for: Self.own)
    var (entries, shares) = (honest.entries, honest.shares)
    try change(&entries, &shares)
    let roster = RoundRoster(round: round ?? bench.round, entries: entries, shares: shares)
    #expect(throws: ProtocolViolation(arbiter, rule)) {
      try bench.tell(Self.own, .roster(terms: bench.terms.hash, roster))
    }
    #expect(bench.uploads[Self.own] == nil)
  }

  static func bad(_ party: PartyID) -> Rule { .secure(.brokenSeal(of: party)) }

  @Test("a key in another's place is refused: its owner's shares do not open beside it")
  func swapped() throws {
    try refused(Self.bad("hospital-2")) { entries, _ in
      let (one, other) = (entries[2], entries[3])
      entries[2] = Entry(party: one.party, key: other.key, commitment: one.commitment)
      entries[3] = Entry(party: other.party, key: one.key, commitment: other.commitment)
    }
    try refused(Self.bad("hospital-2")) { entries, shares in
      let (one, other) = (entries[2], entries[3])
      entries[2] = Entry(party: one.party, key: other.key, commitment: other.commitment)
      entries[3] = Entry(party: other.party, key: one.key, commitment: one.commitment)
      shares.swapAt(1, 2)
    }
  }

  @Test("a key of the attacker's own is refused, with the owner's shares or with an insider's")
  func attackersKey() throws {
    let bench = try Self.bench(insiders: ["hospital-4"])
    var generator = SeededGenerator(seed: 66)
    let key = MaskKeyPair(using: &generator).publicKey.bytes
    let insider = try #require(bench.sessions["hospital-4"]).ground
    try refused(Self.bad("hospital-3"), bench) { entries, _ in
      entries[3] = Entry(party: "hospital-3", key: key, commitment: entries[3].commitment)
    }
    try refused(Self.bad("hospital-3"), bench) { entries, shares in
      let context = bench.terms.sealContext(
        round: 1, key: key, commitment: entries[3].commitment)
      entries[3] = Entry(party: "hospital-3", key: key, commitment: entries[3].commitment)
      shares[2] = try insider.seals.seal(
        [UInt8](repeating: 0, count: HeldShares.byteCount), for: Self.own, context: context,
        using: &generator)
    }
  }

  @Test("another commitment under a client's key is refused: its seed would be another one")
  func otherCommitment() throws {
    try refused(Self.bad("hospital-3")) { entries, _ in
      entries[3] = Entry(
        party: "hospital-3", key: entries[3].key, commitment: sha256([1]))
    }
  }

  @Test("one key for two clients is refused by the client and by the aggregator")
  func sharedKey() throws {
    let bench = try Self.bench(insiders: ["hospital-3", "hospital-4"])
    let copied = try resigned(bench, "hospital-4") { _ in bench.offers["hospital-3"]?.key ?? [] }
    var machine = try bench.aggregator()
    for client in bench.clients.dropLast() {
      let offer = try #require(bench.offers[client])
      _ = try machine.receive(.offer(terms: bench.terms.hash, offer), from: client)
    }
    #expect(throws: ProtocolViolation("hospital-4", .sharedKey("hospital-3", "hospital-4"))) {
      try machine.receive(.offer(terms: bench.terms.hash, copied), from: "hospital-4")
    }
    bench.offers["hospital-4"] = copied
    try refused(.sharedKey("hospital-3", "hospital-4"), bench) { _, _ in }
  }

  /// An insider's offer with another key, signed and sealed as it should be.
  func resigned(
    _ bench: SecureBench, _ party: PartyID, round: Int = 1, key: ([UInt8]) -> [UInt8]
  ) throws -> RoundOffer {
    let offer = try #require(bench.offers[party])
    let key = key(offer.key)
    let statement = bench.terms.offerStatement(
      party, round: round, key: key, commitment: offer.commitment)
    return RoundOffer(
      round: round, key: key, commitment: offer.commitment,
      signature: try #require(bench.parties.identities[party]).sign(statement),
      shares: try resealed(bench, party, round: round, key: key, offer))
  }

  /// Shares of the right form, beside this key.
  func resealed(
    _ bench: SecureBench, _ party: PartyID, round: Int, key: [UInt8], _ offer: RoundOffer
  ) throws -> [[UInt8]] {
    let ground = try #require(bench.sessions[party]).ground
    let context = bench.terms.sealContext(round: round, key: key, commitment: offer.commitment)
    return try bench.terms.graph.neighbours(of: party).map { holder in
      let point = UInt8(try #require(bench.terms.graph.point(of: holder, in: party)))
      let share = [point, 0] + [UInt8](repeating: 0, count: SecretShare.byteCount - 2)
      return try ground.seals.seal(
        share + share, for: holder, context: context, using: &bench.generator)
    }
  }

  @Test("a key of another round is refused, in the first roster and in one that rides on a total")
  func otherRound() throws {
    let bench = try Self.bench()
    try bench.enter()
    let old = bench.offers
    for client in bench.clients {
      guard client == Self.own else {
        try bench.tell(client, try bench.total(bench.clients, for: client))
        continue
      }
      // One other client's offer of the first round, in the roster of the second.
      var next = bench.next
      next["hospital-3"] = old["hospital-3"]
      let replayed = try bench.total(bench.clients, for: client, next: next)
      #expect(throws: ProtocolViolation(arbiter, Self.bad("hospital-3"))) {
        try bench.tell(client, replayed)
      }
    }
    let fresh = try Self.bench()
    let later = bench.next
    try refused(Self.bad("hospital-0"), fresh) { entries, _ in
      let offer = try #require(later["hospital-0"])
      entries[0] = Entry(party: "hospital-0", key: offer.key, commitment: offer.commitment)
    }
    try refused(.secure(.otherRound(.roster, sent: 2, agreed: 1)), round: 2) { _, _ in }
  }

  @Test("a roster has each planned client once, and t of them")
  func lists() throws {
    try refused(.listedTwice("hospital-3")) { entries, _ in entries.insert(entries[3], at: 4) }
    try refused(.listedTwice("hospital-4")) { entries, _ in entries.swapAt(3, 4) }
    try refused(.secure(.tooFewListed(.roster, 3, needed: 4))) { entries, shares in
      entries.removeLast(2)
      shares.removeLast(2)
    }
    try refused(.secure(.tooFewListed(.roster, 0, needed: 4))) { entries, shares in
      entries = []
      shares = []
    }
    try refused(.unplanned("mallory")) { entries, _ in
      entries.append(
        Entry(party: "mallory", key: entries[0].key, commitment: entries[0].commitment))
    }
    try refused(.alteredKey(of: Self.own)) { entries, _ in
      entries[1] = Entry(
        party: Self.own, key: entries[0].key, commitment: entries[1].commitment)
    }
    let bench = try Self.bench()
    #expect(throws: ProtocolViolation(arbiter, .otherRoster)) {
      try bench.tell(
        Self.own,
        .roster(
          terms: sha256([]), bench.terms.roster(bench.offers, round: 1, for: Self.own)))
    }
  }

  /// The points of order 1, 2, 4 and 8 on the curve and on its twist, in canonical form: RFC 7748,
  /// section 6.1, and Bernstein's list. With each the X25519 secret is all zero.
  static let lowOrder: [[UInt8]] = [
    [UInt8](repeating: 0, count: 32),
    [1] + [UInt8](repeating: 0, count: 31),
    bytes("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    bytes("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    bytes("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
  ]

  static func bytes(_ hexadecimal: String) -> [UInt8] { hexadecimalBytes(hexadecimal) ?? [] }

  @Test(
    "a key with which every secret is zero is refused, well signed as it is", arguments: lowOrder)
  func zeroSecret(key: [UInt8]) throws {
    let bench = try Self.bench(insiders: ["hospital-4"])
    bench.offers["hospital-4"] = try resigned(bench, "hospital-4") { _ in key }
    try refused(.unfitKey(of: "hospital-4", .lowOrder), bench) { _, _ in }
  }

  @Test("a key that is no canonical point is refused by the aggregator and by the client")
  func notAPoint() throws {
    for (key, error) in [
      ([], .wrongLength(0)), ([UInt8](repeating: 9, count: 33), .wrongLength(33)),
      ([UInt8](repeating: 255, count: 32), .notCanonical),
      (
        Self.bytes("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        .notCanonical
      ),
    ] as [([UInt8], MaskKeyError)] {
      let bench = try Self.bench(insiders: ["hospital-4"])
      let offer = try resigned(bench, "hospital-4") { _ in key }
      var machine = try bench.aggregator()
      #expect(throws: ProtocolViolation("hospital-4", .unfitKey(of: "hospital-4", error))) {
        try machine.receive(.offer(terms: bench.terms.hash, offer), from: "hospital-4")
      }
      bench.offers["hospital-4"] = offer
      try refused(.unfitKey(of: "hospital-4", error), bench) { _, _ in }
    }
  }

  @Test("the aggregator takes no offer that its sender has not signed for these terms")
  func unsignedOffer() throws {
    let bench = try Self.bench(insiders: ["hospital-4"])
    let good = try #require(bench.offers["hospital-4"])
    let other = try #require(bench.offers["hospital-3"])
    let later = try resigned(bench, "hospital-4", round: 2) { $0 }
    for signature in [[], other.signature, good.signature.reversed(), later.signature] {
      let offer = RoundOffer(
        round: 1, key: good.key, commitment: good.commitment, signature: signature,
        shares: good.shares)
      var machine = try bench.aggregator()
      #expect(
        throws: ProtocolViolation("hospital-4", secure: .badSignature(.offer, of: "hospital-4"))
      ) { try machine.receive(.offer(terms: bench.terms.hash, offer), from: "hospital-4") }
    }
    var machine = try bench.aggregator()
    #expect(throws: ProtocolViolation("hospital-4", .otherRoster)) {
      try machine.receive(.offer(terms: sha256([]), good), from: "hospital-4")
    }
  }

  @Test("a client that the roster leaves out sends nothing, and is back in the next round")
  func leftOut() throws {
    let bench = try Self.bench()
    bench.offers[Self.own] = nil
    try bench.enter()
    #expect(bench.uploads[Self.own] == nil)
    #expect(bench.next[Self.own]?.round == 2)
    let others = bench.clients.filter { $0 != Self.own }
    for client in bench.clients { try bench.tell(client, try bench.total(others, for: client)) }
    try bench.begin(2)
    #expect(bench.uploads.keys.sorted() == bench.clients)
  }

  @Test("a left-out client that is shown shares all the same refuses them")
  func leftOutWithShares() throws {
    try refused(.secure(.wrongShareCount(sent: 4, expected: 0))) { entries, _ in
      entries.remove(at: 1)
    }
  }
}
