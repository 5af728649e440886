import MoiraModel
import Testing

@testable import MoiraCrypto

@Suite struct `Additive shares` {
  func words(_ seed: MaskSeed, count: Int) -> [UInt64] {
    var words = [UInt64](repeating: 0, count: count)
    MaskStream(seed: seed).apply(.add, to: &words)
    return words
  }

  @Test("add up to the vector", arguments: 0..<20)
  func addUp(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let vector = (0..<Int(seed) * 3).map { _ in generator.next() }
    let shares = AdditiveShares(of: vector, others: Int(seed), using: &generator)
    #expect(shares.seeds.count == Int(seed))
    var sum = shares.rest
    for seed in shares.seeds {
      for (index, word) in words(seed, count: sum.count).enumerated() { sum[index] &+= word }
    }
    #expect(sum == vector)
  }

  /// Chi-square over the bytes of the words; 255 degrees of freedom.
  func chiSquare(_ words: [UInt64]) -> Double {
    var counts = [Int](repeating: 0, count: 256)
    for word in words {
      withUnsafeBytes(of: word) { for byte in $0 { counts[Int(byte)] += 1 } }
    }
    let mean = Double(words.count * 8) / 256
    return counts.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) / mean }
  }

  @Test("any n − 1 shares look uniform, alone and added up", arguments: [0, UInt64.max, 1 << 40])
  func uniform(value: UInt64) {
    var generator = SeededGenerator(seed: 4)
    let count = 20_000
    let vector = [UInt64](repeating: value, count: count)
    let shares = AdditiveShares(of: vector, others: 2, using: &generator)
    let all = [shares.rest] + shares.seeds.map { words($0, count: count) }
    for left in 0..<3 {
      let known = (0..<3).filter { $0 != left }.map { all[$0] }
      let sum = zip(known[0], known[1]).map { $0 &+ $1 }
      // χ² with 255 degrees of freedom is above 404 once in 10⁹.
      for column in known + [sum] { #expect(chiSquare(column) < 410) }
    }
  }
}

@Suite struct `Shares of a vector` {
  let vector: [UInt64] = [0, 1, .max, 1 << 63, (1 << 63) - 1, 77]

  @Test("any t of n give it back, and those of a sum give the sum", arguments: 0..<20)
  func sums(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let parties = 3 + Int(seed % 6)
    let threshold = Int.random(in: parties / 2 + 1...parties, using: &generator)
    let shamir = try ShamirShares(threshold: threshold, parties: parties)
    var expected = [UInt64](repeating: 0, count: vector.count)
    var sums = [FieldVector](repeating: FieldVector(zeros: vector.count), count: parties)
    for dealer in 1...parties {
      let shares = try shamir.split(vector, dealer: dealer, using: &generator)
      for (index, word) in vector.enumerated() { expected[index] &+= word }
      for (index, share) in shares.enumerated() {
        try sums[index].add(share.vector(count: vector.count))
      }
    }
    for _ in 0..<5 {
      let points = (1...parties).shuffled(using: &generator)
      let interpolation = try shamir.interpolation(of: points)
      let sum = try interpolation.combine(
        interpolation.points.map { (point: $0, vector: sums[$0 - 1]) })
      #expect(try sum.ringWords(summands: parties) == expected)
    }
  }

  @Test("t − 1 of them are seeds, and the dealer's own is none")
  func seeds() throws {
    var generator = SeededGenerator(seed: 1)
    let shamir = try ShamirShares(threshold: 4, parties: 6)
    for dealer in 1...6 {
      let shares = try shamir.split(vector, dealer: dealer, using: &generator)
      var seeded: [Int] = []
      for (index, share) in shares.enumerated() {
        if case .seed = share { seeded.append(index + 1) }
      }
      #expect(seeded == [dealer, dealer + 1, dealer + 2].map { $0 % 6 + 1 }.sorted())
    }
    #expect(throws: ShamirError.pointOutOfRange(7)) {
      try shamir.split(vector, dealer: 7, using: &generator)
    }
  }

  @Test("the interpolated shares lie on one polynomial of degree t − 1 that is new each time")
  func oneDegree() throws {
    var generator = SeededGenerator(seed: 2)
    let shamir = try ShamirShares(threshold: 3, parties: 5)
    let shares = try shamir.split(vector, dealer: 2, using: &generator).map {
      $0.vector(count: vector.count)
    }
    let again = try shamir.split(vector, dealer: 2, using: &generator)[0].vector(count: 6)
    #expect(again != shares[0])
    let coefficients = lagrangeCoefficients(
      of: [1, 2, 3].map { Mersenne127($0) }, at: Mersenne127(5))
    for index in vector.indices {
      let value = (0..<3).reduce(Mersenne127.zero) {
        $0 + coefficients[$1] * shares[$1].elements[index]
      }
      #expect(value == shares[4].elements[index])
    }
  }

  @Test("the shares that are vectors look uniform")
  func uniform() throws {
    var generator = SeededGenerator(seed: 8)
    let shamir = try ShamirShares(threshold: 2, parties: 3)
    let zeros = [UInt64](repeating: 0, count: 20_000)
    for share in try shamir.split(zeros, dealer: 1, using: &generator) {
      var counts = [Int](repeating: 0, count: 128)
      for element in share.vector(count: zeros.count).elements {
        counts[Int(element.value >> 120)] += 1
        counts[Int(element.value & 127)] += 1
      }
      let mean = Double(2 * zeros.count) / 128
      let chiSquare = counts.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) / mean }
      // χ² with 127 degrees of freedom is above 240 once in 10⁹.
      #expect(chiSquare < 240)
    }
  }

  @Test("a sum that no words can give is refused")
  func outOfRange() throws {
    let least = try FieldVector(ringWords: [1 << 63]).ringWords(summands: 1)
    #expect(least == [1 << 63])
    var sum = FieldVector(ringWords: [5, 1 << 63])
    try sum.add(FieldVector(ringWords: [5, .max]))
    #expect(try sum.ringWords(summands: 2) == [10, (1 << 63) - 1])
    #expect(throws: ShamirError.sumOutOfRange(index: 1)) { try sum.ringWords(summands: 1) }
    #expect(throws: ShamirError.wrongLength(1)) { try sum.add(FieldVector(zeros: 1)) }
    #expect(throws: ShamirError.wrongLength(3)) { try FieldVector(words: [1, 2, 3]) }
    #expect(throws: ShamirError.notInField(index: 1)) {
      try FieldVector(words: [1, 2, .max, .max >> 1])
    }
    #expect(try FieldVector(words: sum.words) == sum)
  }
}

