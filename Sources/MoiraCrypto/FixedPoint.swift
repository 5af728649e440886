/// Why values do not fit into the ring, or a sum does not come from values that did.
///
/// Cases name positions and bounds, never values.
public enum FixedPointError: Error, Hashable, Sendable {
  /// NaN or an infinity stands at this index.
  case notFinite(index: Int)
  /// The count at this index is negative or over the limit.
  case countOutOfRange(index: Int, limit: Int)
  case partiesOutOfRange(Int)
  /// No set of honest summands gives this: masks did not cancel, or a party sent nonsense.
  case sumOutOfRange(index: Int, parties: Int)
}

/// Real numbers and counts as words of the ring ℤ₂⁶⁴, whose sums are exact in any order.
///
/// A real x becomes q = round(clip(x, B)·2ᶠ), ties to even, with f = 40 and B = 2¹², in two's
/// complement. So |q| ≤ 2⁵², and a sum over at most 2¹⁰ parties stays below 2⁶²: it cannot wrap.
/// The error of a summand is at most 2⁻⁴¹. A mean weighted by rows is the sum of each party's
/// values times its share of all rows, so that no summand grows with the number of rows.
///
/// Counts go into the same ring unscaled. Each is at most 2⁵² / n, so that their sum is exact in a
/// `Double` too.
public struct FixedPoint: Hashable, Sendable {
  /// f: the ring's unit is 2⁻ᶠ.
  public static let fractionBits = 40
  /// B: reals are clipped to −B ... B.
  public static let bound = 4096.0
  /// The most parties whose sum cannot wrap.
  public static let partyLimit = 1024

  /// n: how many parties a sum has.
  public let parties: Int

  public init(parties: Int) throws(FixedPointError) {
    guard (1...Self.partyLimit).contains(parties) else { throw .partiesOutOfRange(parties) }
    self.parties = parties
  }

  /// The largest count that one party may put into the sum.
  public var countLimit: Int { (1 << 52) / parties }
}

/// Reals in the ring, with how many of them were clipped.
public struct EncodedReals: Hashable, Sendable {
  public let words: [UInt64]
  /// How many values lay outside −B ... B. A fact about the data: sum it under masks too.
  public let clipCount: Int
}

extension FixedPoint {
  private static let scale = 0x1p40
  /// 2⁵² = B·2ᶠ, the largest magnitude of a summand.
  private static let wordBound = 0x1p52

  /// The values in the ring, clipped.
  ///
  /// - Throws: `FixedPointError.notFinite` for the first NaN or infinity.
  /// - Complexity: O(d); allocates d words.
  public func encodeReals(_ values: [Double]) throws(FixedPointError) -> EncodedReals {
    var clipCount = 0
    var allFinite = true
    let words = [UInt64](unsafeUninitializedCapacity: values.count) { words, count in
      for (index, value) in values.enumerated() {
        let scaled = value * Self.scale
        let clipped = max(-Self.wordBound, min(Self.wordBound, scaled))
        if clipped != scaled { clipCount += 1 }
        if !value.isFinite { allFinite = false }
        words[index] = UInt64(bitPattern: Self.nearest(value.isFinite ? clipped : 0))
      }
      count = values.count
    }
    guard allFinite else {
      throw .notFinite(index: values.firstIndex { !$0.isFinite } ?? 0)
    }
    return EncodedReals(words: words, clipCount: clipCount)
  }

  /// The nearest integer, ties to even, of a value of magnitude 2⁵² at most.
  ///
  /// Adding 2⁵² moves the fraction out of the significand; no call of libm.
  @inline(__always)
  private static func nearest(_ value: Double) -> Int64 {
    let shift = Double(signOf: value, magnitudeOf: 0x1p52)
    return Int64((value + shift) - shift)
  }

  /// The counts in the ring.
  ///
  /// - Throws: `FixedPointError.countOutOfRange` for the first one below 0 or over `countLimit`.
  public func encodeCounts(_ counts: [Int]) throws(FixedPointError) -> [UInt64] {
    let allowed = 0...countLimit
    if let index = counts.firstIndex(where: { !allowed.contains($0) }) {
      throw .countOutOfRange(index: index, limit: countLimit)
    }
    return counts.map { UInt64($0) }
  }

  /// The real sum that the words of a sum stand for.
  ///
  /// - Throws: `FixedPointError.sumOutOfRange` where n summands cannot have given the word. Of
  ///   uniform noise, as masks leave it that do not cancel, a share of n·2⁻¹¹ would pass.
  public func decodeReals(_ sum: [UInt64]) throws(FixedPointError) -> [Double] {
    let limit = UInt64(parties) << 52
    if let index = sum.firstIndex(where: { Int64(bitPattern: $0).magnitude > limit }) {
      throw .sumOutOfRange(index: index, parties: parties)
    }
    return sum.map { Double(Int64(bitPattern: $0)) * (1 / Self.scale) }
  }

  /// The summed counts.
  ///
  /// - Throws: `FixedPointError.sumOutOfRange` for a word over n times `countLimit`.
  public func decodeCounts(_ sum: [UInt64]) throws(FixedPointError) -> [Int] {
    let limit = UInt64(countLimit * parties)
    if let index = sum.firstIndex(where: { $0 > limit }) {
      throw .sumOutOfRange(index: index, parties: parties)
    }
    return sum.map { Int($0) }
  }
}
