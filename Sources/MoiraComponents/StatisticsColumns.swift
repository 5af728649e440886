internal import MoiraModel
internal import MoiraTable

/// Passes over some numeric features of a party's table, one result for each of them.
///
/// Missing values are left out. Sums do not depend on the number of workers: the pieces of a
/// column are summed alone, and added in order.
struct StatisticsColumns {
  let table: Table
  /// Places among `table.numericFeatures`.
  let columns: [Int]
  let workers: Workers

  /// - Throws: `value-not-finite` when a value is infinite.
  init(_ table: Table, _ names: [String], workers: Workers) throws(Failure) {
    self.table = table
    self.workers = workers
    columns = names.compactMap { table.numericFeatures.firstIndex(of: $0) }
    precondition(columns.count == names.count, "the agreed schema's features are in the table")
    let infinite = each { _, values in values.contains { $0.isInfinite } }
    if let column = infinite.firstIndex(of: true) {
      throw Failure(
        "value-not-finite", "'\(names[column])' must have finite values, but one is infinite")
    }
  }

  /// How many values are there.
  var counts: [Int] { missing.map { table.rows - $0 } }

  var missing: [Int] { columns.map { table.missingCount($0) } }

  /// The least and the greatest value, nil where all are missing.
  func extremes() -> [ClosedRange<Double>?] {
    each { _, values in
      var range: ClosedRange<Double>?
      for value in values where !value.isNaN {
        let known = range ?? value...value
        range = min(known.lowerBound, value)...max(known.upperBound, value)
      }
      return range
    }
  }

  /// Σ u and Σ u² of each feature, where u = (x · unit − origin) / scale.
  func sums(
    units: [Double], origins: [Double], scales: [Double]
  ) -> [(linear: Double, squares: Double)] {
    each { index, values in
      let (unit, origin, scale) = (units[index], origins[index], scales[index])
      var sums = (linear: 0.0, squares: 0.0)
      for first in stride(from: 0, to: values.count, by: Table.blockRows) {
        var piece = (linear: 0.0, squares: 0.0)
        for row in first..<min(first + Table.blockRows, values.count) where !values[row].isNaN {
          let distance = (values[row] * unit - origin) / scale
          piece.linear += distance
          piece.squares += distance * distance
        }
        sums.linear += piece.linear
        sums.squares += piece.squares
      }
      return sums
    }
  }

  /// What `body` says of each feature, given a copy of its values.
  func each<Value>(_ body: (Int, [Double]) -> Value) -> [Value] {
    var results = [Value?](repeating: nil, count: columns.count)
    results.withUnsafeMutableBufferPointer { results in
      workers.each(columns.count) { index in
        results[index] = body(index, table.numericColumn(columns[index]))
      }
    }
    return results.compactMap(\.self)
  }
}
