import MoiraCrypto
import MoiraModel
import Testing

@testable import MoiraProtocols

/// Tags of the whole roster go out with every upload, so that where nobody is missing no set has to be
/// named and confirmed. Hostile tests 1 to 3, for an aggregator that keeps them for later.
@Suite struct `Secure sum whose whole roster is confirmed beforehand` {
  static let all = hospitals(5)
  static let victim: PartyID = "hospital-0"
  static let without = Array(all.dropFirst())

  /// Five clients that have uploaded, the last of which collude; t = 4, and 2t − n = 3.
  static func bench(insiders: Int = 0) throws -> SecureBench {
    let bench = try SecureBench(
      try SecureParties(5), insiders: Array(all.suffix(insiders)))
    try bench.begin()
    try bench.enter()
    return bench
  }

  /// What came with the uploads, and what the insiders vouch for.
  static func wholeTags(_ bench: SecureBench) throws -> Tags {
    var tags = try bench.tags(all, of: bench.insiders)
    for (client, message) in bench.uploads {
      guard case .upload(_, _, _, let sent) = message else { continue }
      tags[client] = Dictionary(uniqueKeysWithValues: zip(all.filter { $0 != client }, sent))
    }
    return tags
  }

  @Test("where nobody is missing, no set is named: each client gets three messages a round")
  func noSetIsNamed() throws {
    let bench = try Self.bench()
    var machine = try bench.aggregator()
    for client in Self.all {
      let offer = try #require(bench.offers[client])
      _ = try machine.receive(.offer(terms: bench.terms.hash, offer), from: client)
    }
    var queue = try Self.all.map { ($0, try #require(bench.uploads[$0])) }
    var told: [SecureSumRule.Kind] = []
    while !queue.isEmpty {
      let (client, message) = queue.removeFirst()
      switch try machine.receive(message, from: client) {
      case .wait: continue
      case .send(let letters):
        for letter in letters {
          told.append(letter.message.kind)
          if let answer = try bench.tell(letter.recipient, letter.message) {
            queue.append((letter.recipient, answer))
          }
        }
      case .finish(let outcome, let letters):
        told += letters.map(\.message.kind)
        #expect(outcome.sum.words == summed(Self.all, round: 1, count: 2))
      }
    }
    #expect(
      told == Array(repeating: .confirmed, count: 5) + Array(repeating: .total, count: 5))
  }

  @Test("an upload has a tag for each neighbour, in active mode alone")
  func tagCount() throws {
    for isActive in [true, false] {
      let bench = try SecureBench(try SecureParties(5, isActive: isActive))
      try bench.begin()
      try bench.enter()
      guard case .upload(let header, let words, let next, let tags)? = bench.uploads["hospital-0"]
      else { throw ProtocolRefusal.notAClient("hospital-0") }
      #expect(tags.count == (isActive ? 4 : 0))
      var machine = try bench.aggregator()
      for client in Self.all {
        let offer = try #require(bench.offers[client])
        _ = try machine.receive(.offer(terms: bench.terms.hash, offer), from: client)
      }
      let tag = [UInt8](repeating: 0, count: 32)
      for count in [0, 3, 4, 5, 1000] where count != tags.count {
        var copy = machine
        #expect(
          throws: ProtocolViolation(
            "hospital-0", secure: .wrongShareCount(sent: count, expected: tags.count))
        ) {
          try copy.receive(
            .upload(
              header, words: words, next: next, tags: Array(repeating: tag, count: count)),
            from: "hospital-0")
        }
      }
    }
  }

