import MoiraCrypto
import MoiraModel
import Testing

@testable import MoiraProtocols

/// Clients that deal or return false shares, and whoever alters sealed ones.
@Suite struct `Secure sum whose shares are forged` {
  static let insider: PartyID = "hospital-4"
  static let own: PartyID = "hospital-1"

  /// An insider's offer whose sealed shares are what this gives for each holder.
  static func offer(
    _ bench: SecureBench, commitment: ContentHash? = nil,
    _ shares: (_ holder: PartyID, _ point: Int) throws -> [UInt8]
  ) throws -> RoundOffer {
    let ground = try #require(bench.sessions[insider]).ground
    let good = try #require(bench.offers[insider])
    let commitment = commitment ?? good.commitment
    let context = bench.terms.sealContext(round: 1, key: good.key, commitment: commitment)
    let sealed = try bench.terms.graph.neighbours(of: insider).map { holder in
      let point = try #require(bench.terms.graph.point(of: holder, in: insider))
      return try ground.seals.seal(
        try shares(holder, point), for: holder, context: context, using: &bench.generator)
    }
    let statement = bench.terms.offerStatement(
      insider, round: 1, key: good.key, commitment: commitment)
    return RoundOffer(
      round: 1, key: good.key, commitment: commitment,
      signature: ground.identity.sign(statement), shares: sealed)
  }

  static func bench() throws -> SecureBench {
    let bench = try SecureBench(try SecureParties(5), insiders: [insider])
    try bench.begin()
    return bench
  }

