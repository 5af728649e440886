import MoiraCrypto
import MoiraModel
import Testing

@testable import MoiraProtocols

/// Old messages, and messages from rounds that are not there yet. Hostile test 6.
@Suite struct `Secure sum with old messages` {
  static let all = hospitals(4)

  /// Drives one honest round, and keeps what every client sent; t = 3.
  static func round(
    _ bench: SecureBench, _ machine: inout SecureSumAggregator, without silent: PartyID? = nil
  ) throws -> (sent: [(from: PartyID, message: SecureSumMessage)], SecureSumOutcome?) {
    var sent: [(from: PartyID, message: SecureSumMessage)] = []
    var queue: [(from: PartyID, message: SecureSumMessage)] = bench.clients.compactMap { client in
      if let upload = bench.uploads[client] { return (client, upload) }
      return bench.offers[client].map { (client, .offer(terms: bench.terms.hash, $0)) }
    }
    while true {
      var outcome: SecureSumOutcome?
      let letters: [Outbound<SecureSumMessage>]
      let step: Step<SecureSumMessage, SecureSumOutcome>
      if queue.isEmpty {
        step = try machine.deadline()
      } else {
        let letter = queue.removeFirst()
        sent.append(letter)
        step = try machine.receive(letter.message, from: letter.from)
      }
      switch step {
      case .wait: letters = []
      case .send(let outbound): letters = outbound
      case .finish(let result, let outbound):
        outcome = result
        letters = outbound
      }
      for letter in letters {
        let answer = try bench.tell(letter.recipient, letter.message)
        if let answer, letter.recipient != silent { queue.append((letter.recipient, answer)) }
      }
      if let outcome { return (sent, outcome) }
    }
  }

  static func bench() throws -> SecureBench {
    let bench = try SecureBench(try SecureParties(4))
    try bench.begin()
    return bench
  }

