import MoiraModel
import Testing

@testable import MoiraCrypto

@Suite struct `Shamir's shares` {
  @Test("have the values of a published example: secret 1234, coefficients 166 and 94")
  func publishedExample() {
    let expected: [UInt64] = [1494, 1942, 2578, 3402, 4414, 5614]
    let short = evaluate(
      [1234, 166, 94].map { Mersenne61($0) }, at: (1...6).map { Mersenne61($0) })
    #expect(short.map(\.value) == expected)
    let long = evaluate(
      [1234, 166, 94].map { Mersenne127($0) }, at: (1...6).map { Mersenne127($0) })
    #expect(long.map(\.value) == expected.map { UInt128($0) })
    let coefficients = lagrangeCoefficients(of: [2, 4, 5].map { Mersenne61($0) })
    let sum = zip(coefficients, [1942, 3402, 4414]).reduce(Mersenne61.zero) {
      $0 + $1.0 * Mersenne61($1.1)
    }
    #expect(sum.value == 1234)
  }

  @Test("Lagrange's coefficients at zero of 1 … t are signed binomials")
  func closedForm() {
    for count in 1...12 {
      var binomial = 1
      let coefficients = lagrangeCoefficients(of: (1...count).map { Mersenne127($0) })
      for index in 1...count {
        binomial = binomial * (count - index + 1) / index
        let expected =
          index.isMultiple(of: 2) ? .zero - Mersenne127(binomial) : Mersenne127(binomial)
        #expect(coefficients[index - 1] == expected)
      }
    }
  }

  @Test("every set of t shares gives the secret back")
  func everySet() throws {
    var generator = SeededGenerator(seed: 1)
    let secret = secret(9)
    let shamir = try ShamirShares(threshold: 4, parties: 6)
    let shares = try shamir.split(secret, using: &generator)
    for set in 0..<64 where set.nonzeroBitCount == 4 {
      let chosen = (0..<6).filter { set >> $0 & 1 == 1 }.map { shares[$0] }.shuffled(
        using: &generator)
      let interpolation = try shamir.interpolation(of: chosen.map(\.point))
      #expect(try interpolation.combine(chosen) == secret)
    }
  }

  @Test(
    "the secret comes back for all bytes and sizes",
    arguments: [(1, 1), (2, 2), (2, 3), (3, 5), (67, 100), (100, 100), (513, 1024)])
  func roundTrip(threshold: Int, parties: Int) throws {
    var generator = SeededGenerator(seed: UInt64(parties))
    let shamir = try ShamirShares(threshold: threshold, parties: parties)
    let points = (1...parties).shuffled(using: &generator)
    let interpolation = try shamir.interpolation(of: points)
    for secret in [secret(1), Array(repeating: 0, count: 32), Array(repeating: 255, count: 32)] {
      let shares = try shamir.split(secret, using: &generator)
      #expect(shares.map(\.point) == Array(1...parties))
      #expect(try interpolation.combine(interpolation.points.map { shares[$0 - 1] }) == secret)
      let read = try SecretShare(bytes: shares[parties - 1].bytes)
      #expect(read == shares[parties - 1])
    }
  }

  @Test("t − 1 shares fit every secret: for each one there is a last share that gives it")
  func saysNothing() throws {
    var generator = SeededGenerator(seed: 3)
    let shamir = try ShamirShares(threshold: 3, parties: 4)
    let known = try shamir.split(secret(1), using: &generator)
    let coefficients = lagrangeCoefficients(of: [1, 2, 4].map { Mersenne61($0) })
    for wanted in 0..<20 as Range<UInt8> {
      let other = try shamir.split(secret(wanted), using: &generator)
      let target = zip(coefficients, [0, 1, 3]).map { pair in
        other[pair.1].limbs.map { $0 * pair.0 }
      }
      let limbs = (0..<5).map { limb -> Mersenne61 in
        let value = target[0][limb] + target[1][limb] + target[2][limb]
        let fromKnown =
          known[0].limbs[limb] * coefficients[0] + known[1].limbs[limb] * coefficients[1]
        return (value - fromKnown) * coefficients[2].inverse
      }
      let last = SecretShare(point: 4, limbs: limbs)
      let interpolation = try shamir.interpolation(of: [1, 2, 4])
      #expect(try interpolation.combine([known[0], known[1], last]) == secret(wanted))
    }
  }

