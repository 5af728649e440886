import MoiraCrypto
import MoiraModel
import MoiraProtocols
import Testing

@Suite struct `Messages of Paillier on the wire` {
  static let sumMessages: [PaillierSumMessage] = {
    let parts = try! PaillierSumParts(["a": [1], "b": [2], "c": [3]])
    return [
      .upload(parts.header, ciphertexts: [1, 2, 3]), .sum(parts.header, ciphertexts: []),
      .total(parts.header, words: [7, .max]), .digest(parts.header, "abc"),
    ]
  }()

  static let keyMessages: [PaillierKeyMessage] = {
    let header = try! PaillierKeyHeader(
      PaillierKeyTerms(roster: agreedKeys(["a", "b", "c"]).roster, aggregator: arbiter))
    return [
      .key(header, modulus: [1], proof: [2, 3], sealed: [[4], []]),
      .announcement(header, modulus: [1], proof: [], sealed: [9]), .receipt(header, key: "k"),
      .agreed(header, key: "k"),
    ]
  }()

  func expectFaithful<Message: WireMessage & Hashable>(_ messages: [Message]) throws {
    for message in messages {
      let bytes = message.wireBytes
      #expect(try Message(wireBytes: bytes) == message)
      for count in bytes.indices {
        #expect(throws: WireError.self) { try Message(wireBytes: Array(bytes.prefix(count))) }
      }
      #expect(throws: WireError.trailingBytes(1)) { try Message(wireBytes: bytes + [0]) }
      #expect(throws: WireError.unknownVersion(2)) {
        try Message(wireBytes: [2] + bytes.dropFirst())
      }
      #expect(throws: WireError.unknownCase(9)) {
        try Message(wireBytes: [bytes[0], 9] + bytes.dropFirst(2))
      }
      var generator = SeededGenerator(seed: 1)
      for _ in 0..<200 {
        var changed = bytes
        changed[Int.random(in: bytes.indices, using: &generator)] = .random(
          in: 0...255, using: &generator)
        if let read = try? Message(wireBytes: changed) { #expect(read.wireBytes == changed) }
      }
    }
  }

  @Test("read back as they were written, and nothing else is read")
  func faithful() throws {
    try expectFaithful(Self.sumMessages)
    try expectFaithful(Self.keyMessages)
  }

  @Test("have no place for a number that blinds")
  func noBlindingBase() throws {
    // The bytes of a key message are its header, n, the proof and the seals, and no more: whatever
    // is added behind is refused, so that an owner cannot hand out an hₛ.
    for message in Self.keyMessages {
      let bytes = message.wireBytes
      #expect(throws: WireError.trailingBytes(512)) {
        try PaillierKeyMessage(wireBytes: bytes + [UInt8](repeating: 7, count: 512))
      }
    }
  }
}