@Suite struct `Seals of shares` {
  let label = MaskLabel(scope: scope, round: 3, tensor: "weights", model: sha256([1]))

  func seals(_ label: MaskLabel, seed: UInt64 = 1) throws -> [PartyID: ShareSeals] {
    try masking(["a", "b", "c"], seed: seed).mapValues { try $0.shareSeals(for: label) }
  }

  @Test("a share opens for its receiver only, from its sender only")
  func direction() throws {
    var generator = SeededGenerator(seed: 9)
    let seals = try seals(label)
    let shares: [VectorShare] = [
      .seed(MaskSeed(using: &generator)), .elements(FieldVector(ringWords: [1, 2, .max])),
    ]
    for share in shares {
      let sealed = try #require(seals["a"]).seal(share, for: "b", using: &generator)
      let opened = try #require(seals["b"]).open(sealed, from: "a", count: 3)
      #expect(opened.vector(count: 3) == share.vector(count: 3))
      for (receiver, sender) in [("b", "c"), ("c", "a"), ("a", "b")] as [(PartyID, PartyID)] {
        #expect(throws: ShareSealError.broken) {
          try #require(seals[receiver]).open(sealed, from: sender, count: 3)
        }
      }
      for index in sealed.indices {
        var altered = sealed
        altered[index] ^= 1
        #expect(throws: ShareSealError.broken) {
          try #require(seals["b"]).open(altered, from: "a", count: 3)
        }
      }
    }
  }

  @Test("a share of another vector or under other keys does not open")
  func otherLabels() throws {
    var generator = SeededGenerator(seed: 9)
    let share = VectorShare.seed(MaskSeed(using: &generator))
    let sealed = try #require(try seals(label)["a"]).seal(share, for: "b", using: &generator)
    let others = [
      MaskLabel(scope: scope, round: 4, tensor: "weights", model: sha256([1])),
      MaskLabel(scope: scope, round: 3, tensor: "bias", model: sha256([1])),
      MaskLabel(scope: scope, round: 3, tensor: "weights", model: sha256([2])),
      MaskLabel(scope: scope, round: 3, tensor: "weights"),
    ]
    for other in others {
      #expect(throws: ShareSealError.broken) {
        try #require(try seals(other)["b"]).open(sealed, from: "a", count: 3)
      }
    }
    #expect(throws: ShareSealError.broken) {
      try #require(try seals(label, seed: 2)["b"]).open(sealed, from: "a", count: 3)
    }
  }

  @Test("lengths are checked before anything is opened, and strangers have no key")
  func lengths() throws {
    var generator = SeededGenerator(seed: 9)
    let seals = try #require(try seals(label)["b"])
    for count in [0, 1, 28, 29, 60, 62, 29 + 47, 29 + 49] {
      #expect(throws: ShareSealError.wrongLength(count)) {
        try seals.open([UInt8](repeating: 0, count: count), from: "a", count: 3)
      }
    }
    #expect(throws: ShareSealError.unknownPeer("d")) {
      try seals.open([UInt8](repeating: 0, count: 61), from: "d", count: 3)
    }
    #expect(throws: ShareSealError.unknownPeer("b")) {
      try seals.seal(.seed(MaskSeed(using: &generator)), for: "b", using: &generator)
    }
  }

  @Test("a vector goes out once under a label, in shares or masked")
  func once() throws {
    let keys = try #require(try masking(["a", "b", "c"])["a"])
    _ = try keys.shareSeals(for: label)
    #expect(throws: MaskingError.labelUsed(label)) { try keys.shareSeals(for: label) }
    #expect(throws: MaskingError.labelUsed(label)) { try keys.masks(for: label) }
  }
}
