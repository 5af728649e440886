import MoiraCrypto
import MoiraModel
import MoiraProtocols
import Testing

@Suite struct `Messages as bytes` {
  static let header = SumHeader(
    scope: scope, round: 3, tensor: "poids-été", method: .secureAggregation, count: 3,
    label: sha256([1]), roster: sha256([2]))
  static let openHeader = SumHeader(
    scope: scope, round: -7, tensor: "", method: .none, count: 0, label: "", roster: nil)
  static let sums: [PlainSumMessage] = [
    .upload(header, words: [0, 1, .max]), .total(header, words: [5, 6, 7]),
    .upload(openHeader, words: []), .total(openHeader, words: []),
  ]
  static let keys: [KeyAgreementMessage] = [
    .publicKey(scope: scope, key: Array(0..<32), signature: Array(0..<64)),
    .publicKey(scope: scope, key: [], signature: []),
    .roster(
      scope: scope,
      entries: ["a", "b", "c"].map {
        .init(party: PartyID($0), key: Array(10..<42), signature: Array(0..<64))
      }),
    .roster(scope: scope, entries: []),
  ]

  func survives<Message: WireMessage & Equatable>(_ message: Message) throws {
    let bytes = message.wireBytes
    #expect(try Message(wireBytes: bytes) == message)
    for count in bytes.indices {
      #expect(throws: WireError.self, "the first \(count) bytes") {
        try Message(wireBytes: Array(bytes.prefix(count)))
      }
    }
    #expect(throws: WireError.trailingBytes(1)) { try Message(wireBytes: bytes + [0]) }
    #expect(throws: WireError.unknownVersion(2)) { try Message(wireBytes: [2] + bytes.dropFirst()) }
    #expect(throws: WireError.unknownCase(9)) {
      try Message(wireBytes: [bytes[0], 9] + bytes.dropFirst(2))
    }
  }

  @Test("a sum's message comes back, and no part of one is taken for a message", arguments: sums)
  func sumMessage(message: PlainSumMessage) throws { try survives(message) }

  @Test("a key message comes back, and no part of one is taken for a message", arguments: keys)
  func keyMessage(message: KeyAgreementMessage) throws { try survives(message) }

  /// Reads the bytes, and if they are a message, that it stands for these very bytes.
  func isFaithful<Message: WireMessage>(_ bytes: [UInt8], _: Message.Type) -> Bool {
    guard let message = try? Message(wireBytes: bytes) else { return true }
    return message.wireBytes == bytes
  }

  @Test("bytes changed at random are refused or read as just what they say", arguments: 0..<200)
  func changedBytes(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for original in Self.sums.map(\.wireBytes) + Self.keys.map(\.wireBytes) {
      var bytes = original
      for _ in 0...Int.random(in: 0..<4, using: &generator) {
        bytes[Int.random(in: bytes.indices, using: &generator)] = .random(
          in: 0...255, using: &generator)
      }
      #expect(isFaithful(bytes, PlainSumMessage.self))
      #expect(isFaithful(bytes, KeyAgreementMessage.self))
    }
  }

  @Test("random bytes behind a good start are no trap", arguments: 0..<200)
  func randomBytes(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let tail = (0..<Int.random(in: 0..<200, using: &generator)).map { _ in
      UInt8.random(in: 0...255, using: &generator) >> UInt8.random(in: 0..<8, using: &generator)
    }
    for tag in [UInt8(1), 2] {
      #expect(isFaithful([1, tag] + tail, PlainSumMessage.self))
      #expect(isFaithful([1, tag] + tail, KeyAgreementMessage.self))
    }
  }

  @Test("a length that the bytes cannot hold is refused before it is believed")
  func hugeLengths() {
    let huge: [UInt8] = [0xff, 0xff, 0xff, 0xff]
    #expect(throws: WireError.lengthOverLimit(Int(UInt32.max))) {
      try PlainSumMessage(wireBytes: [1, 1] + huge)
    }
    var writer = ByteWriter()
    writer.write(UInt8(1))
    writer.write(UInt8(2))
    for text in ["job", "task"] { writer.write(text) }
    writer.write(Int64(1))
    #expect(throws: WireError.endsEarly) {
      try KeyAgreementMessage(wireBytes: writer.bytes + [0, 4, 0, 0])
    }
    #expect(throws: WireError.lengthOverLimit(1025)) {
      try KeyAgreementMessage(
        wireBytes: writer.bytes + [1, 4, 0, 0] + [UInt8](repeating: 0, count: 12 * 1025))
    }
  }

  @Test("the layout of version 1 stays")
  func layout() {
    let message = PlainSumMessage.upload(
      SumHeader(
        scope: TaskScope(job: "j", task: "t", attempt: 2), round: 3, tensor: "w",
        method: .secureAggregation, count: 1, label: "l", roster: "r"),
      words: [0x0102_0304_0506_0708])
    let expected: [UInt8] =
      [1, 1] + [1, 0, 0, 0, 0x6a] + [1, 0, 0, 0, 0x74] + [2, 0, 0, 0, 0, 0, 0, 0]
      + [3, 0, 0, 0, 0, 0, 0, 0] + [1, 0, 0, 0, 0x77] + [1] + [1, 0, 0, 0, 0, 0, 0, 0]
      + [1, 0, 0, 0, 0x6c] + [1] + [1, 0, 0, 0, 0x72]
      + [1, 0, 0, 0] + [8, 7, 6, 5, 4, 3, 2, 1]
    #expect(message.wireBytes == expected)
  }
}
