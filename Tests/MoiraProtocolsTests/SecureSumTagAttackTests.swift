import MoiraCrypto
import MoiraModel
import Testing

@testable import MoiraProtocols

/// An aggregator that forges what the survivors confirm. Hostile test 2, in active mode.
@Suite struct `Secure sum whose confirmations are forged` {
  typealias Confirmation = SecureSumMessage.Confirmation

  static let all = hospitals(5)
  static let four = Array(all.prefix(4))
  static let own: PartyID = "hospital-1"

  /// Five clients, of which the last colludes; t = 4.
  static func bench(seed: UInt64 = 1) throws -> SecureBench {
    let bench = try SecureBench(try SecureParties(5, seed: seed), insiders: ["hospital-4"])
    try bench.begin()
    try bench.enter()
    return bench
  }

  func refused(
    _ bench: SecureBench, _ confirmations: [Confirmation], _ rule: ProtocolViolation.Rule
  ) throws {
    let header = try bench.header()
    #expect(throws: ProtocolViolation(arbiter, rule)) {
      try bench.tell(Self.own, .confirmed(header, confirmations))
    }
  }

  @Test("t must have confirmed the set, each once, the client itself among them")
  func enough() throws {
    let bench = try Self.bench()
    let good = try bench.tags(Self.all, of: Self.four).confirmations(for: Self.own)
    let insider = try bench.tags(Self.all, of: ["hospital-4"]).confirmations(for: Self.own)
    #expect(good.map(\.party) == ["hospital-0", "hospital-2", "hospital-3"])
    try refused(bench, [], .secure(.tooFewConfirmed(1, needed: 4)))
    try refused(bench, Array(good.prefix(2)), .secure(.tooFewConfirmed(3, needed: 4)))
    try refused(bench, good.prefix(2) + [good[0]], .listedTwice("hospital-0"))
    try refused(bench, good.prefix(1) + insider + insider, .listedTwice("hospital-4"))
    try refused(
      bench, good.prefix(2) + [Confirmation(party: Self.own, tag: good[0].tag)],
      .secure(.notASurvivor(Self.own)))
    let answer = try bench.tell(
      Self.own, .confirmed(try bench.header(), good.prefix(2) + insider))
    #expect(answered(answer).seeds.count == 5)
  }

  @Test("a tag is good for its maker, its receiver, its set and its job only")
  func forgedTags() throws {
    let bench = try Self.bench()
    let tags = try bench.tags(Self.all, of: Self.four)
    let good = tags.confirmations(for: Self.own)
    let insider = try bench.tags(Self.all, of: ["hospital-4"])
    let elsewhere = try Self.bench(seed: 2).tags(Self.all, of: ["hospital-3"])
    let ofFour = try bench.tags(Self.four, of: ["hospital-4"])
    var flipped = good[2].tag
    flipped[20] ^= 1
    let forged: [(PartyID, [UInt8]?)] = [
      ("hospital-3", good[1].tag), ("hospital-3", []), ("hospital-3", flipped),
      ("hospital-3", [UInt8](repeating: 0, count: 32)), ("hospital-3", good[2].tag + [0]),
      ("hospital-3", insider["hospital-4"]?[Self.own]),
      // What it made for another; and the victim's own, sent back to it.
      ("hospital-3", tags["hospital-3"]?["hospital-0"]),
      ("hospital-3", tags[Self.own]?["hospital-3"]),
      ("hospital-3", elsewhere["hospital-3"]?[Self.own]),
      ("hospital-4", ofFour["hospital-4"]?[Self.own]),
    ]
    for (party, tag) in forged {
      try refused(
        bench, good.prefix(2) + [Confirmation(party: party, tag: try #require(tag))],
        .secure(.tooFewConfirmed(3, needed: 4)))
    }
  }

  @Test("a client that makes bad tags spoils nothing while t make good ones")
  func spoiler() throws {
    let bench = try Self.bench()
    let good = try bench.tags(Self.all, of: Self.four).confirmations(for: Self.own)
    let bad = Confirmation(party: "hospital-4", tag: good[0].tag)
    let answer = try bench.tell(Self.own, .confirmed(try bench.header(), good + [bad]))
    #expect(answered(answer).seeds.count == 5)
  }

  @Test("who did not survive, or was never planned, does not confirm")
  func outsiders() throws {
    let bench = try Self.bench()
    let good = try bench.tags(Self.four, of: Self.four).confirmations(for: Self.own)
    let insider = try bench.tags(Self.four, of: ["hospital-4"]).confirmations(for: Self.own)
    try refused(bench, good.prefix(2) + insider, .secure(.notASurvivor("hospital-4")))
    let stranger = Confirmation(party: "mallory", tag: insider[0].tag)
    try refused(bench, good.prefix(2) + [stranger], .secure(.notASurvivor("mallory")))
  }

  @Test("confirmations are not taken before the upload, nor twice, nor in passive mode")
  func order() throws {
    let bench = try Self.bench()
    let offered = try SecureBench(try SecureParties(5))
    try offered.begin()
    #expect(throws: ProtocolViolation(arbiter, secure: .unexpected(.confirmed))) {
      try offered.tell(Self.own, .confirmed(try offered.header(), []))
    }
    try refused(bench, [], .secure(.tooFewConfirmed(1, needed: 4)))
    let good = try bench.tags(Self.all, of: Self.four).confirmations(for: Self.own)
    _ = try bench.tell(Self.own, .confirmed(try bench.header(), good))
    try refused(bench, good, .secure(.replayed(.confirmed)))
    let passive = try SecureBench(try SecureParties(5, isActive: false))
    try passive.begin()
    try passive.enter()
    try refused(passive, good, .secure(.unexpected(.confirmed)))
  }

  @Test("a tag of one round is none in the next, though the set is the same")
  func otherRound() throws {
    let bench = try SecureBench(try SecureParties(5))
    try bench.begin()
    try bench.enter()
    let old = try bench.tags(Self.all, of: Self.all).confirmations(for: Self.own)
    for client in Self.all { try bench.tell(client, try bench.total(Self.all, for: client)) }
    try bench.begin(2)
    let tags = try bench.tags(Self.all, of: Array(Self.all.prefix(3)))
    try refused(
      bench, tags.confirmations(for: Self.own) + [old[3]],
      .secure(.tooFewConfirmed(3, needed: 4)))
  }

  @Test("the aggregator takes as many tags as there are other survivors, from survivors")
  func toTheAggregator() throws {
    let bench = try SecureBench(try SecureParties(5))
    try bench.begin()
    try bench.enter()
    var machine = try bench.aggregator()
    for client in Self.all {
      let offer = try #require(bench.offers[client])
      _ = try machine.receive(.offer(terms: bench.terms.hash, offer), from: client)
    }
    for client in Self.four {
      _ = try machine.receive(try #require(bench.uploads[client]), from: client)
    }
    let header = try bench.header()
    let tag = [UInt8](repeating: 0, count: 32)
    var early = machine
    #expect(throws: ProtocolViolation(Self.own, secure: .unexpected(.confirmation))) {
      try early.receive(.confirmation(header, tags: [tag, tag, tag]), from: Self.own)
    }
    _ = try machine.deadline()
    for count in [0, 2, 4, 1000] {
      var copy = machine
      let tags = [[UInt8]](repeating: tag, count: count)
      #expect(
        throws: ProtocolViolation(
          Self.own, secure: .wrongShareCount(sent: count, expected: 3))
      ) { try copy.receive(.confirmation(header, tags: tags), from: Self.own) }
    }
    #expect(throws: ProtocolViolation("hospital-4", secure: .unexpected(.confirmation))) {
      try machine.receive(.confirmation(header, tags: [tag, tag, tag]), from: "hospital-4")
    }
  }
}