  /// Chi-square over the top 4 bits of values below 2⁶¹; 15 degrees of freedom.
  func chiSquare(_ values: [UInt64]) -> Double {
    var counts = [Int](repeating: 0, count: 16)
    for value in values { counts[Int(value >> 57)] += 1 }
    let mean = Double(values.count) / 16
    return counts.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) / mean }
  }

  @Test("t − 1 shares are uniform and independent, whatever the secret", arguments: [0, 255])
  func uniform(byte: UInt8) throws {
    var generator = SeededGenerator(seed: 11)
    let shamir = try ShamirShares(threshold: 3, parties: 3)
    let secret = [UInt8](repeating: byte, count: 32)
    var values: [[UInt64]] = [[], [], []]
    for _ in 0..<4000 {
      let shares = try shamir.split(secret, using: &generator)
      let (first, second) = (shares[0].limbs, shares[1].limbs)
      for limb in 0..<5 {
        values[0].append(first[limb].value)
        values[1].append(second[limb].value)
        values[2].append((first[limb] + second[limb]).value)
      }
    }
    // χ² with 15 degrees of freedom is above 72.4 once in 10⁹.
    for column in values { #expect(chiSquare(column) < 73) }
  }

  @Test("shares of different secrets, or altered ones, are not one secret", arguments: 0..<20)
  func notOneSecret(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let shamir = try ShamirShares(threshold: 3, parties: 5)
    let one = try shamir.split(secret(1), using: &generator)
    let other = try shamir.split(secret(1), using: &generator)
    let interpolation = try shamir.interpolation(of: [1, 3, 5])
    #expect(throws: ShamirError.notOneSecret) {
      try interpolation.combine([one[0], one[2], other[4]])
    }
    #expect(throws: ShamirError.otherPoints) {
      try interpolation.combine([one[0], one[2], one[3]])
    }
    #expect(throws: ShamirError.otherPoints) { try interpolation.combine([one[0], one[2]]) }
  }

  @Test("half of the parties or fewer are no threshold", arguments: 1...12)
  func thresholds(parties: Int) throws {
    for threshold in -1...parties + 1 {
      if 2 * threshold > parties, threshold <= parties {
        #expect(try ShamirShares(threshold: threshold, parties: parties).threshold == threshold)
      } else {
        #expect(throws: ShamirError.thresholdOutOfRange(threshold, parties: parties)) {
          try ShamirShares(threshold: threshold, parties: parties)
        }
      }
    }
  }

  @Test("points and lengths that do not fit are refused")
  func refusals() throws {
    var generator = SeededGenerator(seed: 1)
    let shamir = try ShamirShares(threshold: 3, parties: 5)
    #expect(throws: ShamirError.partiesOutOfRange(1025)) {
      try ShamirShares(threshold: 1000, parties: 1025)
    }
    #expect(throws: ShamirError.partiesOutOfRange(0)) {
      try ShamirShares(threshold: 0, parties: 0)
    }
    #expect(throws: ShamirError.wrongLength(31)) {
      try shamir.split([UInt8](repeating: 0, count: 31), using: &generator)
    }
    #expect(throws: ShamirError.pointOutOfRange(0)) { try shamir.interpolation(of: [0, 1, 2]) }
    #expect(throws: ShamirError.pointOutOfRange(6)) { try shamir.interpolation(of: [1, 2, 6]) }
    #expect(throws: ShamirError.pointTwice(2)) { try shamir.interpolation(of: [2, 1, 2, 3]) }
    #expect(throws: ShamirError.tooFewShares(2, needed: 3)) {
      try shamir.interpolation(of: [1, 2])
    }
    let share = try shamir.split(secret(1), using: &generator)[0].bytes
    #expect(share.count == 42)
    #expect(throws: ShamirError.wrongLength(41)) { try SecretShare(bytes: share.dropLast()) }
    #expect(throws: ShamirError.pointOutOfRange(0)) {
      try SecretShare(bytes: [0, 0] + share.dropFirst(2))
    }
    #expect(throws: ShamirError.notInField(index: 4)) {
      try SecretShare(bytes: share.dropLast(8) + [255, 255, 255, 255, 255, 255, 255, 31])
    }
  }

  @Test("nothing that is printed shows a share")
  func hidden() throws {
    var generator = SeededGenerator(seed: 1)
    let share = try ShamirShares(threshold: 2, parties: 3).split(secret(1), using: &generator)[0]
    var shown = "\(share) \(FieldVector(ringWords: [77_123_456_789]))"
    dump(share, to: &shown)
    dump(VectorShare.elements(FieldVector(ringWords: [77_123_456_789])), to: &shown)
    for limb in share.limbs { #expect(!shown.contains("\(limb.value)")) }
    #expect(!shown.contains("77123456789"))
    #expect(shown.contains("hidden"))
  }
}

