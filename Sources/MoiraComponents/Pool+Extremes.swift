internal import MoiraCrypto
internal import MoiraKit
internal import MoiraModel

/// How many values each feature has, and how many are missing, over all clients.
struct ValueCounts: Hashable, Sendable {
  let present: [Int]
  let missing: [Int]
}

extension Pool {
  /// The first bits of the greatest of all clients' keys, found digit by digit.
  ///
  /// 1. For each key and each t above 0 that a digit can be, a client whose key begins with what is
  ///    known so far, and whose next digit is at least t, puts a random number above 0 into the sum;
  ///    others put in 0.
  /// 2. All learn which sums are above 0; the greatest such t is the next digit.
  ///
  /// One round a digit. Of 64 bits all learn the greatest key, of 9 its beginning. Whose it is, and
  /// other keys, they do not learn. How many clients had a digit shows through the random numbers
  /// faintly, for these differ by up to twelve orders of magnitude: one from two can be told, ten from
  /// eleven hardly. The fewer slots a digit has the less shows, so digits are short.
  ///
  /// - Parameters:
  ///   - own: at a client `count` keys, nil where it has no value, and what it adds to `countCount`
  ///     counts that are summed beside the first digit; nil at the arbiter.
  ///   - digits: how many bits each has, from the key's highest on.
  private mutating func greatestKeys(
    _ own: (keys: [UInt64?], counts: [Int])?, count: Int, countCount: Int, digits: [Int],
    name: String
  ) async throws -> (keys: [UInt64], counts: [Int]) {
    var search = KeySearch(count: count)
    var found: [Int] = []
    for (round, bits) in digits.enumerated() {
      let beside = round == 0 ? countCount : 0
      let values = own.map { (round == 0 ? $0.counts : []) + search.marks($0.keys, bits) }
      let sums = try await sumCounts(
        values, count: beside + search.slots(bits), name: "\(name)/\(round)")
      if round == 0 { found = Array(sums[..<beside]) }
      search.take(Array(sums[beside...]), bits)
    }
    return (search.known, found)
  }

  /// Counts, and the least and the greatest value of each feature over all clients, exact.
  ///
  /// They are values of rows, and all members learn them; not whose. Features without any value
  /// have a meaningless range.
  mutating func extremes(
    _ own: StatisticsColumns?, count: Int
  ) async throws -> (counts: ValueCounts, extremes: [(low: Double, high: Double)]) {
    // First what finds the least values, then what finds the greatest.
    let summand = own.map { own in
      let ranges = own.extremes()
      return (
        keys: ranges.map { $0.map { ~OrderKey.key($0.lowerBound) } }
          + ranges.map { $0.map { OrderKey.key($0.upperBound) } },
        counts: own.bothCounts
      )
    }
    let found = try await greatestKeys(
      summand, count: 2 * count, countCount: 2 * count, digits: Array(repeating: 4, count: 16),
      name: "extremes")
    return (
      ValueCounts(found.counts),
      (0..<count).map { (OrderKey.value(~found.keys[$0]), OrderKey.value(found.keys[count + $0])) }
    )
  }

  /// Counts, and for each feature an e with |x| < 2ᵉ for all values of all clients, at most three
  /// too large.
  ///
  /// All members learn the binary order of the greatest magnitude, to a factor of 16.
  mutating func exponents(
    _ own: StatisticsColumns?, count: Int
  ) async throws -> (counts: ValueCounts, exponents: [Int]) {
    let summand = own.map { own in
      let keys = own.extremes().map {
        $0.map { OrderKey.magnitude(max(abs($0.lowerBound), abs($0.upperBound))) }
      }
      return (keys: keys, counts: own.bothCounts)
    }
    let found = try await greatestKeys(
      summand, count: count, countCount: 2 * count, digits: [5, 4], name: "exponents")
    return (ValueCounts(found.counts), found.keys.map(OrderKey.exponent(ofMagnitude:)))
  }
}

extension ValueCounts {
  /// First how many are there, then how many are missing.
  fileprivate init(_ sums: [Int]) {
    present = Array(sums[..<(sums.count / 2)])
    missing = Array(sums[(sums.count / 2)...])
  }
}

extension StatisticsColumns {
  fileprivate var bothCounts: [Int] { counts + missing }
}

/// What is known so far of the greatest keys.
struct KeySearch {
  private(set) var known: [UInt64]
  private var knownBits = 0

  init(count: Int) { known = [UInt64](repeating: 0, count: count) }

  /// Slots of a digit of so many bits, over all keys: one for each value but 0.
  func slots(_ bits: Int) -> Int { known.count * (1 << bits - 1) }

  /// What a client with these keys adds to the slots.
  func marks(_ keys: [UInt64?], _ bits: Int) -> [Int] {
    var generator = SystemSecureGenerator()
    let slots = 1 << bits - 1
    let shift = 64 - knownBits - bits
    var marks = [Int](repeating: 0, count: keys.count * slots)
    for (index, key) in keys.enumerated() {
      // A shift by all 64 bits gives 0 here, as it must: nothing is known yet.
      guard let key, key >> (shift + bits) == known[index] else { continue }
      for digit in 0..<Int(key >> shift & UInt64(slots)) {
        let magnitude = Int.random(in: 0..<Self.blindBits, using: &generator)
        marks[index * slots + digit] =
          Int.random(in: 1 << magnitude..<2 << magnitude, using: &generator)
      }
    }
    return marks
  }

  /// Reads the next digit of each key off the summed slots.
  mutating func take(_ sums: [Int], _ bits: Int) {
    let slots = 1 << bits - 1
    for index in known.indices {
      let own = sums[index * slots..<(index + 1) * slots]
      let digit = (own.lastIndex { $0 > 0 } ?? own.startIndex - 1) - own.startIndex + 1
      known[index] = known[index] << UInt64(bits) | UInt64(digit)
    }
    knownBits += bits
  }

  /// Blinds stay below 2⁴² = 2⁵² / 2¹⁰, what a count may be among the most parties.
  private static var blindBits: Int { 42 }
}
