import MoiraCrypto
import MoiraModel
import Testing

@testable import MoiraProtocols

/// What the aggregator and those who collude with it can take off an upload. Hostile tests 7 and 18.
@Suite struct `Secure sum against those who pool what they know` {
  static let count = 1 << 14
  static let victim: PartyID = "hospital-2"

  static func words(_ client: PartyID) -> [UInt64] {
    [UInt64](repeating: client == victim ? 1 << 40 : 0, count: count)
  }

  static func bench(insiders: [PartyID] = []) throws -> SecureBench {
    let bench = try SecureBench(try SecureParties(5), count: count, insiders: insiders, seed: 3)
    try bench.begin { words($0) }
    try bench.enter()
    return bench
  }

  static func removed(_ masks: [SignedMask], from words: [UInt64]) -> [UInt64] {
    var words = words
    applyMasks(
      masks.map { SignedMask($0.sign == .add ? .subtract : .add, $0.stream) }, to: &words)
    return words
  }

  /// The masks that the owner of this key shares with others.
  static func pairMasks(_ bench: SecureBench, key: [UInt8]) throws -> [SignedMask] {
    try MaskingKeys(
      own: victim, keyPair: try MaskKeyPair(secretBytes: key), roster: try bench.keys()
    ).masks(for: bench.label)
  }

  static func ownMask(_ bench: SecureBench, seed: [UInt8]) throws -> SignedMask {
    SignedMask(
      .add,
      MaskStream(
        seed: .ofSelf(
          try MaskSeed(bytes: seed), label: bench.label, party: victim,
          roster: try bench.keys().hash)))
  }

  /// What these survivors answer about a set.
  static func answers(
    _ bench: SecureBench, _ set: [PartyID], from honest: [PartyID]
  ) throws -> [(seeds: [[UInt8]], keys: [[UInt8]])] {
    let insiders = set.filter { bench.insiders.contains($0) }
    let tags = try bench.tags(set, of: honest + insiders)
    let header = try bench.header()
    return try honest.map {
      answered(try bench.tell($0, .confirmed(header, tags.confirmations(for: $0))))
    }
  }

  @Test("a late upload stays masked by its own seed, though its mask key is put together")
  func lateUpload() throws {
    let bench = try Self.bench()
    let others = bench.clients.filter { $0 != Self.victim }
    let answers = try Self.answers(bench, others, from: others)
    let shares = try answers.map { try SecretShare(bytes: $0.keys[0]) }
    let key = try #require(combined(shares, threshold: 4, parties: 5))
    #expect(
      try MaskKeyPair(secretBytes: key).publicKey.bytes == bench.offers[Self.victim]?.key)
    let late = Self.removed(
      try Self.pairMasks(bench, key: key), from: try bench.words(of: Self.victim))
    #expect(looksUniform(late))
    // Only the shares of the seed would show it; here they come from a round in which it survived.
    let twin = try Self.bench()
    let seeds = try Self.answers(twin, twin.clients, from: twin.clients).map {
      try SecretShare(bytes: $0.seeds[2])
    }
    let seed = try #require(combined(seeds, threshold: 4, parties: 5))
    #expect(
      Self.removed([try Self.ownMask(bench, seed: seed)], from: late)
        == Self.words(Self.victim))
  }

  /// The victim's upload, freed of every mask that the aggregator and its insiders can find out in a
  /// round that all survive.
  func freed(_ bench: SecureBench) throws -> [UInt64] {
    let honest = bench.clients.filter { !bench.insiders.contains($0) }
    let held = try bench.insiders.map { try #require(try bench.view(of: $0).held[Self.victim]) }
    let told = try Self.answers(bench, bench.clients, from: honest).map {
      try SecretShare(bytes: $0.seeds[2])
    }
    var words = try bench.words(of: Self.victim)
    if let seed = combined(held.map(\.seed) + told, threshold: 4, parties: 5) {
      words = Self.removed([try Self.ownMask(bench, seed: seed)], from: words)
    }
    // What they hold of the key, taken for enough, be it so or not.
    if let key = combined(held.map(\.key), threshold: held.count, parties: 5),
      try MaskKeyPair(secretBytes: key).publicKey.bytes == bench.offers[Self.victim]?.key
    {
      return Self.removed(try Self.pairMasks(bench, key: key), from: words)
    }
    // Each insider has its own half of the secret that it shares with the victim.
    for insider in bench.insiders {
      let masking = try MaskingKeys(
        own: insider, keyPair: try #require(bench.secrets[insider]).keyPair,
        roster: try bench.keys(), peers: [Self.victim])
      applyMasks(try masking.masks(for: bench.label), to: &words)
    }
    return words
  }

  @Test("t − 1 insiders cannot unmask a survivor, and t can", arguments: [3, 4])
  func collusion(insiders count: Int) throws {
    let insiders = hospitals(5).filter { $0 != Self.victim }.prefix(count)
    let freed = try freed(try Self.bench(insiders: Array(insiders)))
    if count == 4 {
      #expect(freed == Self.words(Self.victim))
    } else {
      #expect(looksUniform(freed))
    }
  }

  /// Six clients, t = 4, and an aggregator that shows the victim as alive to some and as dead to
  /// others; the insiders confirm both sets.
  func splitView(
    insiders count: Int
  ) throws -> (bench: SecureBench, alive: [PartyID], dead: [PartyID]) {
    let insiders = Array(hospitals(6).suffix(count))
    let bench = try SecureBench(
      try SecureParties(6, threshold: 4), count: Self.count, insiders: insiders, seed: 4)
    try bench.begin { Self.words($0) }
    try bench.enter()
    let honest = hospitals(6).filter { !insiders.contains($0) && $0 != Self.victim }
    let needed = 3 - count
    return (bench, [Self.victim] + honest.prefix(needed), Array(honest.dropFirst(needed)))
  }

  @Test("with fewer than 2t − n insiders no two sets are answered about by t")
  func oneSet() throws {
    let (bench, alive, dead) = try splitView(insiders: 1)
    let without = hospitals(6).filter { $0 != Self.victim }
    #expect(try Self.answers(bench, hospitals(6), from: alive).allSatisfy { $0.seeds.count == 6 })
    #expect(throws: ProtocolViolation(arbiter, secure: .tooFewConfirmed(3, needed: 4))) {
      try Self.answers(bench, without, from: dead)
    }
  }

  /// Bonawitz et al., theorem 6.5, has the same bound: there is no protection to be had beyond it.
  @Test("with 2t − n insiders two sets do, and both secrets of the victim are theirs")
  func twoSets() throws {
    let (bench, alive, dead) = try splitView(insiders: 2)
    let without = hospitals(6).filter { $0 != Self.victim }
    let held = try bench.insiders.map { try #require(try bench.view(of: $0).held[Self.victim]) }
    let seeds = try Self.answers(bench, hospitals(6), from: alive).map {
      try SecretShare(bytes: $0.seeds[2])
    }
    let keys = try Self.answers(bench, without, from: dead).map {
      try SecretShare(bytes: $0.keys[0])
    }
    let seed = try #require(combined(held.map(\.seed) + seeds, threshold: 4, parties: 6))
    let key = try #require(combined(held.map(\.key) + keys, threshold: 4, parties: 6))
    let words = Self.removed(
      try Self.pairMasks(bench, key: key) + [try Self.ownMask(bench, seed: seed)],
      from: try bench.words(of: Self.victim))
    #expect(words == Self.words(Self.victim))
  }
}
