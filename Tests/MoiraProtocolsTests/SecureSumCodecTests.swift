import MoiraCrypto
import MoiraModel
import Testing

@testable import MoiraProtocols

@Suite struct `Secure sum messages as bytes` {
  static let header = SumHeader(
    scope: scope, round: 3, tensor: "poids-été", method: .secureAggregation, count: 3,
    label: sha256([1]), roster: sha256([2]))
  static let offer = RoundOffer(
    round: 4, key: Array(0..<32), commitment: sha256([3]), signature: Array(0..<64),
    shares: [Array(0..<112), [], [7]])
  static let emptyOffer = RoundOffer(
    round: .min, key: [], commitment: "", signature: [], shares: [])
  static let roster = RoundRoster(
    round: 4,
    entries: ["a", "b", "ç"].map {
      .init(party: PartyID($0), key: Array(10..<42), commitment: sha256([4]))
    }, shares: [[1], [2, 3]])
  static let emptyRoster = RoundRoster(round: -1, entries: [], shares: [])

  static let messages: [SecureSumMessage] = [
    .offer(terms: sha256([5]), offer), .offer(terms: "", emptyOffer),
    .roster(terms: sha256([5]), roster), .roster(terms: "", emptyRoster),
    .upload(header, words: [0, 1, .max], next: offer, tags: [[7, 8], []]),
    .upload(header, words: [], next: emptyOffer, tags: []),
    .survivors(header, ["a", "b"]), .survivors(header, []),
    .confirmation(header, tags: [Array(0..<32), []]), .confirmation(header, tags: []),
    .confirmed(header, [.init(party: "a", tag: [9]), .init(party: "b", tag: [])]),
    .confirmed(header, []), .unmasking(header, seeds: [[1, 2], []], keys: [[3]]),
    .unmasking(header, seeds: [], keys: []),
    .total(header, survivors: ["a", "b"], words: [5, 6], next: roster),
    .total(header, survivors: [], words: [], next: emptyRoster),
  ]

