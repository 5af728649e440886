import MoiraCrypto
import MoiraModel
import Testing

@testable import MoiraProtocols

/// What the aggregator sees of one client, looked at as a distribution. Hostile tests 8 and 11.
@Suite struct `What an upload shows` {
  static let count = 1 << 15
  static let zeros = [UInt64](repeating: 0, count: count)

  /// A sparse update: even coordinates are zero, odd ones are small reals.
  func update() throws -> [UInt64] {
    var generator = SeededGenerator(seed: 11)
    return try FixedPoint(parties: 3).encodeReals(
      (0..<Self.count).map { $0 % 2 == 0 ? 0 : generator.unit() * 2 - 1 }
    ).words
  }

  /// Three clients that have uploaded: the first these words, the others zeros.
  func bench(_ words: [UInt64], seed: UInt64 = 12) throws -> SecureBench {
    let bench = try SecureBench(try SecureParties(3), count: words.count, seed: seed)
    let zeros = [UInt64](repeating: 0, count: words.count)
    try bench.begin { $0 == "hospital-0" ? words : zeros }
    try bench.enter()
    return bench
  }

  func masked(seed: UInt64 = 12) throws -> [UInt64] {
    try bench(update(), seed: seed).words(of: "hospital-0")
  }

  /// What goes over the wire without protection.
  func open() throws -> [UInt64] {
    let exchange = try openSum(
      ["a": try update(), "b": Self.zeros, "c": Self.zeros], seed: 12)
    let letter = try #require(exchange.delivered.first { $0.sender == "a" })
    guard case .upload(_, let words) = try PlainSumMessage(wireBytes: letter.bytes) else {
      return []
    }
    return words
  }

  @Test("every byte of a masked word is uniform; without masks the same test sees that it is not")
  func uniform() throws {
    #expect(looksUniform(try masked()))
    #expect(try bytesChiSquare(open()).allSatisfy { $0 > byteLimit })
  }

  @Test("no bit of a masked word tells a zero coordinate from another one")
  func zerosHide() throws {
    let masked = try masked()
    for bit in UInt64(0)..<64 { #expect(distinction(masked, bit: bit) < bitLimit) }
    let open = try open()
    let telling = (UInt64(0)..<64).filter { distinction(open, bit: $0) > bitLimit }
    #expect(telling.count > 50)
  }

  @Test("nor does the word itself: no masked zero is zero, and no word comes twice")
  func noPattern() throws {
    let masked = try masked()
    #expect(masked.count == Self.count)
    #expect(!masked.contains(0))
    #expect(Set(masked).count == Self.count)
  }

  @Test("with one honest client gone, the sum of the others' uploads stays uniform")
  func partialSumHides() throws {
    let bench = try bench(update(), seed: 13)
    let sum = zip(try bench.words(of: "hospital-0"), try bench.words(of: "hospital-1"))
      .map { $0 &+ $1 }
    #expect(looksUniform(sum))
  }

  @Test("even the sum of all uploads stays uniform: without shares nobody unmasks it")
  func totalHides() throws {
    let bench = try bench(update(), seed: 14)
    var sum = Self.zeros
    for client in bench.clients {
      let words = try bench.words(of: client)
      for index in sum.indices { sum[index] &+= words[index] }
    }
    #expect(looksUniform(sum))
  }

  @Test("the same update of two rounds shows no relation")
  func roundsAreApart() throws {
    let update = try update()
    let bench = try bench(update)
    let first = try bench.words(of: "hospital-0")
    for client in bench.clients {
      try bench.tell(client, try bench.total(bench.clients, for: client))
    }
    try bench.begin(2, words: { $0 == "hospital-0" ? update : Self.zeros })
    let second = try bench.words(of: "hospital-0")
    #expect(first.count == Self.count)
    #expect(looksUniform(zip(first, second).map { $0 &- $1 }))
  }

  @Test("row counts and losses are slots like any others: nothing on the wire has them in clear")
  func countsHide() throws {
    let fixed = try FixedPoint(parties: 3)
    let rows = try fixed.encodeCounts([48_763])[0]
    let loss = try fixed.encodeReals([0.6931]).words[0]
    let bench = try bench((0..<Self.count).map { $0 % 2 == 0 ? rows : loss })
    let words = try bench.words(of: "hospital-0")
    #expect(looksUniform(words))
    for bit in UInt64(0)..<64 { #expect(distinction(words, bit: bit) < bitLimit) }
    #expect(!words.contains(rows) && !words.contains(loss))
    let upload = try #require(bench.uploads["hospital-0"]).wireBytes
    let offer = SecureSumMessage.offer(
      terms: bench.terms.hash, try #require(bench.offers["hospital-0"]))
    // What goes out besides the words has their number in it, and nothing of their values.
    for bytes in [Array(upload.dropLast(8 * Self.count)), offer.wireBytes] {
      for word in [rows, loss] {
        #expect(!bytes.contains(withUnsafeBytes(of: word.littleEndian) { Array($0) }))
      }
      #expect(!String(decoding: bytes, as: UTF8.self).contains("48763"))
    }
  }
}