  @Test(
    "whatever a client has sent before is refused at once, and in the next round",
    arguments: [nil, "hospital-3"] as [PartyID?])
  func toTheAggregator(silent: PartyID?) throws {
    let bench = try Self.bench()
    var machine = try bench.aggregator()
    let (sent, finished) = try Self.round(bench, &machine, without: silent)
    #expect(
      Set(sent.map(\.message.kind))
        == (silent == nil
          ? [.offer, .upload, .unmasking] : [.offer, .upload, .confirmation, .unmasking]))
    let outcome = try #require(finished)
    try bench.begin(2)
    var second = try SecureSumAggregator(
      outcome.standing, label: bench.label, count: bench.count)
    func refused(_ machine: inout SecureSumAggregator) {
      for (client, message) in sent {
        #expect(throws: ProtocolViolation(client, secure: .replayed(message.kind))) {
          try machine.receive(message, from: client)
        }
      }
    }
    refused(&machine)
    refused(&second)
    let (later, outcome2) = try Self.round(bench, &second)
    let rest = Self.all.filter { $0 != silent }
    #expect(outcome2?.sum.words == summed(rest, round: 2, count: 2))
    for (client, message) in later {
      #expect(throws: ProtocolViolation(client, secure: .replayed(message.kind))) {
        try second.receive(message, from: client)
      }
    }
  }

  @Test("a round that is not there yet is refused, and so is one before the first")
  func fromTheFuture() throws {
    let bench = try Self.bench()
    try bench.enter()
    let good = try bench.header()
    guard case .upload(_, let words, let next, let tags)? = bench.uploads["hospital-0"] else {
      return
    }
    for round in [2, 3, 1000, .max, 0, -1, .min] {
      let header = SumHeader(
        scope: good.scope, round: round, tensor: good.tensor, method: good.method,
        count: good.count, label: good.label, roster: good.roster)
      let forged: [SecureSumMessage] = [
        .upload(header, words: words, next: next, tags: tags), .confirmation(header, tags: []),
        .unmasking(header, seeds: [], keys: []),
      ]
      for message in forged {
        var machine = try bench.aggregator()
        for client in Self.all {
          let offer = try #require(bench.offers[client])
          _ = try machine.receive(.offer(terms: bench.terms.hash, offer), from: client)
        }
        #expect(
          throws: ProtocolViolation(
            "hospital-0", secure: .otherRound(message.kind, sent: round, agreed: 1))
        ) { try machine.receive(message, from: "hospital-0") }
      }
    }
  }

  @Test("an offer for a round that is over, or that nobody waits for, counts for nothing")
  func offersOutOfTime() throws {
    let bench = try Self.bench()
    let offer = try #require(bench.offers["hospital-0"])
    for round in [3, 99, 0, -5, Int.max] {
      var machine = try bench.aggregator()
      let other = RoundOffer(
        round: round, key: offer.key, commitment: offer.commitment, signature: offer.signature,
        shares: offer.shares)
      #expect(
        throws: ProtocolViolation(
          "hospital-0", secure: .otherRound(.offer, sent: round, agreed: 1))
      ) { try machine.receive(.offer(terms: bench.terms.hash, other), from: "hospital-0") }
    }
    try bench.enter()
    guard case .upload(let header, let words, let next, let tags)? = bench.uploads["hospital-0"]
    else {
      return
    }
    var machine = try bench.aggregator()
    for client in Self.all {
      let offer = try #require(bench.offers[client])
      _ = try machine.receive(.offer(terms: bench.terms.hash, offer), from: client)
    }
    // The offer that rides on an upload must be for the next round: the last one's keys are used up.
    #expect(
      throws: ProtocolViolation("hospital-0", secure: .otherRound(.offer, sent: 1, agreed: 2))
    ) {
      try machine.receive(
        .upload(header, words: words, next: offer, tags: tags), from: "hospital-0")
    }
    #expect(next.round == 2)
  }

  @Test("a client answers nothing of an old round, and nothing twice")
  func toTheClient() throws {
    let own: PartyID = "hospital-0"
    let bench = try Self.bench()
    let roster = bench.roster(for: own)
    try bench.enter()
    #expect(throws: ProtocolViolation(arbiter, secure: .replayed(.roster))) {
      try bench.tell(own, roster)
    }
    let survivors = try bench.survivors(Self.all)
    let tags = try bench.tags(Self.all, of: Self.all)
    let confirmed = SecureSumMessage.confirmed(
      try bench.header(), tags.confirmations(for: own))
    try bench.tell(own, confirmed)
    let total = try bench.total(Self.all, for: own)
    for client in Self.all { try bench.tell(client, try bench.total(Self.all, for: client)) }
    #expect(throws: ProtocolViolation(arbiter, secure: .replayed(.total))) {
      try bench.tell(own, total)
    }
    #expect(throws: ProtocolViolation(arbiter, secure: .unexpected(.survivors))) {
      try bench.tell(own, survivors)
    }
    #expect(throws: ProtocolViolation(arbiter, secure: .unexpected(.confirmed))) {
      try bench.tell(own, confirmed)
    }
    try bench.begin(2)
    for old in [survivors, confirmed, total] {
      #expect(throws: ProtocolViolation(arbiter, .otherRound(sent: 1, agreed: 2))) {
        try bench.tell(own, old)
      }
    }
    #expect(throws: ProtocolViolation(arbiter, secure: .replayed(.roster))) {
      try bench.tell(own, roster)
    }
  }

  /// What a client is told that begins this round.
  func refusal(_ session: SecureSumSession, round: Int) -> SecureSumRefusal? {
    var generator = SeededGenerator(seed: 1)
    do throws(SecureSumRefusal) {
      _ = try SecureSumClient(
        session, label: SecureParties.label(round), words: [1], using: &generator)
      return nil
    } catch {
      return error
    }
  }

  @Test("a round is begun once, by the client and by the aggregator")
  func beginTwice() throws {
    let bench = try Self.bench()
    let session = try #require(bench.sessions["hospital-0"])
    #expect(refusal(session, round: 1) == .roundUsed(1))
    #expect(refusal(session, round: 0) == .roundUsed(0))
    #expect(refusal(session, round: 5) == nil)
    #expect(refusal(session, round: 5) == .roundUsed(5))
    #expect(refusal(session, round: 4) == .roundUsed(4))
    var machine = try bench.aggregator()
    let standing = try #require(try Self.round(bench, &machine).1).standing
    for round in [1, 0] {
      #expect(throws: SecureSumRefusal.roundUsed(round)) {
        try SecureSumAggregator(standing, label: SecureParties.label(round), count: 2)
      }
    }
  }
}
