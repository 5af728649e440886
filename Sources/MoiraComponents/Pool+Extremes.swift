internal import MoiraCrypto
internal import MoiraKit
internal import MoiraModel

extension Pool {
  private static var digitBits: Int { 4 }
  /// Slots for a digit: one for each value but 0.
  private static var slots: Int { 15 }

  /// The first bits of the greatest of all clients' keys, found digit by digit.
  ///
  /// 1. For each key and each t in 1...15, a client whose key begins with what is known so far, and
  ///    whose next digit is at least t, puts a random number above 0 into the sum; others put in 0.
  /// 2. All learn which sums are above 0; the greatest such t is the next digit.
  ///
  /// `bits / 4` rounds. Of 64 bits all learn the greatest key, of 12 its beginning. Whose it is, and
  /// other keys, they do not learn; how many clients had a digit shows through the random numbers
  /// only faintly, for these differ by up to twelve orders of magnitude.
  ///
  /// - Parameter own: `count` keys at a client, nil where it has no value; nil at the arbiter.
  mutating func greatestKeys(
    _ own: [UInt64?]?, count: Int, bits: Int, name: String
  ) async throws -> [UInt64] {
    var known = [UInt64](repeating: 0, count: count)
    for round in 0..<bits / Self.digitBits {
      let shift = 64 - Self.digitBits * (round + 1)
      let values = own.map { Self.marks($0, known, shift) }
      let sums = try await sumCounts(values, count: count * Self.slots, name: "\(name)/\(round)")
      for index in 0..<count {
        let slots = sums[index * Self.slots..<(index + 1) * Self.slots]
        let digit = (slots.lastIndex { $0 > 0 } ?? slots.startIndex - 1) - slots.startIndex + 1
        known[index] = known[index] << Self.digitBits | UInt64(digit)
      }
    }
    return known
  }

  private static func marks(_ keys: [UInt64?], _ known: [UInt64], _ shift: Int) -> [Int] {
    var generator = SystemSecureGenerator()
    var marks = [Int](repeating: 0, count: keys.count * slots)
    for (index, key) in keys.enumerated() {
      guard let key, key >> (shift + digitBits) == known[index] else { continue }
      for digit in 0..<Int(key >> shift & 0xF) {
        let magnitude = Int.random(in: 0..<blindBits, using: &generator)
        marks[index * slots + digit] =
          Int.random(in: 1 << magnitude..<2 << magnitude, using: &generator)
      }
    }
    return marks
  }

  /// Blinds stay below 2⁴² = 2⁵² / 2¹⁰, what a count may be among the most parties.
  private static var blindBits: Int { 42 }

  /// The least and the greatest value of each feature over all clients, exact.
  ///
  /// They are values of rows, and all members learn them; not whose. Features without any value
  /// have a meaningless range.
  mutating func extremes(
    _ own: [ClosedRange<Double>?]?, count: Int
  ) async throws -> [(low: Double, high: Double)] {
    let keys = try await greatestKeys(
      own.map(Self.keys), count: 2 * count, bits: 64, name: "extremes")
    return (0..<count).map { (OrderKey.value(~keys[$0]), OrderKey.value(keys[count + $0])) }
  }

  /// For each feature an e with |x| < 2ᵉ for all values of all clients, at most one too large.
  ///
  /// All members learn sign and binary order of the extremes.
  mutating func exponents(_ own: [ClosedRange<Double>?]?, count: Int) async throws -> [Int] {
    let keys = try await greatestKeys(
      own.map(Self.keys), count: 2 * count, bits: 12, name: "exponents")
    return (0..<count).map {
      max(
        OrderKey.exponent(ofPrefix: ~keys[$0] & 0xFFF),
        OrderKey.exponent(ofPrefix: keys[count + $0]))
    }
  }

  /// First what finds the least values, then what finds the greatest.
  private static func keys(_ ranges: [ClosedRange<Double>?]) -> [UInt64?] {
    ranges.map { $0.map { ~OrderKey.key($0.lowerBound) } }
      + ranges.map { $0.map { OrderKey.key($0.upperBound) } }
  }
}
