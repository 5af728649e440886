import MoiraCrypto
import MoiraModel
import MoiraProtocols
import Testing

/// What the aggregator sees of one client, looked at as a distribution.
@Suite struct `What an upload shows` {
  static let count = 1 << 15

  /// A sparse update: even coordinates are zero, odd ones are small reals.
  func update() throws -> [UInt64] {
    var generator = SeededGenerator(seed: 11)
    return try FixedPoint(parties: 3).encodeReals(
      (0..<Self.count).map { $0 % 2 == 0 ? 0 : generator.unit() * 2 - 1 }
    ).words
  }

  /// The words that go over the wire for that update.
  func upload(method: SumMethod) throws -> [UInt64] {
    let zeros = [UInt64](repeating: 0, count: Self.count)
    let exchange = try sum(
      ["a": try update(), "b": zeros, "c": zeros], method: method, seed: 12)
    let letter = try #require(exchange.delivered.first { $0.sender == "a" })
    guard case .upload(_, let words) = try MaskedSumMessage(wireBytes: letter.bytes) else {
      return []
    }
    return words
  }

  /// χ² over the 256 values of each of the 8 bytes of a word.
  func bytesChiSquare(_ words: [UInt64]) -> [Double] {
    (0..<8).map { position in
      var seen = [Double](repeating: 0, count: 256)
      for word in words { seen[Int(word >> (8 * UInt64(position)) & 0xff)] += 1 }
      let expected = Double(words.count) / 256
      return seen.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
    }
  }

  /// The upper 1.25·10⁻¹⁰ point of χ² with 255 degrees of freedom, by Wilson and Hilferty with
  /// z = 6.33: 255·(1 − 2/(9·255) + 6.33·√(2/(9·255)))³ = 425.1. For eight bytes, a false alarm has
  /// the probability 10⁻⁹.
  static let byteLimit = 425.1

  @Test("every byte of a masked word is uniform; without masks the same test sees that it is not")
  func uniform() throws {
    #expect(try bytesChiSquare(upload(method: .pairwiseMasks)).allSatisfy { $0 < Self.byteLimit })
    #expect(try bytesChiSquare(upload(method: .none)).allSatisfy { $0 > Self.byteLimit })
  }

  /// How many standard deviations apart bit `bit` is in zero and in non-zero coordinates.
  func distinction(_ words: [UInt64], bit: UInt64) -> Double {
    var ones = [0.0, 0.0]
    for (index, word) in words.enumerated() { ones[index % 2] += Double(word >> bit & 1) }
    let half = Double(words.count) / 2
    let pooled = (ones[0] + ones[1]) / (2 * half)
    guard pooled > 0, pooled < 1 else { return 0 }
    return abs(ones[0] - ones[1]) / (2 * half * pooled * (1 - pooled)).squareRoot()
  }

  /// The two-sided 10⁻⁹ / 64 point of the normal distribution is 6.75: over all bits, a false
  /// alarm has the probability 10⁻⁹.
  static let bitLimit = 6.75

  @Test("no bit of a masked word tells a zero coordinate from another one")
  func zerosHide() throws {
    let masked = try upload(method: .pairwiseMasks)
    for bit in UInt64(0)..<64 { #expect(distinction(masked, bit: bit) < Self.bitLimit) }
    let open = try upload(method: .none)
    let telling = (UInt64(0)..<64).filter { distinction(open, bit: $0) > Self.bitLimit }
    #expect(telling.count > 50)
  }

  @Test("nor does the word itself: no masked zero is zero, and no word comes twice")
  func noPattern() throws {
    let masked = try upload(method: .pairwiseMasks)
    #expect(masked.count == Self.count)
    #expect(!masked.contains(0))
    #expect(Set(masked).count == Self.count)
  }

  @Test("with one honest client gone, the sum of the others' uploads stays uniform")
  func partialSumHides() throws {
    let zeros = [UInt64](repeating: 0, count: Self.count)
    let exchange = try sum(
      ["a": try update(), "b": zeros, "c": zeros], method: .pairwiseMasks, seed: 13)
    var partial = zeros
    for letter in exchange.delivered where ["a", "b"].contains(letter.sender) {
      guard case .upload(_, let words) = try MaskedSumMessage(wireBytes: letter.bytes) else {
        continue
      }
      for index in partial.indices { partial[index] &+= words[index] }
    }
    #expect(bytesChiSquare(partial).allSatisfy { $0 < Self.byteLimit })
  }

  @Test("the same update of two rounds shows no relation")
  func roundsAreApart() throws {
    let agreed = try agreedKeys(["a", "b", "c"])
    let uploads = try [1, 2].map { round in
      let label = MaskLabel(scope: scope, round: round, tensor: "weights")
      let terms = try MaskedSumTerms(
        label, count: Self.count, roster: agreed.roster, aggregator: arbiter)
      var client = try MaskedSumClient("a", terms: terms, words: update(), keys: agreed.keys["a"])
      guard case .upload(_, let words)? = client.start().first?.message else { return [UInt64]() }
      return words
    }
    let difference = zip(uploads[0], uploads[1]).map { $0 &- $1 }
    #expect(difference.count == Self.count)
    #expect(bytesChiSquare(difference).allSatisfy { $0 < Self.byteLimit })
  }
}
