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

  /// Σ term(feature, x).
  func sums(_ term: (Int, Double) -> Double) -> [Double] {
    each { index, values in
      var sum = 0.0
      for first in stride(from: 0, to: values.count, by: Table.blockRows) {
        var piece = 0.0
        for row in first..<min(first + Table.blockRows, values.count) where !values[row].isNaN {
          piece += term(index, values[row])
        }
        sum += piece
      }
      return sum
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
