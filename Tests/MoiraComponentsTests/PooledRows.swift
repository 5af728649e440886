import MoiraKit
import MoiraModel
import MoiraTable

@testable import MoiraComponents

/// Rows that a test spreads over parties, and computes with as if they lay in one place.
struct PooledRows {
  var rows: [[Double]] = []
  var labels: [Double] = []
  var owners: [Int] = []

  /// Rows around one centre a class; parties see shifted slices of different sizes.
  init(seed: UInt64, parties: Int = 3, count: Int = 120, columns: Int = 4, classes: Int = 2) {
    var generator = SeededGenerator(seed: seed)
    for row in 0..<count {
      let owner = row % (parties + 1) == 0 ? 0 : row % parties
      let label = Int(generator.next() % UInt64(classes))
      let values = (0..<columns).map { column in
        generator.unit() * 4 - 2 + (column % classes == label ? 0.9 : -0.3) + 0.2 * Double(owner)
      }
      rows.append(values)
      labels.append(Double(label))
      owners.append(owner)
    }
  }

  var columns: Int { rows.first?.count ?? 0 }

  func table(of owner: Int) throws -> Table {
    let own = rows.indices.filter { owners[$0] == owner }
    var builder = TableBuilder(rows: own.count)
    builder.setID("id", own.map { "p\($0)" })
    builder.setLabel("y", own.map { labels[$0] })
    for column in 0..<columns {
      builder.addNumeric("x\(column)", own.map { rows[$0][column] })
    }
    return try Table(builder.build())
  }

  /// The gradient of the mean log loss plus alpha/2·|w|², by its definition, row by row.
  func gradient(_ parameters: [Double], alpha: Double, classes: Int = 2) -> [Double] {
    let outputs = classes == 2 ? 1 : classes
    var gradient = [Double](repeating: 0, count: parameters.count)
    for (row, label) in zip(rows, labels) {
      let scores = (0..<outputs).map { output in
        parameters[outputs * columns + output]
          + (0..<columns).reduce(0) { $0 + parameters[output * columns + $1] * row[$1] }
      }
      let chances: [Double]
      if outputs == 1 {
        chances = [1 / (1 + exponential(-scores[0]))]
      } else {
        let total = scores.reduce(0) { $0 + exponential($1) }
        chances = scores.map { exponential($0) / total }
      }
      for output in 0..<outputs {
        let truth = outputs == 1 ? label : (Int(label) == output ? 1 : 0)
        let residual = (chances[output] - truth) / Double(rows.count)
        for column in 0..<columns { gradient[output * columns + column] += residual * row[column] }
        gradient[outputs * columns + output] += residual
      }
    }
    for place in 0..<outputs * columns { gradient[place] += alpha * parameters[place] }
    return gradient
  }

  /// The optimum of the penalized mean loss by plain descent with a small step, run until its
  /// gradient vanishes. Slow, and sharing no code with what is tested.
  func optimum(alpha: Double, classes: Int = 2) -> [Double] {
    let outputs = classes == 2 ? 1 : classes
    var parameters = [Double](repeating: 0, count: outputs * (columns + 1))
    for _ in 0..<100_000 {
      let gradient = gradient(parameters, alpha: alpha, classes: classes)
      if gradient.allSatisfy({ abs($0) < 1e-10 }) { break }
      for place in parameters.indices { parameters[place] -= 0.5 * gradient[place] }
    }
    return parameters
  }

  /// A classical exponential: the series on a reduced argument, squared back.
  func exponential(_ x: Double) -> Double {
    var term = 1.0
    var sum = 1.0
    let reduced = x / 1024
    for n in 1..<12 {
      term *= reduced / Double(n)
      sum += term
    }
    for _ in 0..<10 { sum *= sum }
    return sum
  }
}

extension PooledRows {
  /// The table of a party with one weight for all its rows.
  func weighted(of owner: Int, weight: Double) throws -> Table {
    let own = rows.indices.filter { owners[$0] == owner }
    var builder = TableBuilder(rows: own.count)
    builder.setLabel("y", own.map { labels[$0] })
    builder.setWeight("w", own.map { _ in weight })
    for column in 0..<columns {
      builder.addNumeric("x\(column)", own.map { rows[$0][column] })
    }
    return try Table(builder.build())
  }
}
