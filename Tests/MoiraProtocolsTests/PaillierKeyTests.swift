import Foundation
import MoiraCrypto
import MoiraModel
import MoiraProtocols
import Testing

/// Numbers of `Tests/Vectors/paillier`.
enum PaillierFixture {
  static func bytes(_ file: String, _ name: String, _ count: Int) throws -> [UInt8] {
    let path = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Vectors/paillier/\(file).txt")
    let lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
    let line = try #require(lines.first { $0.hasPrefix("\(name) ") })
    let digits = line.dropFirst(name.count + 1)
    let padded = Array((String(repeating: "0", count: 2 * count - digits.count) + digits).utf8)
    return try stride(from: 0, to: padded.count, by: 2).map {
      try #require(UInt8(String(decoding: padded[$0..<$0 + 2], as: UTF8.self), radix: 16))
    }
  }

  static func key(_ bits: Int) throws -> PaillierPrivateKey {
    try PaillierPrivateKey(
      secretBytes: bytes("key_\(bits)", "p", bits / 16) + bytes("key_\(bits)", "q", bits / 16))
  }

  static let key = try! key(2048)
  static let encryptor = PaillierEncryptor(key.publicKey)
  static let decryptor = PaillierDecryptor(key)
}

/// The machines of one key set-up.
struct PaillierKeyParts {
  let terms: PaillierKeyTerms
  let clients: [PartyID: Side<PaillierKeyClient>]
  let aggregator: Side<PaillierKeyAggregator>
  let keys: [PartyID: MaskingKeys]

  init(_ parties: [PartyID], holder: PartyID? = nil, seed: UInt64 = 1) throws {
    let agreed = try agreedKeys(parties, seed: seed)
    var generator = SeededGenerator(seed: seed)
    terms = try PaillierKeyTerms(
      roster: agreed.roster, aggregator: arbiter, holder: holder, keyLength: 2048)
    keys = agreed.keys
    var sides: [PartyID: Side<PaillierKeyClient>] = [:]
    for party in parties {
      sides[party] = Side(
        try PaillierKeyClient(
          party, terms: terms, keys: try #require(keys[party]),
          key: party == terms.holder ? PaillierFixture.key : nil, using: &generator))
    }
    clients = sides
    aggregator = Side(PaillierKeyAggregator(terms: terms))
  }

  var header: PaillierKeyHeader { PaillierKeyHeader(terms) }

  /// The holder's message, in parts.
  func key() throws -> (modulus: [UInt8], proof: [UInt8], sealed: [[UInt8]]) {
    let side = try #require(clients[terms.holder])
    guard case .key(_, let modulus, let proof, let sealed)? = side.machine.start().first?.message
    else { throw ProtocolRefusal.noClients }
    return (modulus, proof, sealed)
  }
}

@Suite struct `Paillier key set-up` {
  typealias Rule = PaillierRule

  @Test("ends with one key at all, whatever the order of delivery", arguments: 0..<8)
  func agrees(seed: UInt64) throws {
    let parties = hospitals(3 + Int(seed % 3))
    let holder = seed % 2 == 0 ? nil : parties[Int(seed) % parties.count]
    let parts = try PaillierKeyParts(parties, holder: holder, seed: seed)
    var exchange = Exchange(clients: parts.clients, aggregator: (arbiter, parts.aggregator))
    try exchange.run(seed: seed)
    #expect(parts.aggregator.output == PaillierFixture.key.publicKey)
    for side in parts.clients.values {
      #expect(side.output?.exportSecretBytes() == PaillierFixture.key.exportSecretBytes())
    }
    #expect(parts.aggregator.machine.waitingFor.isEmpty)
    let secret = PaillierFixture.key.exportSecretBytes()
    for letter in exchange.delivered {
      #expect(!letter.bytes.contains(secret.prefix(16)))
      #expect(!letter.bytes.contains(secret.suffix(16)))
    }
  }