  /// Shares of a secret that nobody has, of the right form.
  static func randomShares(_ point: Int, seed: UInt64) throws -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    let shamir = try ShamirShares(threshold: 4, parties: 5)
    let secret = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let one = try shamir.split(secret, using: &generator)[point - 1].bytes
    return one + (try shamir.split(secret, using: &generator)[point - 1].bytes)
  }

  /// Brings the honest clients' messages to an aggregator up to the unmasking, and hands over what
  /// they answer.
  static func answers(
    _ bench: SecureBench, survivors: [PartyID], _ machine: inout SecureSumAggregator
  ) throws -> [(from: PartyID, message: SecureSumMessage)] {
    let honest = bench.clients.filter { !bench.insiders.contains($0) }
    for client in bench.clients {
      let offer = try #require(bench.offers[client])
      _ = try machine.receive(.offer(terms: bench.terms.hash, offer), from: client)
    }
    for client in honest {
      _ = try machine.receive(try #require(bench.uploads[client]), from: client)
    }
    if survivors.contains(insider) {
      let offer = try RoundSecrets(
        try #require(bench.sessions[insider]).ground, round: 2, using: &bench.generator
      ).offer
      let words = [UInt64](repeating: 1, count: bench.count)
      let vouched = try #require(try bench.tags(bench.clients, of: [insider])[insider])
      let tags = bench.clients.compactMap { vouched[$0] }
      _ = try machine.receive(
        .upload(try bench.header(), words: words, next: offer, tags: tags), from: insider)
    } else {
      _ = try machine.deadline()
    }
    let header = try bench.header()
    let tags = try bench.tags(survivors, of: honest)
    for client in honest {
      let sent = survivors.compactMap { tags[client]?[$0] }
      _ = try machine.receive(.confirmation(header, tags: sent), from: client)
    }
    return try honest.map {
      let answer = try bench.tell($0, .confirmed(header, tags.confirmations(for: $0)))
      return (from: $0, message: try #require(answer))
    }
  }

  @Test(
    "shares of different secrets end the round with the dealer's name", arguments: [true, false])
  func inconsistentDealer(survives: Bool) throws {
    let bench = try Self.bench()
    bench.offers[Self.insider] = try Self.offer(bench) { _, point in
      try Self.randomShares(point, seed: UInt64(point))
    }
    try failsNaming(Self.insider, bench, survives: survives)
  }

  @Test("shares of one secret that is not the one in the offer do too", arguments: [true, false])
  func otherSecret(survives: Bool) throws {
    let bench = try Self.bench()
    bench.offers[Self.insider] = try Self.offer(bench) { _, point in
      try Self.randomShares(point, seed: 7)
    }
    try failsNaming(Self.insider, bench, survives: survives)
  }

  func failsNaming(_ dealer: PartyID, _ bench: SecureBench, survives: Bool) throws {
    try bench.enter()
    var machine = try bench.aggregator()
    let survivors = survives ? bench.clients : bench.clients.filter { $0 != Self.insider }
    let answers = try Self.answers(bench, survivors: survivors, &machine)
    #expect(throws: ProtocolViolation(dealer, secure: .otherSecret(of: dealer))) {
      for (client, message) in answers { _ = try machine.receive(message, from: client) }
    }
  }

  @Test("a commitment to another seed than was dealt ends the round with the dealer's name")
  func wrongCommitment() throws {
    let bench = try Self.bench()
    bench.offers[Self.insider] = try Self.offer(bench, commitment: sha256([9])) { _, point in
      try Self.randomShares(point, seed: 7)
    }
    try failsNaming(Self.insider, bench, survives: true)
  }

  /// What one false byte of one answer does; the answers of t = 4 of five are used.
  @Test("a share that its holder has changed ends the round, whosever it is", arguments: 0..<5)
  func falseHolder(dealer: Int) throws {
    let bench = try Self.bench()
    try bench.enter()
    var machine = try bench.aggregator()
    let answers = try Self.answers(bench, survivors: bench.clients, &machine)
    guard case .unmasking(let header, var seeds, let keys) = answers[1].message else { return }
    seeds[dealer][9] ^= 1
    let named = bench.clients[dealer]
    #expect(throws: ProtocolViolation(named, secure: .otherSecret(of: named))) {
      for (client, message) in answers {
        let sent =
          client == answers[1].from ? .unmasking(header, seeds: seeds, keys: keys) : message
        _ = try machine.receive(sent, from: client)
      }
    }
  }

  @Test("an answer has one share of each dealer, for the answerer's own point, and no more")
  func unfitAnswers() throws {
    let bench = try Self.bench()
    try bench.enter()
    var machine = try bench.aggregator()
    let four = Array(bench.clients.prefix(4))
    let answers = try Self.answers(bench, survivors: four, &machine)
    guard case .unmasking(let header, let seeds, let keys) = answers[1].message,
      case .unmasking(_, let others, let otherKeys) = answers[2].message
    else { return }
    func refused(_ seeds: [[UInt8]], _ keys: [[UInt8]], _ rule: SecureSumRule) {
      var copy = machine
      #expect(throws: ProtocolViolation(Self.own, secure: rule)) {
        try copy.receive(.unmasking(header, seeds: seeds, keys: keys), from: Self.own)
      }
    }
    refused(seeds.dropLast(), keys, .wrongShareCount(sent: 3, expected: 4))
    refused(seeds + [keys[0]], keys, .wrongShareCount(sent: 5, expected: 4))
    refused(seeds, [], .wrongShareCount(sent: 0, expected: 1))
    refused(seeds, keys + keys, .wrongShareCount(sent: 2, expected: 1))
    refused(others, keys, .unfitShare(of: "hospital-0"))
    refused(seeds, otherKeys, .unfitShare(of: Self.insider))
    refused([seeds[0], seeds[1], [], seeds[3]], keys, .unfitShare(of: "hospital-2"))
    refused(
      [seeds[0], seeds[1], seeds[2], seeds[3] + [0]], keys, .unfitShare(of: "hospital-3"))
    let notInField = seeds[0].prefix(2) + [UInt8](repeating: 255, count: 40)
    refused([Array(notInField)] + seeds.dropFirst(), keys, .unfitShare(of: "hospital-0"))
    for stranger in [Self.insider] as [PartyID] {
      var copy = machine
      #expect(throws: ProtocolViolation(stranger, secure: .unexpected(.unmasking))) {
        try copy.receive(answers[1].message, from: stranger)
      }
    }
  }

  @Test("a sealed share of another point, form or length is refused by the holder")
  func unfitDeals() throws {
    let refused: [(PartyID, Int) throws -> [UInt8]] = [
      { _, point in try Self.randomShares(point % 5 + 1, seed: 1) },
      { _, point in
        let good = try Self.randomShares(point, seed: 1)
        return Array(good.prefix(42)) + (try Self.randomShares(point % 5 + 1, seed: 1)).suffix(42)
      },
      { _, _ in [UInt8](repeating: 255, count: HeldShares.byteCount) },
      { _, _ in [UInt8](repeating: 0, count: HeldShares.byteCount) },
      { _, point in try Self.randomShares(point, seed: 1).dropLast() },
      { _, _ in [] },
    ]
    for shares in refused {
      let bench = try Self.bench()
      bench.offers[Self.insider] = try Self.offer(bench, shares)
      #expect(throws: ProtocolViolation(arbiter, secure: .unfitShare(of: Self.insider))) {
        try bench.tell(Self.own, bench.roster(for: Self.own))
      }
    }
  }

  @Test("the aggregator takes as many sealed shares as there are holders, of the one length")
  func dealForm() throws {
    let bench = try Self.bench()
    let good = try #require(bench.offers[Self.insider])
    func refused(_ shares: [[UInt8]], _ rule: SecureSumRule) throws {
      var machine = try bench.aggregator()
      let offer = RoundOffer(
        round: 1, key: good.key, commitment: good.commitment, signature: good.signature,
        shares: shares)
      #expect(throws: ProtocolViolation(Self.insider, secure: rule)) {
        try machine.receive(.offer(terms: bench.terms.hash, offer), from: Self.insider)
      }
    }
    try refused([], .wrongShareCount(sent: 0, expected: 4))
    try refused(good.shares + [good.shares[0]], .wrongShareCount(sent: 5, expected: 4))
    try refused(good.shares.dropLast() + [[]], .unfitShare(of: Self.insider))
    try refused(good.shares.map { $0 + [0] }, .unfitShare(of: Self.insider))
  }

  @Test("a sealed share that was altered, swapped or sealed for another round does not open")
  func seals() throws {
    func refused(_ rule: SecureSumRule, _ change: (SecureBench, inout [[UInt8]]) throws -> Void)
      throws
    {
      let bench = try Self.bench()
      let honest = bench.terms.roster(bench.offers, round: 1, for: Self.own)
      var shares = honest.shares
      try change(bench, &shares)
      let roster = RoundRoster(round: 1, entries: honest.entries, shares: shares)
      #expect(throws: ProtocolViolation(arbiter, secure: rule)) {
        try bench.tell(Self.own, .roster(terms: bench.terms.hash, roster))
      }
    }
    for place in [0, 11, 12, 50, 95, 111] {
      try refused(.brokenSeal(of: "hospital-2")) { _, shares in shares[1][place] ^= 0x40 }
    }
    try refused(.brokenSeal(of: "hospital-2")) { _, shares in shares.swapAt(1, 2) }
    try refused(.brokenSeal(of: "hospital-0")) { bench, shares in
      // What the same dealer sealed for somebody else.
      shares[0] = bench.terms.roster(bench.offers, round: 1, for: "hospital-2").shares[0]
    }
    try refused(.brokenSeal(of: Self.insider)) { bench, shares in
      let ground = try #require(bench.sessions[Self.insider]).ground
      let later = try RoundSecrets(ground, round: 2, using: &bench.generator).offer
      shares[3] = later.shares[1]
    }
    try refused(.unfitShare(of: "hospital-0")) { _, shares in shares[0] = [] }
    try refused(.wrongShareCount(sent: 3, expected: 4)) { _, shares in shares.removeLast() }
    try refused(.wrongShareCount(sent: 5, expected: 4)) { _, shares in shares.append(shares[0]) }
  }
}
