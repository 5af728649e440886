import MoiraCrypto
import MoiraModel
import Testing

@testable import MoiraProtocols

/// Clients that were given different models. Hostile test 9.
@Suite struct `Secure sum from different models` {
  static let all = hospitals(3)
  static let fooled: PartyID = "hospital-1"

  static func model(_ client: PartyID) -> [UInt8] { client == fooled ? [2] : [1] }

  /// Three clients that add 1 in fifty slots, the second of them from another model.
  static func bench(isActive: Bool) throws -> SecureBench {
    let bench = try SecureBench(try SecureParties(3, isActive: isActive), count: 50)
    let ones = try FixedPoint(parties: 3).encodeReals([Double](repeating: 1, count: 50)).words
    try bench.begin(words: { _ in ones }, model: model)
    try bench.enter()
    return bench
  }

  @Test("an honest aggregator names the client that started from another one")
  func honest() throws {
    let bench = try Self.bench(isActive: true)
    var machine = try SecureSumAggregator(
      SecureSumStanding(bench.terms), label: SecureParties.label(1, model: [1]), count: 50)
    for client in Self.all {
      let offer = try #require(bench.offers[client])
      _ = try machine.receive(.offer(terms: bench.terms.hash, offer), from: client)
    }
    _ = try machine.receive(try #require(bench.uploads["hospital-0"]), from: "hospital-0")
    #expect(throws: ProtocolViolation(Self.fooled, .otherModel)) {
      try machine.receive(try #require(bench.uploads[Self.fooled]), from: Self.fooled)
    }
  }

  @Test("one that lies about it gets tags that do not fit together")
  func active() throws {
    let bench = try Self.bench(isActive: true)
    var tags: Tags = [:]
    for client in Self.all {
      let header = try bench.header(model: Self.model(client))
      let answer = try bench.tell(client, .survivors(header, Self.all))
      guard case .confirmation(_, let sent)? = answer else { return }
      tags[client] = Dictionary(
        uniqueKeysWithValues: zip(Self.all.filter { $0 != client }, sent))
    }
    for (client, valid) in [("hospital-0" as PartyID, 2), (Self.fooled, 1)] {
      let header = try bench.header(model: Self.model(client))
      #expect(
        throws: ProtocolViolation(arbiter, secure: .tooFewConfirmed(valid, needed: 3))
      ) {
        try bench.tell(client, .confirmed(header, tags.confirmations(for: client)))
      }
    }
    #expect(throws: ProtocolViolation(arbiter, .otherModel)) {
      try bench.tell("hospital-2", .survivors(try bench.header(model: [2]), Self.all))
    }
  }

  @Test("and without confirmations it gets noise, which no sum of three can be")
  func passive() throws {
    let bench = try Self.bench(isActive: false)
    var sum = [UInt64](repeating: 0, count: 50)
    var shares: [PartyID: [SecretShare]] = [:]
    for client in Self.all {
      let words = try bench.words(of: client)
      for index in sum.indices { sum[index] &+= words[index] }
      let header = try bench.header(model: Self.model(client))
      let answer = answered(try bench.tell(client, .survivors(header, Self.all)))
      for (dealer, bytes) in zip(Self.all, answer.seeds) {
        shares[dealer, default: []].append(try SecretShare(bytes: bytes))
      }
    }
    // Each client's own mask can be found out, and taken away.
    for client in Self.all {
      let seed = try #require(combined(shares[client] ?? [], threshold: 3, parties: 3))
      let mask = MaskSeed.ofSelf(
        try MaskSeed(bytes: seed), label: SecureParties.label(1, model: Self.model(client)),
        party: client, roster: try bench.keys().hash)
      MaskStream(seed: mask).apply(.subtract, to: &sum)
    }
    #expect(throws: FixedPointError.self) { try FixedPoint(parties: 3).decodeReals(sum) }
  }
}