  @Test("a message comes back, and no part of one is taken for a message", arguments: messages)
  func survives(message: SecureSumMessage) throws {
    let bytes = message.wireBytes
    #expect(try SecureSumMessage(wireBytes: bytes) == message)
    for count in bytes.indices {
      #expect(throws: WireError.self, "the first \(count) bytes") {
        try SecureSumMessage(wireBytes: Array(bytes.prefix(count)))
      }
    }
    #expect(throws: WireError.trailingBytes(1)) { try SecureSumMessage(wireBytes: bytes + [0]) }
    #expect(throws: WireError.unknownVersion(1)) {
      try SecureSumMessage(wireBytes: [1] + bytes.dropFirst())
    }
    for tag in [UInt8(8), 9, 255] {
      #expect(throws: WireError.unknownCase(tag)) {
        try SecureSumMessage(wireBytes: [bytes[0], tag] + bytes.dropFirst(2))
      }
    }
  }

  /// Reads the bytes, and if they are a message, that it stands for these very bytes.
  func isFaithful(_ bytes: [UInt8]) -> Bool {
    guard let message = try? SecureSumMessage(wireBytes: bytes) else { return true }
    return message.wireBytes == bytes
  }

  @Test("bytes changed at random are refused or read as just what they say", arguments: 0..<100)
  func changedBytes(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for original in Self.messages.map(\.wireBytes) {
      var bytes = original
      for _ in 0...Int.random(in: 0..<4, using: &generator) {
        bytes[Int.random(in: bytes.indices, using: &generator)] = .random(
          in: 0...255, using: &generator)
      }
      #expect(isFaithful(bytes))
    }
  }

  @Test("random bytes behind a good start are no trap", arguments: 0..<100)
  func randomBytes(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let tail = (0..<Int.random(in: 0..<200, using: &generator)).map { _ in
      UInt8.random(in: 0...255, using: &generator) >> UInt8.random(in: 0..<8, using: &generator)
    }
    for tag in UInt8(0)..<8 { #expect(isFaithful([2, tag] + tail)) }
  }

  /// A message up to a length, in whose place this one stands.
  func refused(_ error: WireError, _ tag: UInt8, _ start: (inout ByteWriter) -> Void, rest: Int = 0)
  {
    var writer = ByteWriter()
    writer.write(UInt8(2))
    writer.write(tag)
    start(&writer)
    #expect(throws: error) {
      try SecureSumMessage(wireBytes: writer.bytes + [UInt8](repeating: 0, count: rest))
    }
  }

  @Test(
    "a length that the bytes cannot hold, or that is over the limit, is refused before it is believed"
  )
  func hugeLengths() {
    let huge = UInt32.max
    refused(.lengthOverLimit(Int(huge)), 0, { $0.write(huge) })
    refused(.endsEarly, 0, { $0.write(UInt32(1 << 30)) })
    func text(_ writer: inout ByteWriter, _ count: Int) {
      for _ in 0..<count { writer.write("x") }
    }
    // Key, commitment, signature and number of shares of an offer.
    refused(
      .lengthOverLimit(Int(huge)), 0,
      {
        text(&$0, 1)
        $0.write(Int64(1))
        $0.write(huge)
      })
    refused(
      .lengthOverLimit(1025), 0,
      {
        text(&$0, 1)
        $0.write(Int64(1))
        text(&$0, 3)
        $0.write(UInt32(1025))
      }, rest: 4 * 1025)
    refused(
      .endsEarly, 0,
      {
        text(&$0, 1)
        $0.write(Int64(1))
        text(&$0, 3)
        $0.write(UInt32(1024))
      }, rest: 4 * 1023)
    // Entries of a roster.
    refused(
      .lengthOverLimit(1025), 1,
      {
        text(&$0, 1)
        $0.write(Int64(1))
        $0.write(UInt32(1025))
      },
      rest: 12 * 1025)
    refused(
      .endsEarly, 1,
      {
        text(&$0, 1)
        $0.write(Int64(1))
        $0.write(UInt32(1024))
      },
      rest: 12 * 1024 - 1)
  }

  @Test("lists and words of a sum's messages are bounded too")
  func hugeLists() {
    func header(_ writer: inout ByteWriter) { Self.header.encode(into: &writer) }
    for tag in [UInt8(3), 4, 5, 6, 7] {
      refused(
        .lengthOverLimit(1025), tag,
        {
          header(&$0)
          $0.write(UInt32(1025))
        }, rest: 8 * 1025)
      refused(
        .endsEarly, tag,
        {
          header(&$0)
          $0.write(UInt32(1024))
        }, rest: 4095)
    }
    func upload(_ writer: inout ByteWriter) {
      header(&writer)
      Self.emptyOffer.encode(into: &writer)
    }
    refused(
      .lengthOverLimit(1025), 2,
      {
        upload(&$0)
        $0.write(UInt32(1025))
      }, rest: 8 * 1025)
    refused(
      .lengthOverLimit(1 << 28), 2,
      {
        upload(&$0)
        $0.write(UInt32(0))
        $0.write(UInt32(1 << 28))
      })
    refused(
      .endsEarly, 2,
      {
        upload(&$0)
        $0.write(UInt32(0))
        $0.write(UInt32(1 << 27))
      }, rest: 64)
  }

  @Test("the layout of version 2 stays")
  func layout() {
    let header = SumHeader(
      scope: TaskScope(job: "j", task: "t", attempt: 2), round: 3, tensor: "w",
      method: .secureAggregation, count: 1, label: "l", roster: "r")
    let head: [UInt8] =
      [1, 0, 0, 0, 0x6a] + [1, 0, 0, 0, 0x74] + [2, 0, 0, 0, 0, 0, 0, 0]
      + [3, 0, 0, 0, 0, 0, 0, 0] + [1, 0, 0, 0, 0x77] + [1] + [1, 0, 0, 0, 0, 0, 0, 0]
      + [1, 0, 0, 0, 0x6c] + [1] + [1, 0, 0, 0, 0x72]
    let offer = RoundOffer(round: 4, key: [8], commitment: "c", signature: [9], shares: [[5], []])
    let offered: [UInt8] =
      [4, 0, 0, 0, 0, 0, 0, 0] + [1, 0, 0, 0, 8] + [1, 0, 0, 0, 0x63] + [1, 0, 0, 0, 9]
      + [2, 0, 0, 0] + [1, 0, 0, 0, 5] + [0, 0, 0, 0]
    let roster = RoundRoster(
      round: 4, entries: [.init(party: "p", key: [8], commitment: "c")], shares: [])
    let listed: [UInt8] =
      [4, 0, 0, 0, 0, 0, 0, 0] + [1, 0, 0, 0] + [1, 0, 0, 0, 0x70] + [1, 0, 0, 0, 8]
      + [1, 0, 0, 0, 0x63] + [0, 0, 0, 0]
    let word: [UInt8] = [1, 0, 0, 0] + [8, 7, 6, 5, 4, 3, 2, 1]
    let survivors: [UInt8] = [1, 0, 0, 0] + [1, 0, 0, 0, 0x70]
    let terms: [UInt8] = [1, 0, 0, 0, 0x6d]
    let expected: [(SecureSumMessage, [UInt8])] = [
      (.offer(terms: "m", offer), [2, 0] + terms + offered),
      (.roster(terms: "m", roster), [2, 1] + terms + listed),
      (
        .upload(header, words: [0x0102_0304_0506_0708], next: offer, tags: [[9]]),
        [2, 2] + head + offered + [1, 0, 0, 0] + [1, 0, 0, 0, 9] + word
      ),
      (.survivors(header, ["p"]), [2, 3] + head + survivors),
      (.confirmation(header, tags: [[9]]), [2, 4] + head + [1, 0, 0, 0] + [1, 0, 0, 0, 9]),
      (
        .confirmed(header, [.init(party: "p", tag: [9])]),
        [2, 5] + head + survivors + [1, 0, 0, 0, 9]
      ),
      (
        .unmasking(header, seeds: [[5]], keys: []),
        [2, 6] + head + [1, 0, 0, 0] + [1, 0, 0, 0, 5] + [0, 0, 0, 0]
      ),
      (
        .total(header, survivors: ["p"], words: [0x0102_0304_0506_0708], next: roster),
        [2, 7] + head + survivors + listed + word
      ),
    ]
    for (message, bytes) in expected { #expect(message.wireBytes == bytes) }
  }
}