  @Test("tags of the roster are none of a smaller set, and none of another round")
  func otherSet() throws {
    let bench = try Self.bench()
    let tags = try Self.wholeTags(bench)
    let own: PartyID = "hospital-1"
    let set = Array(Self.all.prefix(4))
    _ = try bench.tell(own, try bench.survivors(set))
    let shown = tags.confirmations(for: own).filter { set.contains($0.party) }
    #expect(throws: ProtocolViolation(arbiter, secure: .tooFewConfirmed(1, needed: 4))) {
      try bench.tell(own, .confirmed(try bench.header(), shown))
    }
    for client in Self.all where client != own {
      try bench.tell(
        client, .confirmed(try bench.header(), tags.confirmations(for: client)))
    }
    for client in Self.all where client != own {
      try bench.tell(client, try bench.total(Self.all, for: client))
    }
    try bench.tell(own, try bench.total(set, for: own))
    try bench.begin(2)
    let header = try bench.header()
    #expect(throws: ProtocolViolation(arbiter, secure: .tooFewConfirmed(1, needed: 4))) {
      try bench.tell(own, .confirmed(header, tags.confirmations(for: own)))
    }
  }

  @Test("who has answered about the roster answers about no other set, and the other way round")
  func oneAnswer() throws {
    let bench = try Self.bench()
    let tags = try Self.wholeTags(bench)
    let own: PartyID = "hospital-1"
    let whole = SecureSumMessage.confirmed(try bench.header(), tags.confirmations(for: own))
    #expect(answered(try bench.tell(own, whole)).seeds.count == 5)
    #expect(throws: ProtocolViolation(arbiter, secure: .otherSurvivors)) {
      try bench.tell(own, try bench.survivors(Self.without))
    }
    let other: PartyID = "hospital-2"
    let without = try bench.tags(Self.without, of: Self.without.filter { $0 != own })
    #expect(throws: ProtocolViolation.self) {
      try bench.tell(other, .confirmed(try bench.header(), tags.confirmations(for: other)))
    }
    #expect(throws: ProtocolViolation(arbiter, secure: .tooFewConfirmed(3, needed: 4))) {
      try bench.tell(other, .confirmed(try bench.header(), without.confirmations(for: other)))
    }
  }

  /// Whether an aggregator that shows the roster to some and a set without the victim to the others,
  /// together with insiders, can put together both secrets of the victim.
  private func learnsBoth(insiders: Int, shownWhole: Set<PartyID>) throws -> Bool {
    let bench = try Self.bench(insiders: insiders)
    let header = try bench.header()
    let honest = Self.all.filter { !bench.insiders.contains($0) }
    let whole = try Self.wholeTags(bench)
    var seeds = Set<PartyID>()
    var keys = Set<PartyID>()
    let others = honest.filter { !shownWhole.contains($0) }
    let part = try bench.tags(Self.without, of: others + bench.insiders)
    for client in honest {
      let tags = shownWhole.contains(client) ? whole : part
      let shown = tags.confirmations(for: client)
      guard let answer = try? bench.tell(client, .confirmed(header, shown)) else { continue }
      // The victim is the first by id: of its seed the first share, of its key the only one.
      if answered(answer).keys.isEmpty { seeds.insert(client) } else { keys.insert(client) }
    }
    for insider in bench.insiders where try bench.view(of: insider).held[Self.victim] != nil {
      seeds.insert(insider)
      keys.insert(insider)
    }
    return seeds.count >= bench.terms.threshold && keys.count >= bench.terms.threshold
  }

  @Test(
    "with fewer than 2t − n insiders no split of the honest gives both secrets of one of them",
    arguments: 0...2)
  func splits(insiders: Int) throws {
    let honest = Array(Self.all.dropLast(insiders))
    // The victim refuses a set without itself.
    for choice in 0..<1 << (honest.count - 1) {
      let shown = honest.indices.filter { $0 == 0 || choice >> ($0 - 1) & 1 == 1 }
      #expect(
        try !learnsBoth(insiders: insiders, shownWhole: Set(shown.map { honest[$0] })))
    }
  }

  /// What each of five, t = 3, is told, so that their shares would give the sum of the first two:
  /// the seeds of these, and the keys of the others.
  private static let views: [PartyID: [PartyID]] = {
    let (a, b) = (all[0], all[1])
    return [
      a: [a, b, all[2]], b: [a, b, all[3]], all[2]: [a, b, all[2]], all[3]: [a, b, all[3]],
      all[4]: [a, b, all[4]],
    ]
  }()

  @Test(
    "nor do sets of which each is told to another give a sum of fewer than t", arguments: 0..<32)
  func manySets(shownWhole: Int) throws {
    let bench = try SecureBench(try SecureParties(5, threshold: 3))
    try bench.begin()
    try bench.enter()
    let header = try bench.header()
    let whole = try Self.wholeTags(bench)
    var tags: [[PartyID]: Tags] = [:]
    for (place, client) in Self.all.enumerated() where shownWhole >> place & 1 == 0 {
      let set = try #require(Self.views[client])
      tags[set, default: [:]].merge(try bench.tags(set, of: [client])) { one, _ in one }
    }
    for (place, client) in Self.all.enumerated() {
      let isWhole = shownWhole >> place & 1 == 1
      let set = try #require(Self.views[client])
      let shown = (isWhole ? whole : tags[set] ?? [:]).confirmations(for: client)
      let answer = try? bench.tell(client, .confirmed(header, shown))
      #expect(answered(answer).keys.isEmpty)
      #expect(answered(answer).seeds.count == (isWhole ? 5 : 0))
    }
  }

  @Test("which they do where nobody confirms: that is what tags are for")
  func passiveGivesIt() throws {
    let bench = try SecureBench(try SecureParties(5, threshold: 3, isActive: false))
    try bench.begin()
    try bench.enter()
    var seeds: [PartyID: Int] = [:]
    var keys: [PartyID: Int] = [:]
    for client in Self.all {
      let set = try #require(Self.views[client])
      let answer = answered(try bench.tell(client, try bench.survivors(set)))
      #expect(answer.seeds.count == 3 && answer.keys.count == 2)
      for party in Self.all {
        if set.contains(party) {
          seeds[party, default: 0] += 1
        } else {
          keys[party, default: 0] += 1
        }
      }
    }
    #expect(Self.all.prefix(2).allSatisfy { (seeds[$0] ?? 0) >= 3 })
    #expect(Self.all.dropFirst(2).allSatisfy { (keys[$0] ?? 0) >= 3 })
  }

  @Test("with 2t − n insiders one does, as the terms say")
  func bound() throws {
    #expect(try learnsBoth(insiders: 3, shownWhole: [Self.victim]))
  }
}
