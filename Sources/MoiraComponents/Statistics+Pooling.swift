internal import MoiraKit
internal import MoiraMath
internal import MoiraModel

extension Statistics {
  /// Summaries of all clients' values; the same at every member.
  ///
  /// - Parameter own: nil at the arbiter.
  func pooled(
    _ own: StatisticsColumns?, _ names: [String], in task: some TaskContext
  ) async throws -> [ValueSummary] {
    guard !names.isEmpty else {
      task.warn("no numeric features to sum up")
      return []
    }
    var pool = try await Pool(protection, in: task)
    let (counts, found) = try await pool.extremes(own, count: names.count)
    let ranges = zip(found, counts.present).map { $1 > 0 ? $0 : (low: 0, high: 0) }
    let moments = try await pool.moments(
      own, counts: counts, exponents: ranges.map { OrderKey.exponent(from: $0.low, to: $0.high) })
    let histograms = try await pool.histograms(own, names, ranges, binCount: bins)
    return names.indices.map { index in
      summary(moments, index, ranges[index], histograms[index])
    }
  }

  private func summary(
    _ moments: StatisticsMoments, _ index: Int, _ range: (low: Double, high: Double),
    _ histogram: ValueHistogram
  ) -> ValueSummary {
    let isEmpty = moments.counts[index] == 0
    let count = moments.counts[index]
    let stretch = count > ddof ? (Double(count) / Double(count - ddof)).squareRoot() : nil
    return ValueSummary(
      count: count, missing: moments.missing[index],
      mean: isEmpty ? nil : moments.means[index],
      std: isEmpty ? nil : stretch.map { moments.deviations[index] * $0 },
      min: isEmpty ? nil : range.low, max: isEmpty ? nil : range.high,
      quantiles: quantiles.compactMap { probability in
        histogram.quantile(probability).map {
          QuantileValue(probability: probability, value: $0.value, error: $0.error)
        }
      })
  }
}

extension Pool {
  /// How all clients' values lie in equal bins between the pooled extremes of each feature.
  ///
  /// All members learn the pooled counts.
  mutating func histograms(
    _ own: StatisticsColumns?, _ names: [String], _ ranges: [(low: Double, high: Double)],
    binCount: Int
  ) async throws -> [ValueHistogram] {
    for (name, range) in zip(names, ranges) where !(range.high - range.low).isFinite {
      throw Failure(
        "value-out-of-range", "the range of '\(name)' must be one that doubles can divide",
        hint: "give the feature in other units")
    }
    let counts = own?.each { index, values in
      var histogram = ValueHistogram(
        low: ranges[index].low, high: ranges[index].high, binCount: binCount)
      histogram.add(contentsOf: values)
      return Array(histogram.counts[..<binCount])
    }
    let sums = try await sumCounts(
      counts.map { Array($0.joined()) }, count: names.count * binCount, name: "histogram")
    return try names.indices.map { index in
      let counts = sums[index * binCount..<(index + 1) * binCount] + [0, 0]
      let range = ranges[index]
      guard
        let histogram = ValueHistogram(low: range.low, high: range.high, counts: Array(counts))
      else { throw Failure("protocol-violation", "a histogram's sums must be at least 0") }
      return histogram
    }
  }
}
