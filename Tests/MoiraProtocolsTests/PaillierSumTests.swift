import MoiraModel
import MoiraProtocols
import Testing

@testable import MoiraCrypto

/// The machines of one sum by Paillier.
struct PaillierSumParts {
  typealias Aggregator = PaillierSumAggregator<SeededGenerator>

  let terms: PaillierSumTerms
  let clients: [PartyID: Side<PaillierSumClient>]
  let aggregator: Side<Aggregator>

  init(
    _ vectors: [PartyID: [UInt64]], slotBits: Int = 64, seed: UInt64 = 1,
    label: MaskLabel = label
  ) throws {
    let parties = vectors.keys.sorted()
    terms = try PaillierSumTerms(
      label, count: vectors[parties[0]]?.count ?? 0, key: PaillierFixture.key.publicKey,
      packing: try #require(PaillierPacking(slotBits: slotBits)),
      roster: agreedKeys(parties).roster, aggregator: arbiter)
    var generator = SeededGenerator(seed: seed)
    var sides: [PartyID: Side<PaillierSumClient>] = [:]
    for party in parties {
      sides[party] = Side(
        try PaillierSumClient(
          party, terms: terms, words: try #require(vectors[party]),
          encryptor: PaillierFixture.encryptor, decryptor: PaillierFixture.decryptor,
          using: &generator))
    }
    clients = sides
    aggregator = Side(
      try Aggregator(
        terms: terms, encryptor: PaillierFixture.encryptor,
        generator: SeededGenerator(seed: seed + 1)))
  }

  var header: PaillierSumHeader { PaillierSumHeader(terms) }

  func upload(of client: PartyID) throws -> [UInt8] {
    let side = try #require(clients[client])
    guard case .upload(_, let bytes)? = side.machine.start().first?.message else {
      throw ProtocolRefusal.noClients
    }
    return bytes
  }
}

@Suite struct `Sum by Paillier` {
  typealias Run = Exchange<PaillierSumClient, PaillierSumParts.Aggregator>

  /// Reals of all magnitudes that `FixedPoint` takes, its ends among them.
  static func reals(_ parties: [PartyID], count: Int, seed: UInt64) throws -> [PartyID: [UInt64]] {
    var generator = SeededGenerator(seed: seed)
    let fixedPoint = try FixedPoint(parties: parties.count)
    var vectors: [PartyID: [UInt64]] = [:]
    for party in parties {
      let values = (0..<count).map { index -> Double in
        if index < 4 { return [4096, -4096, 0x1p-40, 1e300][index] }
        return Double.random(in: -5000...5000, using: &generator)
          * Double(
            sign: .plus, exponent: -Int.random(in: 0..<50, using: &generator), significand: 1)
      }
      let encoded = try fixedPoint.encodeReals(values)
      vectors[party] = encoded.words + (try fixedPoint.encodeCounts([encoded.clipCount]))
    }
    return vectors
  }

  func run(
    _ vectors: [PartyID: [UInt64]], seed: UInt64, tamper: (Letter) -> [Letter] = { [$0] }
  ) throws -> Run {
    let parts = try PaillierSumParts(vectors, seed: seed)
    var exchange = Run(clients: parts.clients, aggregator: (arbiter, parts.aggregator))
    try exchange.run(seed: seed, tamper: tamper)
    return exchange
  }