@Suite struct `Mersenne fields` {
  /// x · y mod p by doubling, one bit at a time.
  func product(_ x: UInt128, _ y: UInt128, prime: UInt128) -> UInt128 {
    var result: UInt128 = 0
    for bit in (0..<127).reversed() {
      result = (result + result) % prime
      if y >> UInt128(bit) & 1 == 1 { result = (result + x) % prime }
    }
    return result
  }

  static let edges: [UInt128] = [
    0, 1, 2, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, 1 << 64, 1 << 126, Mersenne127.prime - 2,
    Mersenne127.prime - 1,
  ]

  @Test("2¹²⁷ − 1: products, sums and inverses agree with bitwise arithmetic")
  func long() {
    var generator = SeededGenerator(seed: 5)
    let random = (0..<30).map { _ in UInt128.random(in: 0..<Mersenne127.prime, using: &generator) }
    let p = Mersenne127.prime
    for x in Self.edges + random {
      for y in Self.edges + random {
        let (a, b) = (Mersenne127(unchecked: x), Mersenne127(unchecked: y))
        #expect((a * b).value == product(x, y, prime: p))
        #expect((a + b).value == (x + y) % p)
        #expect((a - b).value == (x + p - y) % p)
      }
      let a = Mersenne127(unchecked: x)
      #expect(a * a.inverse == (x == 0 ? .zero : .one))
    }
  }

  @Test("2⁶¹ − 1: products, sums and inverses agree with wide arithmetic")
  func short() {
    var generator = SeededGenerator(seed: 6)
    let p = Mersenne61.prime
    let values =
      [0, 1, 2, 1 << 60, p - 2, p - 1]
      + (0..<40).map { _ in UInt64.random(in: 0..<p, using: &generator) }
    for x in values {
      for y in values {
        let (a, b) = (Mersenne61(unchecked: x), Mersenne61(unchecked: y))
        #expect((a * b).value == UInt64(UInt128(x) * UInt128(y) % UInt128(p)))
        #expect((a + b).value == (x + y) % p)
        #expect((a - b).value == (x + p - y) % p)
      }
      let a = Mersenne61(unchecked: x)
      #expect(a * a.inverse == (x == 0 ? .zero : .one))
    }
  }

  @Test("random bits never give the prime itself")
  func random() {
    #expect(Mersenne61(random: .max) == .zero)
    #expect(Mersenne127(random: .max, .max) == .zero)
    #expect(Mersenne61(Mersenne61.prime) == nil)
    #expect(Mersenne127(low: .max, high: .max >> 1) == nil)
    #expect(Mersenne127(low: 0, high: 1 << 63) == nil)
  }
}
