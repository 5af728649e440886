internal import MoiraKit
internal import MoiraModel
internal import MoiraTable

extension FeatureScale {
  /// The scaler that follows from all clients' rows; the same at every member.
  ///
  /// - Parameter rows: nil at the arbiter.
  func pooledScaler(
    _ rows: Table?, _ schema: TableSchema, in task: some TaskContext
  ) async throws -> Scaler {
    let names = try names(in: schema)
    guard !names.isEmpty else {
      task.warn("no numeric features to scale")
      return Scaler(method: method, features: [], shift: [], scale: [])
    }
    tellIdleRanges(names, in: task)
    let own = try rows.map { rows throws(Failure) in
      try StatisticsColumns(rows, names, workers: task.workers)
    }
    var pool = try await Pool(protection, in: task)
    switch method {
    case .standard:
      let (counts, exponents) = try await pool.exponents(own, count: names.count)
      return standard(names, try await pool.moments(own, counts: counts, exponents: exponents))
    case .minMax:
      let (counts, extremes) = try await pool.extremes(own, count: names.count)
      guard missing == .mean else {
        return try toRange(names, counts.present, extremes, means: nil)
      }
      let moments = try await pool.moments(
        own, counts: counts,
        exponents: extremes.map { OrderKey.exponent(from: $0.low, to: $0.high) })
      return try toRange(names, counts.present, extremes, means: moments.means)
    }
  }

  /// Features without values, or with a single one, are moved and not stretched.
  func standard(_ names: [String], _ moments: StatisticsMoments) -> Scaler {
    Scaler(
      method: .standard, features: names, shift: moments.means,
      scale: moments.deviations.map { $0 > 0 ? $0 : 1 },
      fill: missing == .mean ? moments.means : nil)
  }

  /// - Throws: `value-out-of-range` when a feature's range is wider than doubles reach.
  func toRange(
    _ names: [String], _ present: [Int], _ extremes: [(low: Double, high: Double)],
    means: [Double]?
  ) throws(Failure) -> Scaler {
    var (shift, scale) = ([Double](), [Double]())
    for (index, name) in names.enumerated() {
      let (low, high) = present[index] > 0 ? extremes[index] : (0, 0)
      let range = featureRange.range(of: name)
      let stretch = high > low ? (high - low) / (range[1] - range[0]) : 1
      let start = low - range[0] * stretch
      guard stretch.isFinite, stretch > 0, start.isFinite else {
        throw Failure(
          "value-out-of-range", "the range of '\(name)' must be one that doubles can scale",
          hint: "leave it out of 'scale_col', or give it in other units")
      }
      shift.append(start)
      scale.append(stretch)
    }
    return Scaler(
      method: .minMax, features: names, shift: shift, scale: scale, fill: means,
      range: strictRange ? featureRange.kept(for: names) : nil)
  }
}