  @Test("equals the ring's sum bit by bit, whatever the order of delivery", arguments: 0..<20)
  func equalsRingSum(seed: UInt64) throws {
    let parties = hospitals(3 + Int(seed % 4))
    let vectors = try Self.reals(parties, count: 4 + Int(seed * 5), seed: seed)
    let exchange = try run(vectors, seed: seed)
    let expected = exchange.aggregator.side.output
    #expect(expected?.words == plainSum(vectors, of: parties))
    #expect(expected?.parties == parties)
    for side in exchange.clients.values { #expect(side.output == expected) }
    #expect(exchange.delivered.count == 3 * parties.count)
    #expect(exchange.aggregator.side.machine.waitingFor.isEmpty)
  }

  @Test("gives the clients no product of uploads, but one that was blinded afresh")
  func blindedAfresh() throws {
    let vectors = try Self.reals(hospitals(3), count: 40, seed: 1)
    let exchange = try run(vectors, seed: 1)
    var uploads: [[UInt8]] = []
    var sums: Set<[UInt8]> = []
    for letter in exchange.delivered {
      switch try PaillierSumMessage(wireBytes: letter.bytes) {
      case .upload(_, let bytes): uploads.append(bytes)
      case .sum(_, let bytes): sums.insert(bytes)
      default: break
      }
    }
    let sum = try #require(sums.first)
    #expect(sums.count == 1 && uploads.count == 3)
    // Every product of uploads, one of them or more, differs in each ciphertext.
    for set in 1..<8 {
      var product: [UInt8]?
      for index in 0..<3 where set >> index & 1 == 1 {
        product =
          product.map {
            PaillierFixture.encryptor.product($0, uploads[index], .serial)
          } ?? uploads[index]
      }
      let bytes = try #require(product)
      for start in stride(from: 0, to: bytes.count, by: 512) {
        #expect(bytes[start..<start + 512] != sum[start..<start + 512])
      }
    }
  }

  @Test("goes over the wire in a form that does not depend on any magnitude")
  func noExponents() throws {
    let parties = hospitals(3)
    var shapes: Set<[Int]> = []
    var headers: Set<PaillierSumHeader> = []
    let fixedPoint = try FixedPoint(parties: 3)
    for value in [0, 1, -1, 0x1p-40, 1e-30, 4095.999, -4096, 1e200] {
      let words = try fixedPoint.encodeReals([Double](repeating: value, count: 100)).words
      let exchange = try run(
        [parties[0]: words, parties[1]: words, parties[2]: words], seed: 3)
      shapes.insert(exchange.delivered.map(\.bytes.count).sorted())
      for letter in exchange.delivered {
        let message = try PaillierSumMessage(wireBytes: letter.bytes)
        switch message {
        case .upload(let header, let bytes), .sum(let header, let bytes):
          headers.insert(header)
          #expect(bytes.count == 4 * 512)
        case .total(let header, _), .digest(let header, _): headers.insert(header)
        }
      }
    }
    #expect(shapes.count == 1 && headers.count == 1)
    #expect(headers.first?.scale == FixedPoint.fractionBits)
  }

  @Test("takes at most 17 bytes an element in an upload")
  func traffic() throws {
    let count = 5000
    let vectors = try Self.reals(hospitals(3), count: count - 1, seed: 4)
    let exchange = try run(vectors, seed: 4)
    for letter in exchange.delivered where letter.sender != arbiter {
      guard case .upload = try PaillierSumMessage(wireBytes: letter.bytes) else { continue }
      #expect(Double(letter.bytes.count) / Double(count) <= 17)
    }
  }

  @Test("does not begin with a word that has no room")
  func overflow() throws {
    let bad =
      ["a": [0, 0, UInt64(1) << 53], "b": [0, 0, 0], "c": [0, 0, 0]] as [PartyID: [UInt64]]
    let error = PaillierRefusal.wordOutOfRange(index: 2, bits: 54)
    #expect(throws: error) { try PaillierSumParts(bad) }
    #expect(
      error.failure
        == Failure(
          "value-out-of-slot", "slot 2 must fit 54 bits, but does not",
          hint: "wider slots have room for larger values: write 'slot_bits: 64'"))
    let fine: [PartyID: [UInt64]] = ["a": [1 << 40], "b": [0], "c": [0]]
    #expect(throws: PaillierRefusal.wordOutOfRange(index: 0, bits: 38)) {
      try PaillierSumParts(fine, slotBits: 48)
    }
  }
}

@Suite struct `Sum by Paillier under attack` {
  static let vectors: [PartyID: [UInt64]] = ["a": [1, 2], "b": [30, 40], "c": [500, 600]]

