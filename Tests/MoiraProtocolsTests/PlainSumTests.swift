import MoiraCrypto
import MoiraModel
import MoiraProtocols
import Testing

let label = MaskLabel(scope: scope, round: 3, tensor: "weights", model: sha256([1]))

typealias SumRun = Exchange<MaskedSumClient, MaskedSumAggregator>

/// One sum over these vectors, with masks or without.
func sum(
  _ vectors: [PartyID: [UInt64]], method: SumMethod, seed: UInt64,
  tamper: (Letter) -> [Letter] = { [$0] }
) throws -> SumRun {
  let clients = vectors.keys.sorted()
  let count = vectors[clients[0]]?.count ?? 0
  var keys: [PartyID: MaskingKeys] = [:]
  let terms: MaskedSumTerms
  switch method {
  case .none:
    terms = try MaskedSumTerms(
      unprotected: label, count: count, clients: clients, aggregator: arbiter)
  case .pairwiseMasks:
    let agreed = try agreedKeys(clients, seed: seed)
    keys = agreed.keys
    terms = try MaskedSumTerms(label, count: count, roster: agreed.roster, aggregator: arbiter)
  }
  var sides: [PartyID: Side<MaskedSumClient>] = [:]
  for (party, words) in vectors {
    sides[party] = Side(try MaskedSumClient(party, terms: terms, words: words, keys: keys[party]))
  }
  var exchange = SumRun(
    clients: sides, aggregator: (arbiter, Side(MaskedSumAggregator(terms: terms))))
  try exchange.run(seed: seed, tamper: tamper)
  return exchange
}

/// Reals and counts of so many parties, in the ring.
func vectors(_ clients: [PartyID], count: Int, seed: UInt64) throws -> [PartyID: [UInt64]] {
  var generator = SeededGenerator(seed: seed)
  let fixed = try FixedPoint(parties: clients.count)
  var vectors: [PartyID: [UInt64]] = [:]
  for client in clients {
    let reals = (0..<count).map { _ in Double.random(in: -4096...4096, using: &generator) }
    let rows = [Int.random(in: 0...100_000, using: &generator)]
    vectors[client] = try fixed.encodeReals(reals).words + fixed.encodeCounts(rows)
  }
  return vectors
}

@Suite struct `Masked sum` {
  @Test(
    "is the sum in the ring, with masks and without, whatever the order of delivery",
    arguments: 0..<200)
  func sums(seed: UInt64) throws {
    let clients = hospitals(3 + Int(seed % 5))
    let summands = try vectors(clients, count: Int(seed % 40), seed: seed)
    var expected = [UInt64](repeating: 0, count: Int(seed % 40) + 1)
    for words in summands.values {
      for index in words.indices { expected[index] &+= words[index] }
    }
    for method in SumMethod.allCases {
      let exchange = try sum(summands, method: method, seed: seed)
      let output = try #require(exchange.aggregator.side.output)
      #expect(output == exchange.clients[clients[0]]?.output)
      #expect(output.words == expected)
      #expect(output.parties == clients)
      for side in exchange.clients.values { #expect(side.output == output) }
    }
  }

  @Test("decodes to the sum of the reals within half a unit a party", arguments: 0..<20)
  func decodes(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let clients = hospitals(5)
    let fixed = try FixedPoint(parties: 5)
    let reals = clients.map { _ in (0..<9).map { _ in generator.unit() * 100 - 50 } }
    var words: [PartyID: [UInt64]] = [:]
    for (client, own) in zip(clients, reals) { words[client] = try fixed.encodeReals(own).words }
    let exchange = try sum(words, method: .pairwiseMasks, seed: seed)
    let total = try fixed.decodeReals(try #require(exchange.aggregator.side.output).words)
    for index in 0..<9 {
      let expected = reals.reduce(0) { $0 + $1[index] }
      #expect(abs(total[index] - expected) <= 5 * 0x1p-41 + 1e-12)
    }
  }

  @Test("each client sends one upload and gets one total, and nothing else is said")
  func traffic() throws {
    let exchange = try sum(
      try vectors(hospitals(4), count: 10, seed: 1), method: .pairwiseMasks, seed: 1)
    #expect(exchange.delivered.count == 8)
    #expect(exchange.delivered.prefix(4).allSatisfy { $0.recipient == arbiter })
    #expect(Set(exchange.delivered.prefix(4).map(\.sender)) == Set(hospitals(4)))
    #expect(exchange.delivered.suffix(4).allSatisfy { $0.sender == arbiter })
  }

  @Test("one party may sum alone without masks; with masks two are too few")
  func fewParties() throws {
    let alone = try sum(["a": [1, 2]], method: .none, seed: 1)
    #expect(alone.aggregator.side.output?.words == [1, 2])
    let agreed = try agreedKeys(["a", "b"])
    #expect(throws: ProtocolRefusal.tooFewClients(2)) {
      try MaskedSumTerms(label, count: 1, roster: agreed.roster, aggregator: arbiter)
    }
    #expect(throws: ProtocolRefusal.noClients) {
      try MaskedSumTerms(unprotected: label, count: 1, clients: [], aggregator: arbiter)
    }
  }

  @Test("a silent client keeps all waiting, and the aggregator knows for whom")
  func silentClient() throws {
    let exchange = try sum(
      try vectors(hospitals(4), count: 3, seed: 1), method: .pairwiseMasks, seed: 1
    ) { $0.sender == "hospital-1" ? [] : [$0] }
    #expect(exchange.aggregator.side.output == nil)
    #expect(exchange.aggregator.side.machine.waitingFor == ["hospital-1"])
  }

  @Test("an upload goes out once")
  func startsOnce() throws {
    let agreed = try agreedKeys(hospitals(3))
    let terms = try MaskedSumTerms(label, count: 1, roster: agreed.roster, aggregator: arbiter)
    var client = try MaskedSumClient(
      "hospital-0", terms: terms, words: [1], keys: agreed.keys["hospital-0"])
    let (first, second) = (client.start(), client.start())
    #expect(first.map(\.recipient) == [arbiter])
    #expect(second.isEmpty)
  }
}
