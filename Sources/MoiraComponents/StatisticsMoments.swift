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
  /// How many values each feature has, and how many are missing.
  mutating func valueCounts(
    _ own: StatisticsColumns?, count: Int
  ) async throws -> (present: [Int], missing: [Int]) {
    let sums = try await sumCounts(
      own.map { $0.counts + $0.missing }, count: 2 * count, name: "counts")
    return (Array(sums[..<count]), Array(sums[count...]))
  }

  /// The pooled moments, to about 10⁻¹⁴ of the standard deviation.
  ///
  /// 1. Counts, and an exponent e for each feature with |x| < 2ᵉ, so that x·2⁻ᵉ fits a sum.
  /// 2. The sum of x·2⁻ᵉ / n gives the mean.
  /// 3. Three times: the sums of w / n and w² / n, where w is the distance from the mean so far in
  ///    units of a power of two that is just above the deviation so far. They mend the mean, and
  ///    give the deviation without cancellation. Each pass resolves 2²⁰ times finer.
  ///
  /// All learn these sums, which follow from n, mean and deviation up to rounding.
  mutating func moments(
    _ own: StatisticsColumns?, counts: [Int], missing: [Int], exponents: [Int]
  ) async throws -> StatisticsMoments {
    let shares = counts.map { 1 / Double(max(1, $0)) }
    let units = exponents.map { powerOfTwo(-$0) }
    let ones = [Double](repeating: 1, count: counts.count)
    let zeros = [Double](repeating: 0, count: counts.count)
    let first = own?.sums(units: units, origins: zeros, scales: ones)
    var means = try await sumReals(
      first.map { zip($0, shares).map { $0.linear * $1 * Self.room } }, count: counts.count,
      name: "mean"
    ).map { $0 / Self.room }
    var scales = [Double](repeating: 2, count: counts.count)
    var deviations = scales
    for pass in 0..<3 {
      let found = try await distances(own, shares, units, means, scales, name: "spread/\(pass)")
      for index in counts.indices {
        let (shift, square) = found[index]
        means[index] += shift * scales[index]
        let variance = square - shift * shift
        deviations[index] = variance > Self.noise ? variance.squareRoot() * scales[index] : 0
        let bound = (max(square, 0) + Self.noise).squareRoot()
        scales[index] *= min(1, powerOfTwo(bound.exponent + 1))
      }
    }
    return StatisticsMoments(
      counts: counts, missing: missing,
      means: zip(means, exponents).map { scaled($0, by: $1) },
      deviations: zip(deviations, exponents).map { scaled($0, by: $1) })
  }

  /// What a party's part of a mean of values up to 1 is stretched by, to lose few digits.
  private static var room: Double { 1024 }

  /// Above the rounding of a mean of squares over 1,024 parties, 2¹⁰ · 2⁻⁴¹ / 2¹⁰.
  private static var noise: Double { 0x1p-40 }

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
