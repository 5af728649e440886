import MoiraCrypto
import MoiraModel
import MoiraProtocols
import Testing

let label = MaskLabel(scope: scope, round: 3, tensor: "weights", model: sha256([1]))

typealias SumRun = Exchange<PlainSumClient, PlainSumAggregator>

/// One sum over these vectors without protection.
func openSum(
  _ vectors: [PartyID: [UInt64]], seed: UInt64, tamper: (Letter) -> [Letter] = { [$0] }
) throws -> SumRun {
  let clients = vectors.keys.sorted()
  let terms = try PlainSumTerms(
    label, count: vectors[clients[0]]?.count ?? 0, clients: clients, aggregator: arbiter)
  var sides: [PartyID: Side<PlainSumClient>] = [:]
  for (party, words) in vectors {
    sides[party] = Side(try PlainSumClient(party, terms: terms, words: words))
  }
  var exchange = SumRun(
    clients: sides, aggregator: (arbiter, Side(PlainSumAggregator(terms: terms))))
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

@Suite struct `Sum without protection` {
  @Test("is the sum in the ring, whatever the order of delivery", arguments: 0..<200)
  func sums(seed: UInt64) throws {
    let clients = hospitals(3 + Int(seed % 5))
    let summands = try vectors(clients, count: Int(seed % 40), seed: seed)
    let exchange = try openSum(summands, seed: seed)
    let output = try #require(exchange.aggregator.side.output)
    #expect(output.words == plainSum(summands, of: clients))
    #expect(output.parties == clients)
    for side in exchange.clients.values { #expect(side.output == output) }
  }

  @Test("each client sends one upload and gets one total, and nothing else is said")
  func traffic() throws {
    let exchange = try openSum(try vectors(hospitals(4), count: 10, seed: 1), seed: 1)
    #expect(exchange.delivered.count == 8)
    #expect(exchange.delivered.prefix(4).allSatisfy { $0.recipient == arbiter })
    #expect(Set(exchange.delivered.prefix(4).map(\.sender)) == Set(hospitals(4)))
    #expect(exchange.delivered.suffix(4).allSatisfy { $0.sender == arbiter })
  }

  @Test("one party may sum alone; none may not")
  func fewParties() throws {
    let alone = try openSum(["a": [1, 2]], seed: 1)
    #expect(alone.aggregator.side.output?.words == [1, 2])
    #expect(throws: ProtocolRefusal.noClients) {
      try PlainSumTerms(label, count: 1, clients: [], aggregator: arbiter)
    }
  }

  @Test("a silent client keeps all waiting, and the aggregator knows for whom")
  func silentClient() throws {
    let exchange = try openSum(try vectors(hospitals(4), count: 3, seed: 1), seed: 1) {
      $0.sender == "hospital-1" ? [] : [$0]
    }
    #expect(exchange.aggregator.side.output == nil)
    #expect(exchange.aggregator.side.machine.waitingFor == ["hospital-1"])
  }

  @Test("an upload goes out once")
  func startsOnce() throws {
    let terms = try PlainSumTerms(label, count: 1, clients: hospitals(3), aggregator: arbiter)
    var client = try PlainSumClient("hospital-0", terms: terms, words: [1])
    let (first, second) = (client.start(), client.start())
    #expect(first.map(\.recipient) == [arbiter])
    #expect(second.isEmpty)
  }
}
