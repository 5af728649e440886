import MoiraKit
import MoiraModel
import MoiraTable

@testable import MoiraComponents

/// Columns that are hard to sum up, dealt out to parties.
struct DealtColumns {
  /// By feature, then by party.
  var values: [(name: String, parts: [[Double]])]

  /// - Parameter parties: rows of each party.
  init(seed: UInt64, rows parties: [Int]) {
    var generator = SeededGenerator(seed: seed)
    func column(_ name: String, _ value: (Double, Int) -> Double) -> (String, [[Double]]) {
      (
        name,
        parties.enumerated().map { party, rows in
          (0..<rows).map { _ in
            // A sum of twelve: nearly normal, and bounded.
            value((0..<12).reduce(-6) { sum, _ in sum + generator.unit() }, party)
          }
        }
      )
    }
    values = [
      column("usual") { normal, party in 3 + 2 * normal + Double(party) },
      column("far") { normal, _ in 1e9 + normal },
      column("tiny") { normal, _ in 1e-200 * normal },
      column("huge") { normal, _ in 1e150 * normal },
      column("constant") { _, _ in 0.1 },
      column("zero") { _, _ in 0 },
      column("negative") { normal, _ in -500 - normal },
      column("holes") { normal, party in abs(normal) < 0.4 ? .nan : normal * Double(party + 1) },
      column("outlier") { normal, party in normal > 2 ? 1e6 : normal },
    ]
  }

  var names: [String] { values.map(\.name) }

  func table(_ party: Int) throws -> Table {
    var builder = TableBuilder(rows: values[0].parts[party].count)
    for column in values { builder.addNumeric(column.name, column.parts[party]) }
    return try Table(builder.build())
  }

  /// All values of a feature that are there.
  func pooled(_ name: String) -> [Double] {
    (values.first { $0.name == name }?.parts ?? []).flatMap { $0 }.filter { !$0.isNaN }
  }

  /// Mean and deviation (divisor n) in two passes, the mean mended by what its rounding left.
  func moments(_ name: String) -> (mean: Double, deviation: Double) {
    let pooled = pooled(name)
    let count = Double(pooled.count)
    let greatest = pooled.map(\.magnitude).max() ?? 0
    guard greatest > 0 else { return (0, 0) }
    // A power of two, so that nothing is rounded.
    let unit = Double(sign: .plus, exponent: greatest.exponent, significand: 1)
    let scaled = pooled.map { $0 / unit }
    let rough = scaled.reduce(0, +) / count
    let mean = rough + scaled.reduce(0) { $0 + ($1 - rough) } / count
    let variance = scaled.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    return (mean * unit, variance.squareRoot() * unit)
  }
}

extension PartBench {
  /// Puts each party's rows at the port `data`.
  func inputs(_ rows: DealtColumns) throws -> [PartyID: Outputs] {
    var inputs: [PartyID: Outputs] = [:]
    for (index, party) in clients.enumerated() {
      inputs[party] = ["data": try put(rows.table(index), port: "data", at: party)]
    }
    return inputs
  }
}