  func refused(
    _ parts: PaillierSumParts, _ message: PaillierSumMessage, _ sender: PartyID,
    _ rule: ProtocolViolation.Rule
  ) {
    #expect(throws: ProtocolViolation(sender, rule)) {
      try parts.aggregator.machine.receive(message, from: sender)
    }
  }

  @Test("a ciphertext out of range is refused by the aggregator and by the clients")
  func outOfRange() throws {
    for name in ["zero", "square", "multiple_of_p", "multiple_of_n"] {
      let bytes = try PaillierFixture.bytes("bad_cipher_\(name)", "c", 512)
      let parts = try PaillierSumParts(Self.vectors)
      let rule = ProtocolViolation.Rule.paillier(
        .unfitCiphertexts(.ciphertextOutOfRange(index: 0)))
      refused(parts, .upload(parts.header, ciphertexts: bytes), "b", rule)
      #expect(parts.aggregator.machine.waitingFor.contains("b"))
      _ = try parts.upload(of: "a")
      #expect(throws: ProtocolViolation(arbiter, rule)) {
        try parts.clients["a"]?.machine.receive(
          .sum(parts.header, ciphertexts: bytes), from: arbiter)
      }
    }
  }

  @Test("ciphertexts of another length are refused before they are read")
  func lengths() throws {
    let parts = try PaillierSumParts(Self.vectors)
    let good = try parts.upload(of: "b")
    for bytes in [[], Array(good.dropLast()), good + good] {
      refused(
        parts, .upload(parts.header, ciphertexts: bytes), "b",
        .paillier(.unfitCiphertexts(.wrongLength(bytes: bytes.count, expected: 512))))
    }
  }

  @Test("messages of others, of other rounds, keys, slots or rosters, and replays are refused")
  func strangeMessages() throws {
    let parts = try PaillierSumParts(Self.vectors)
    let bytes = try parts.upload(of: "b")
    refused(parts, .upload(parts.header, ciphertexts: bytes), "mallory", .unknownSender)
    let later = MaskLabel(scope: scope, round: label.round + 1, tensor: label.tensor)
    let next = try PaillierSumParts(Self.vectors, label: later)
    refused(
      parts, .upload(next.header, ciphertexts: bytes), "b",
      .otherRound(sent: label.round + 1, agreed: label.round))
    let narrow = try PaillierSumParts(Self.vectors, slotBits: 60)
    refused(
      parts, .upload(narrow.header, ciphertexts: bytes), "b",
      .paillier(.otherSlots(sent: 60, agreed: 64)))
    let four = try PaillierSumParts(["a": [1, 2], "b": [1, 2], "c": [1, 2], "d": [1, 2]])
    refused(parts, .upload(four.header, ciphertexts: bytes), "b", .otherRoster)
    let longer = try PaillierSumParts(["a": [1], "b": [1], "c": [1]])
    refused(
      parts, .upload(longer.header, ciphertexts: bytes), "b", .wrongCount(sent: 1, agreed: 2))
    let other = PaillierSumHeader(
      try PaillierSumTerms(
        label, count: 2, key: PaillierFixture.key(3072).publicKey, packing: parts.terms.packing,
        roster: agreedKeys(["a", "b", "c"]).roster, aggregator: arbiter))
    refused(parts, .upload(other, ciphertexts: bytes), "b", .paillier(.otherKey))
    refused(
      parts, .sum(parts.header, ciphertexts: bytes), "b", .paillier(.unexpected(.sum)))
    refused(parts, .total(parts.header, words: [1, 2]), "b", .paillier(.unexpected(.total)))
    refused(parts, .total(parts.header, words: [1, 2]), "a", .paillier(.tooEarly(.total)))
    refused(parts, .digest(parts.header, "0"), "a", .paillier(.unexpected(.digest)))
    _ = try parts.aggregator.machine.receive(.upload(parts.header, ciphertexts: bytes), from: "b")
    refused(parts, .upload(parts.header, ciphertexts: bytes), "b", .paillier(.sentTwice(.upload)))
    #expect(parts.aggregator.machine.waitingFor == ["a", "c"])
  }

  @Test("a total that not all have decrypted is refused, and who differs is named")
  func otherTotals() throws {
    let parts = try PaillierSumParts(Self.vectors)
    var sum: PaillierSumMessage?
    for client in ["a", "b", "c"] as [PartyID] {
      let bytes = try parts.upload(of: client)
      let step = try parts.aggregator.machine.receive(
        .upload(parts.header, ciphertexts: bytes), from: client)
      if case .send(let outbound) = step { sum = outbound.first?.message }
    }
    let message = try #require(sum)
    var answers: [PartyID: PaillierSumMessage] = [:]
    for client in ["a", "b", "c"] as [PartyID] {
      let side = try #require(parts.clients[client])
      guard case .finish(_, let outbound) = try side.machine.receive(message, from: arbiter) else {
        Issue.record("\(client) did not finish")
        return
      }
      answers[client] = outbound.first?.message
      #expect(throws: ProtocolViolation(arbiter, .paillier(.sentTwice(.sum)))) {
        try side.machine.receive(message, from: arbiter)
      }
    }
    refused(
      parts, .total(parts.header, words: [1]), "a", .countMismatch(announced: 2, sent: 1))
    #expect(parts.aggregator.machine.waitingFor == ["a", "b", "c"])
    _ = try parts.aggregator.machine.receive(try #require(answers["a"]), from: "a")
    refused(parts, try #require(answers["a"]), "a", .paillier(.sentTwice(.total)))
    _ = try parts.aggregator.machine.receive(.digest(parts.header, "0"), from: "b")
    let last = try #require(answers["c"])
    #expect(throws: ProtocolViolation("b", .paillier(.otherTotal(than: "a")))) {
      try parts.aggregator.machine.receive(last, from: "c")
    }
  }

  @Test("a client takes one sum, from the aggregator, after its own upload")
  func clientOrder() throws {
    let parts = try PaillierSumParts(Self.vectors)
    let side = try #require(parts.clients["a"])
    let bytes = try parts.upload(of: "b")
    let sum = PaillierSumMessage.sum(parts.header, ciphertexts: bytes)
    #expect(throws: ProtocolViolation("b", .unknownSender)) {
      try side.machine.receive(sum, from: "b")
    }
    #expect(throws: ProtocolViolation(arbiter, .paillier(.tooEarly(.sum)))) {
      try side.machine.receive(sum, from: arbiter)
    }
    #expect(throws: ProtocolViolation(arbiter, .paillier(.unexpected(.upload)))) {
      try side.machine.receive(.upload(parts.header, ciphertexts: bytes), from: arbiter)
    }
    #expect(side.machine.start().count == 1)
    #expect(side.machine.start().isEmpty)
  }
}
