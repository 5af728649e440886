import MoiraCrypto
import MoiraModel
import Testing

@Suite struct `Fixed point` {
  @Test(
    "a real is its nearest multiple of the unit, ties to even",
    arguments: [
      (0.0, 0), (-0.0, 0), (1.0, 1 << 40), (-1.0, -(1 << 40)), (0x1p-40, 1), (-0x1p-40, -1),
      (0x1p-41, 0), (0x3p-41, 2), (0x5p-41, 2), (-0x3p-41, -2), (0x1.8p-41, 1),
      (0x1p-1074, 0), (4096.0, 1 << 52), (-4096.0, -(1 << 52)),
      (4095.999999999999, 4_503_599_627_370_495),
    ] as [(Double, Int64)])
  func encodesExactly(value: Double, expected: Int64) throws {
    let encoded = try FixedPoint(parties: 3).encodeReals([value])
    #expect(encoded.words.map { Int64(bitPattern: $0) } == [expected])
    #expect(encoded.clipCount == 0)
  }

  @Test("what lies outside the bound is clipped and counted")
  func clips() throws {
    let fixed = try FixedPoint(parties: 3)
    let encoded = try fixed.encodeReals([4097, -1e300, 12, 4096, .greatestFiniteMagnitude])
    #expect(encoded.clipCount == 3)
    #expect(try fixed.decodeReals(encoded.words) == [4096, -4096, 12, 4096, 4096])
  }

  @Test(
    "what is no number is refused with its place",
    arguments: [Double.nan, .infinity, -.infinity, .signalingNaN])
  func refusesNonFinite(value: Double) throws {
    let fixed = try FixedPoint(parties: 3)
    #expect(throws: FixedPointError.notFinite(index: 2)) {
      try fixed.encodeReals([0, 1, value, .nan])
    }
  }

  @Test("a round trip errs by half a unit at most", arguments: 0..<50)
  func roundTrip(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let fixed = try FixedPoint(parties: 1)
    let values = (0..<200).map { _ in
      Double.random(in: -1...1, using: &generator) * 0x1p12 * generator.unit()
    }
    let decoded = try fixed.decodeReals(try fixed.encodeReals(values).words)
    for (value, back) in zip(values, decoded) { #expect(abs(value - back) <= 0x1p-41) }
  }

  @Test("a thousand parties at the bound do not wrap", arguments: [4096.0, -4096.0])
  func doesNotWrap(value: Double) throws {
    let fixed = try FixedPoint(parties: FixedPoint.partyLimit)
    let word = try fixed.encodeReals([value]).words[0]
    let sum = (0..<fixed.parties).reduce(UInt64(0)) { sum, _ in sum &+ word }
    #expect(try fixed.decodeReals([sum]) == [value * 1024])
    #expect(throws: FixedPointError.sumOutOfRange(index: 0, parties: 1024)) {
      try fixed.decodeReals([sum &+ (value > 0 ? 1 : UInt64.max)])
    }
  }

  @Test("the sum does not depend on the order of the summands", arguments: 0..<20)
  func commutes(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let fixed = try FixedPoint(parties: 50)
    let reals = (0..<50).map { _ in Double.random(in: -4000...4000, using: &generator) }
    let words = try fixed.encodeReals(reals).words
    let forward = words.reduce(0, &+)
    let shuffled = words.shuffled(using: &generator).reduce(0, &+)
    #expect(forward == shuffled)
    let sum = try fixed.decodeReals([forward])[0]
    #expect(abs(sum - reals.reduce(0, +)) < 1e-9)
  }

  @Test("counts go unscaled, up to a limit that n of them cannot pass")
  func counts() throws {
    let fixed = try FixedPoint(parties: 10)
    #expect(fixed.countLimit == 450_359_962_737_049)
    #expect(try fixed.encodeCounts([0, 7, fixed.countLimit]) == [0, 7, UInt64(fixed.countLimit)])
    #expect(
      try fixed.decodeCounts([0, 7, 4_503_599_627_370_490]) == [0, 7, 4_503_599_627_370_490])
    #expect(throws: FixedPointError.countOutOfRange(index: 1, limit: fixed.countLimit)) {
      try fixed.encodeCounts([3, -1])
    }
    #expect(throws: FixedPointError.countOutOfRange(index: 0, limit: fixed.countLimit)) {
      try fixed.encodeCounts([fixed.countLimit + 1])
    }
  }

  @Test("a sum of counts that no counts give is refused", arguments: [1 << 53, UInt64.max])
  func refusesNoise(word: UInt64) throws {
    let fixed = try FixedPoint(parties: 10)
    #expect(throws: FixedPointError.sumOutOfRange(index: 1, parties: 10)) {
      try fixed.decodeCounts([5, word])
    }
  }

  @Test("the smallest word, which has no magnitude of its own kind, is refused")
  func refusesSmallestWord() throws {
    #expect(throws: FixedPointError.sumOutOfRange(index: 0, parties: 1024)) {
      try FixedPoint(parties: 1024).decodeReals([1 << 63])
    }
  }

  @Test("the number of parties is bounded", arguments: [0, -1, 1025, Int.max])
  func refusesParties(parties: Int) {
    #expect(throws: FixedPointError.partiesOutOfRange(parties)) { try FixedPoint(parties: parties) }
  }

  @Test(
    "errors have words without values",
    arguments: [
      (FixedPointError.notFinite(index: 3), "slot 3 must be a finite number, but is not"),
      (.countOutOfRange(index: 1, limit: 9), "count 1 must lie in 0 ... 9, but does not"),
      (.partiesOutOfRange(2000), "a sum must have 1 to 1024 parties, but has 2000"),
      (.sumOutOfRange(index: 4, parties: 3), "slot 4 of the sum is more than 3 parties can send"),
    ])
  func words(error: FixedPointError, expected: String) {
    #expect(error.failure.message == expected)
  }
}
