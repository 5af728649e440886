internal import MoiraKit
internal import MoiraMath
internal import MoiraModel
internal import MoiraTable

extension FeatureScale {
  /// Scales by this party's own rows, or by the scaler that it is given; nothing leaves the party.
  func scaleAlone(in task: some TaskContext) async throws {
    let rows = try await task.read(data)
    let made =
      if let givenScaler {
        try await task.read(givenScaler)
      } else {
        try ownScaler(rows, in: task)
      }
    try await task.write(try made.applied(to: rows, workers: task.workers), to: table)
    try await task.write(made, to: scaler)
  }

  /// The scaler that follows from these rows alone, as the pooled one would from all.
  func ownScaler(_ rows: Table, in task: some TaskContext) throws(Failure) -> Scaler {
    let names = try names(in: rows.schema)
    tellIdleRanges(names, in: task)
    let own = try StatisticsColumns(rows, names, workers: task.workers)
    let found = own.each { _, values in Moments(values) }
    let moments = StatisticsMoments(
      counts: found.map(\.count), missing: own.missing, means: found.map(\.mean),
      deviations: found.map { $0.standardDeviation() ?? 0 })
    if method == .standard { return standard(names, moments) }
    let extremes = own.extremes().map { range in
      (low: range?.lowerBound ?? 0, high: range?.upperBound ?? 0)
    }
    return try toRange(
      names, moments.counts, extremes, means: missing == .mean ? moments.means : nil)
  }
}
