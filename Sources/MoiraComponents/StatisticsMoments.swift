internal import MoiraKit
internal import MoiraModel

/// Count, mean and standard deviation of each feature over all clients' rows, under equal weights.
struct StatisticsMoments: Hashable, Sendable {
  let counts: [Int]
  let missing: [Int]
  /// 0 where there are no values.
  var means: [Double]
  /// With divisor n; 0 where the values differ by less than the sums resolve.
  var deviations: [Double]
}

extension Pool {
  /// The pooled moments, to about 10⁻¹⁴ of the standard deviation where that is not below 2⁻³⁷ of the
  /// greatest magnitude; below 2⁻⁵¹ of it a deviation may be found as 0.
  ///
  /// An exponent e of each feature has |x| < 2ᵉ, so that x·2⁻ᵉ fits a sum. Then three times: the sums
  /// of w / n and w² / n, where w is the distance from the mean so far (at first 0) in units of a power
  /// of two that is just above the deviation so far (at first 1). They mend the mean, and give the
  /// deviation; each pass resolves 2¹⁸ times finer than the one before, so that a deviation far below
  /// the mean does not drown in its square.
  ///
  /// All learn these sums, which follow from n, mean and deviation up to rounding.
  mutating func moments(
    _ own: StatisticsColumns?, counts: ValueCounts, exponents: [Int]
  ) async throws -> StatisticsMoments {
    let shares = counts.present.map { 1 / Double(max(1, $0)) }
    let units = exponents.map { powerOfTwo(-$0) }
    var means = [Double](repeating: 0, count: shares.count)
    var scales = [Double](repeating: 1, count: shares.count)
    var deviations = means
    for pass in 0..<3 {
      let found = try await distances(own, shares, units, means, scales, name: "spread/\(pass)")
      for index in means.indices {
        let (shift, square) = found[index]
        means[index] += shift * scales[index]
        let variance = square - shift * shift
        deviations[index] = variance > Self.noise ? variance.squareRoot() * scales[index] : 0
        let bound = (max(variance, 0) + Self.noise).squareRoot()
        scales[index] *= min(1, powerOfTwo(bound.exponent + 1))
      }
    }
    return StatisticsMoments(
      counts: counts.present, missing: counts.missing,
      means: zip(means, exponents).map { scaled($0, by: $1) },
      deviations: zip(deviations, exponents).map { scaled($0, by: $1) })
  }

  /// What a party's part of a mean of values up to 1 is stretched by, to lose few digits.
  private static var room: Double { 1024 }

  /// Above what rounding does to a variance over 1,024 parties: to the mean of squares, 2¹⁰ · 2⁻⁴¹ / 2¹⁰,
  /// and to the square of a mean of at most 1, twice that.
  private static var noise: Double { 0x1p-38 }

  private mutating func distances(
    _ own: StatisticsColumns?, _ shares: [Double], _ units: [Double], _ means: [Double],
    _ scales: [Double], name: String
  ) async throws -> [(shift: Double, square: Double)] {
    let own = own.map { own in
      let sums = own.sums(units: units, origins: means, scales: scales)
      let values = sums.map(\.linear) + sums.map(\.squares)
      return zip(values, shares + shares).map { $0 * $1 * Self.room }
    }
    let sums = try await sumReals(own, count: 2 * means.count, name: name)
    return means.indices.map { index in
      (sums[index] / Self.room, sums[means.count + index] / Self.room)
    }
  }
}

private func powerOfTwo(_ exponent: Int) -> Double {
  Double(sign: .plus, exponent: exponent, significand: 1)
}

/// x·2ᵉ, where 2ᵉ alone may be beyond the doubles.
private func scaled(_ value: Double, by exponent: Int) -> Double {
  Double(sign: .plus, exponent: exponent, significand: value)
}
