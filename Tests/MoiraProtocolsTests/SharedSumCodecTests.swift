import MoiraCrypto
import MoiraModel
import MoiraProtocols
import Testing

@Suite struct `Messages of sums by shares as bytes` {
  static let additive = SharedSumHeader(
    scope: scope, round: 3, tensor: "poids-été", form: .additive, count: 3, label: sha256([1]),
    roster: sha256([2]))
  static let shamir = SharedSumHeader(
    scope: scope, round: -7, tensor: "", form: .shamir(threshold: 5), count: 0, label: "",
    roster: "")
  static let messages: [SharedSumMessage] = [
    .deal(additive, shares: [[1, 2, 3], [], Array(0..<61)]), .deal(shamir, shares: []),
    .announcement(additive, summed: ["a", "b", "c"], shares: [[9], [8, 7]]),
    .announcement(shamir, summed: [], shares: []),
    .summedShare(additive, words: [0, 1, .max]), .summedShare(shamir, words: []),
    .total(additive, summed: ["a", "é"], words: [5, 6]), .total(shamir, summed: [], words: []),
  ]

  @Test("a message comes back, and no part of one is taken for a message", arguments: messages)
  func survives(message: SharedSumMessage) throws {
    let bytes = message.wireBytes
    #expect(try SharedSumMessage(wireBytes: bytes) == message)
    for count in bytes.indices {
      #expect(throws: WireError.self, "the first \(count) bytes") {
        try SharedSumMessage(wireBytes: Array(bytes.prefix(count)))
      }
    }
    #expect(throws: WireError.trailingBytes(1)) {
      try SharedSumMessage(wireBytes: bytes + [0])
    }
    #expect(throws: WireError.unknownVersion(2)) {
      try SharedSumMessage(wireBytes: [2] + bytes.dropFirst())
    }
    #expect(throws: WireError.unknownCase(9)) {
      try SharedSumMessage(wireBytes: [bytes[0], 9] + bytes.dropFirst(2))
    }
  }

  func isFaithful(_ bytes: [UInt8]) -> Bool {
    guard let message = try? SharedSumMessage(wireBytes: bytes) else { return true }
    return message.wireBytes == bytes
  }

  @Test("bytes changed at random are refused or read as just what they say", arguments: 0..<200)
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

  @Test("random bytes behind a good start are no trap", arguments: 0..<200)
  func randomBytes(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let tail = (0..<Int.random(in: 0..<300, using: &generator)).map { _ in
      UInt8.random(in: 0...255, using: &generator) >> UInt8.random(in: 0..<8, using: &generator)
    }
    for tag in [UInt8(1), 2, 3, 4] { #expect(isFaithful([1, tag] + tail)) }
  }

  @Test("a list longer than its bytes or than there are parties is refused")
  func hugeLists() {
    let start = SharedSumMessage.deal(Self.shamir, shares: []).wireBytes.dropLast(4)
    #expect(throws: WireError.endsEarly) {
      try SharedSumMessage(wireBytes: start + [255, 255, 0, 0])
    }
    #expect(throws: WireError.lengthOverLimit(Int(UInt32.max))) {
      try SharedSumMessage(wireBytes: start + [255, 255, 255, 255])
    }
    #expect(throws: WireError.lengthOverLimit(1025)) {
      try SharedSumMessage(
        wireBytes: start + [1, 4, 0, 0] + [UInt8](repeating: 0, count: 4 * 1025))
    }
  }

  @Test("the layout of version 1 stays")
  func layout() {
    let header = SharedSumHeader(
      scope: TaskScope(job: "j", task: "t", attempt: 2), round: 3, tensor: "w",
      form: .shamir(threshold: 2), count: 1, label: "l", roster: "r")
    let start: [UInt8] =
      [1, 0, 0, 0, 0x6a] + [1, 0, 0, 0, 0x74] + [2, 0, 0, 0, 0, 0, 0, 0]
      + [3, 0, 0, 0, 0, 0, 0, 0] + [1, 0, 0, 0, 0x77] + [2] + [2, 0, 0, 0, 0, 0, 0, 0]
      + [1, 0, 0, 0, 0, 0, 0, 0] + [1, 0, 0, 0, 0x6c] + [1, 0, 0, 0, 0x72]
    let deal: [UInt8] = [1, 1] + start + [1, 0, 0, 0] + [1, 0, 0, 0, 7]
    #expect(SharedSumMessage.deal(header, shares: [[7]]).wireBytes == deal)
    let party: [UInt8] = [1, 0, 0, 0] + [1, 0, 0, 0, 0x61]
    let words: [UInt8] = [1, 0, 0, 0] + [5, 0, 0, 0, 0, 0, 0, 0]
    let total = SharedSumMessage.total(header, summed: ["a"], words: [5])
    #expect(total.wireBytes == [1, 4] + start + party + words)
  }
}