  @Test("makes a key of its own where none is handed in")
  func makesKey() throws {
    let agreed = try agreedKeys(["a", "b", "c"])
    let terms = try PaillierKeyTerms(
      roster: agreed.roster, aggregator: arbiter, holder: "b", keyLength: 2048)
    var generator = SeededGenerator(seed: 11)
    var holder = try PaillierKeyClient(
      "b", terms: terms, keys: try #require(agreed.keys["b"]), using: &generator)
    var aggregator = PaillierKeyAggregator(terms: terms)
    let message = try #require(holder.start().first?.message)
    guard case .send(let outbound) = try aggregator.receive(message, from: "b") else {
      Issue.record("the key was not announced")
      return
    }
    #expect(outbound.map(\.recipient) == ["a", "c"])
    #expect(holder.start().isEmpty)
    #expect(aggregator.waitingFor == ["a", "c"])
  }

  @Test("refuses a key that is even, short, prime, a power, of a small factor, or without proof")
  func badKeys() throws {
    let cases: [(String, PaillierKeyError)] = [
      ("even", .even), ("bit_short", .wrongLength(bits: 2047)), ("prime", .prime),
      ("power", .perfectPower), ("cube", .perfectPower), ("small_factor", .smallFactor),
      ("shared_factor", .proofWrong),
    ]
    let parts = try PaillierKeyParts(["a", "b", "c"])
    let honest = try parts.key()
    for (name, error) in cases {
      let modulus = try PaillierFixture.bytes("bad_key_\(name)", "n", 256)
      let proof =
        name == "shared_factor"
        ? try PaillierFixture.bytes("bad_key_shared_factor", "proof", 2048) : honest.proof
      try expectRefusal(modulus, proof, error)
    }
    try expectRefusal(honest.modulus, Array(honest.proof.dropLast()), .proofForm)
    try expectRefusal(honest.modulus, honest.proof.reversed(), .proofWrong)
    let short = try PaillierFixture.bytes("bad_key_short", "n", 128)
    try expectRefusal(short, honest.proof, .wrongLength(bits: 1024))
    let longer = try PaillierFixture.bytes("key_3072", "n", 384)
    try expectRefusal(longer, honest.proof, .wrongLength(bits: 3072))
  }

  /// Both the aggregator and a client refuse it.
  func expectRefusal(_ modulus: [UInt8], _ proof: [UInt8], _ error: PaillierKeyError) throws {
    let parts = try PaillierKeyParts(["a", "b", "c"])
    let sealed = try parts.key().sealed
    #expect(throws: ProtocolViolation("a", .paillier(.unfitKey(error)))) {
      try parts.aggregator.machine.receive(
        .key(parts.header, modulus: modulus, proof: proof, sealed: sealed), from: "a")
    }
    #expect(throws: ProtocolViolation(arbiter, .paillier(.unfitKey(error)))) {
      try parts.clients["b"]?.machine.receive(
        .announcement(parts.header, modulus: modulus, proof: proof, sealed: sealed[0]),
        from: arbiter)
    }
  }

  @Test("refuses seals that are broken, swapped or of other lengths")
  func seals() throws {
    let parts = try PaillierKeyParts(["a", "b", "c"])
    let honest = try parts.key()
    var flipped = honest.sealed[0]
    flipped[100] ^= 1
    for sealed in [flipped, honest.sealed[1], [], honest.sealed[0] + [0]] {
      let fresh = try PaillierKeyParts(["a", "b", "c"])
      #expect(throws: ProtocolViolation(arbiter, .paillier(.brokenSeal(of: "a")))) {
        try fresh.clients["b"]?.machine.receive(
          .announcement(
            parts.header, modulus: honest.modulus, proof: honest.proof, sealed: sealed),
          from: arbiter)
      }
    }
    #expect(throws: ProtocolViolation("a", .paillier(.wrongSealCount(sent: 1, expected: 2)))) {
      try parts.aggregator.machine.receive(
        .key(
          parts.header, modulus: honest.modulus, proof: honest.proof,
          sealed: [honest.sealed[0]]), from: "a")
    }
  }

  @Test("refuses a private key that does not fit, and names the holder")
  func unfitPrivateKey() throws {
    let parts = try PaillierKeyParts(["a", "b", "c"])
    let honest = try parts.key()
    var generator = SeededGenerator(seed: 3)
    let other = try PaillierPrivateKey.generate(bits: 2048, using: &generator)
    let seals = PairSeals(
      try #require(parts.keys["a"]), purpose: "paillier/key", scope: parts.terms.scope)
    let context = Array(PaillierFixture.key.publicKey.id.text.utf8)
    let composite = [UInt8](repeating: 0xff, count: 256)
    for (secret, error) in [
      (other.exportSecretBytes(), PaillierKeyError.otherKey), (composite, .unfitPrime),
    ] {
      let fresh = try PaillierKeyParts(["a", "b", "c"])
      let sealed = try seals.seal(secret, for: "b", context: context, using: &generator)
      #expect(throws: ProtocolViolation("a", .paillier(.unfitPrivateKey(error)))) {
        try fresh.clients["b"]?.machine.receive(
          .announcement(
            parts.header, modulus: honest.modulus, proof: honest.proof, sealed: sealed),
          from: arbiter)
      }
    }
  }

  @Test(
    "refuses messages of others, of another attempt, roster, holder or length, and at odd times")
  func strangeMessages() throws {
    let parts = try PaillierKeyParts(["a", "b", "c"])
    let honest = try parts.key()
    let id = PaillierFixture.key.publicKey.id
    func refused(_ message: PaillierKeyMessage, _ sender: PartyID, _ rule: ProtocolViolation.Rule) {
      #expect(throws: ProtocolViolation(sender, rule)) {
        try parts.aggregator.machine.receive(message, from: sender)
      }
    }
    let key = PaillierKeyMessage.key(
      parts.header, modulus: honest.modulus, proof: honest.proof, sealed: honest.sealed)
    refused(key, "mallory", .unknownSender)
    refused(key, "b", .paillier(.unexpected(.key)))
    refused(.receipt(parts.header, key: id), "b", .paillier(.tooEarly(.receipt)))
    refused(.agreed(parts.header, key: id), "b", .paillier(.unexpected(.agreed)))
    let other = try PaillierKeyParts(["a", "b", "c"], holder: "c")
    refused(
      .receipt(other.header, key: id), "b",
      .paillier(.otherHolder(sent: "c", agreed: "a")))
    let elsewhere = try PaillierKeyParts(["a", "b", "c"], seed: 2)
    refused(.receipt(elsewhere.header, key: id), "b", .otherRoster)
    let longer = PaillierKeyHeader(
      try PaillierKeyTerms(
        roster: agreedKeys(["a", "b", "c"]).roster, aggregator: arbiter, keyLength: 4096))
    refused(
      .receipt(longer, key: id), "b", .paillier(.otherKeyLength(sent: 4096, agreed: 2048)))
    _ = try parts.aggregator.machine.receive(key, from: "a")
    refused(key, "a", .paillier(.sentTwice(.key)))
    refused(.receipt(parts.header, key: id), "a", .paillier(.unexpected(.receipt)))
    refused(.receipt(parts.header, key: "0"), "b", .paillier(.otherKey))
    _ = try parts.aggregator.machine.receive(.receipt(parts.header, key: id), from: "b")
    refused(.receipt(parts.header, key: id), "b", .paillier(.sentTwice(.receipt)))
  }

  @Test("lets a client take one announcement and one end, of the key it has seen")
  func clientOrder() throws {
    let parts = try PaillierKeyParts(["a", "b", "c"])
    let honest = try parts.key()
    let id = PaillierFixture.key.publicKey.id
    let side = try #require(parts.clients["b"])
    func refused(
      _ message: PaillierKeyMessage, _ rule: ProtocolViolation.Rule, by client: PartyID = "b",
      from sender: PartyID = arbiter
    ) {
      #expect(throws: ProtocolViolation(sender, rule)) {
        try parts.clients[client]?.machine.receive(message, from: sender)
      }
    }
    let announcement = PaillierKeyMessage.announcement(
      parts.header, modulus: honest.modulus, proof: honest.proof, sealed: honest.sealed[0])
    refused(announcement, .unknownSender, from: "a")
    refused(.agreed(parts.header, key: id), .paillier(.tooEarly(.agreed)))
    refused(announcement, .paillier(.unexpected(.announcement)), by: "a")
    _ = try side.machine.receive(announcement, from: arbiter)
    refused(announcement, .paillier(.sentTwice(.announcement)))
    refused(.receipt(parts.header, key: id), .paillier(.unexpected(.receipt)))
    refused(.agreed(parts.header, key: "0"), .paillier(.otherKey))
    _ = try side.machine.receive(.agreed(parts.header, key: id), from: arbiter)
    refused(.agreed(parts.header, key: id), .paillier(.sentTwice(.agreed)))
  }

  @Test("is not begun with two clients, a stranger as holder, or a key of another length")
  func terms() throws {
    let two = try agreedKeys(["a", "b"]).roster
    #expect(throws: PaillierRefusal.terms(.tooFewClients(2))) {
      try PaillierKeyTerms(roster: two, aggregator: arbiter)
    }
    let roster = try agreedKeys(["a", "b", "c"]).roster
    #expect(throws: PaillierRefusal.terms(.notAClient("zeta"))) {
      try PaillierKeyTerms(roster: roster, aggregator: arbiter, holder: "zeta")
    }
    for bits in [0, 1024, 2047, 8192] {
      #expect(throws: PaillierRefusal.key(.wrongLength(bits: bits))) {
        try PaillierKeyTerms(roster: roster, aggregator: arbiter, keyLength: bits)
      }
    }
    #expect(try PaillierKeyTerms(roster: roster, aggregator: arbiter).keyLength == 3072)
    #expect(try PaillierKeyTerms(roster: roster, aggregator: arbiter).holder == "a")
  }
}
