import MoiraConfig
import MoiraKit
import MoiraMath
import MoiraModel
import MoiraTable
import Testing

@testable import MoiraComponents

/// Components that may stay at each party: `pooled: false`.
@Suite("Nothing pooled")
struct AloneTests {
  @Test func `figures are each party's own, and no message is sent`() async throws {
    let rows = DealtColumns(seed: 21, rows: [40, 50])
    let bench = PartBench(clients: 2, arbiter: false)
    let outputs = try await bench.run(
      Statistics.self, [("pooled", .bool(false)), ("ddof", .int(1)), ("bias", .bool(true))],
      inputs: try bench.inputs(rows))
    #expect(await bench.mail.sent.isEmpty)
    for (party, client) in bench.clients.enumerated() {
      let report = try bench.get(
        StatisticsReport.self, outputs[client]?["statistics"], at: client)
      for (index, feature) in report.features.enumerated() {
        #expect(feature.pooled == nil)
        let values = rows.values[index].parts[party].filter { !$0.isNaN }
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        #expect(feature.local.count == values.count)
        // Squares of 'tiny' are below the doubles; the sum of 'constant' is rounded.
        if values.count > 1, !["tiny", "constant"].contains(feature.name), squares > 0 {
          let variance = squares / Double(values.count - 1)
          // The sum of squares by its definition loses digits where the mean is far from 0.
          #expect(abs((feature.local.variance ?? 0) / variance - 1) < 1e-6, "\(feature.name)")
        }
      }
    }
  }

  @Test(arguments: [true, false])
  func `skewness and kurtosis are those of the literature`(bias: Bool) {
    let values: [Double] = [1, 2, .nan, 3, 4, 10]
    let shape = ValueShape(values, .init(values), bias: bias)
    // n = 5, mean 4, Σd² = 50, Σd³ = 180, Σd⁴ = 1394; so g₁ = 36 / 10^1.5 and g₂ = 278.8 / 100 − 3.
    let (g1, g2) = (36 / (10 * 10.0.squareRoot()), 278.8 / 100 - 3)
    let skewness = bias ? g1 : g1 * 20.0.squareRoot() / 3
    let kurtosis = bias ? g2 : 4.0 / 6 * (6 * g2 + 6)
    #expect(abs(shape.skewness! - skewness) < 1e-12)
    #expect(abs(shape.kurtosis! - kurtosis) < 1e-12)
    #expect(shape.sum == 20)
  }

  @Test func `a constant has no shape`() {
    let shape = ValueShape([2.0, 2, 2], .init([2.0, 2, 2]), bias: true)
    #expect(shape.skewness == nil && shape.kurtosis == nil && shape.sum == 6)
  }

  @Test(arguments: ["standard", "min_max"])
  func `each party scales by its own rows, and no message is sent`(method: String) async throws {
    let rows = DealtColumns(seed: 22, rows: [60, 45])
    let bench = PartBench(clients: 2, arbiter: false)
    // Squares of 'tiny' are below the doubles.
    let kept = rows.names.filter { !["far", "tiny"].contains($0) }
    let outputs = try await bench.run(
      FeatureScale.self,
      [
        ("pooled", .bool(false)), ("method", .string(method)),
        ("scale_col", .list(kept.map { .string($0) })),
      ], inputs: try bench.inputs(rows))
    #expect(await bench.mail.sent.isEmpty)
    for client in bench.clients {
      let table = try bench.get(Table.self, outputs[client]?["table"], at: client)
      for name in kept {
        let values = try #require(table.numericColumn(named: name)).filter { !$0.isNaN }
        guard Set(values).count > 1 else { continue }
        if method == "standard" {
          let mean = values.reduce(0, +) / Double(values.count)
          #expect(abs(mean) < 1e-6, "\(name)")
          let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
          #expect(abs(variance - 1) < 1e-6, "\(name)")
        } else {
          #expect(abs(values.min()!) < 1e-9 && abs(values.max()! - 1) < 1e-9, "\(name)")
        }
      }
    }
  }

  @Test func `a strict scaler moves later values to the ends of the range`() throws {
    var builder = TableBuilder(rows: 4)
    builder.addNumeric("x", [-10, 5, 30, .nan])
    let table = try Table(builder.build())
    let loose = Scaler(method: .minMax, features: ["x"], shift: [0], scale: [20])
    let strict = Scaler(
      method: .minMax, features: ["x"], shift: [0], scale: [20], range: .all([0, 1]))
    #expect(try loose.applied(to: table).numericColumn(0).prefix(3) == [-0.5, 0.25, 1.5])
    let values = try strict.applied(to: table).numericColumn(0)
    #expect(values.prefix(3) == [0, 0.25, 1] && values[3].isNaN)
  }

  @Test func `a scaler made with strict_range keeps the range`() async throws {
    let rows = DealtColumns(seed: 23, rows: [60])
    let bench = PartBench(clients: 1, arbiter: false)
    let name = try #require(
      rows.names.first { $0 != "far" && $0 != "constant" && $0 != "zero" })
    let outputs = try await bench.run(
      FeatureScale.self,
      [
        ("pooled", .bool(false)), ("method", .string("min_max")), ("strict_range", .bool(true)),
        ("scale_col", .list([.string(name)])),
        ("feature_range", .list([.double(-1), .double(2)])),
      ], inputs: try bench.inputs(rows))
    let scaler = try bench.get(
      Scaler.self, outputs["hospital-a"]?["scaler"], at: "hospital-a")
    #expect(scaler.range == .all([-1, 2]))
    #expect(
      findings(FeatureScale.self, [("strict_range", .bool(true))])
        == ["strict_range: 'strict_range' goes with 'method: min_max' only"])
  }

  @Test func `columns that are left out are not summed up`() async throws {
    let rows = DealtColumns(seed: 24, rows: [30])
    let bench = PartBench(clients: 1, arbiter: false)
    let skipped = rows.names[0]
    let outputs = try await bench.run(
      Statistics.self,
      [("pooled", .bool(false)), ("skip_col", .list([.string(skipped)]))],
      inputs: try bench.inputs(rows))
    let report = try bench.get(
      StatisticsReport.self, outputs["hospital-a"]?["statistics"], at: "hospital-a")
    #expect(report.features.map(\.name) == Array(rows.names.dropFirst()))
    let wrong = await bench.failure(
      Statistics.self, [("pooled", .bool(false)), ("skip_col", .list([.string("nowhere")]))],
      inputs: try bench.inputs(rows))
    #expect(wrong?.code == "no-such-feature")
  }

  @Test func `a party evaluates its own rows, and no message is sent`() async throws {
    let rows = PooledRows(seed: 25, parties: 2)
    let bench = PartBench(clients: 2, arbiter: false)
    let model = LogisticModel(
      features: (0..<4).map { "x\($0)" }, labelName: "y", classes: ["0", "1"],
      weights: [[0.5, -0.5, 0.25, 0]], intercepts: [0.1], scaling: nil, hyperParameters: [:],
      history: [], keptRound: 0, rows: 0)
    var inputs: [PartyID: PartBench.Outputs] = [:]
    for (owner, client) in bench.clients.enumerated() {
      inputs[client] = [
        "data": try bench.put(rows.table(of: owner), port: "data", at: client),
        "model": try bench.put(model, port: "model", at: client),
      ]
    }
    let outputs = try await bench.run(Evaluator.self, [("pooled", .bool(false))], inputs: inputs)
    #expect(await bench.mail.sent.isEmpty)
    for (owner, client) in bench.clients.enumerated() {
      let report = try bench.get(EvaluationReport.self, outputs[client]?["metrics"], at: client)
      #expect(report.pooled == nil)
      var right = 0
      var count = 0
      for (place, row) in rows.rows.enumerated() where rows.owners[place] == owner {
        let score = 0.1 + 0.5 * row[0] - 0.5 * row[1] + 0.25 * row[2]
        right += (score >= 0) == (rows.labels[place] == 1) ? 1 : 0
        count += 1
      }
      let accuracy = try #require(report.own.federated.values["accuracy"])
      #expect(abs(accuracy - Double(right) / Double(count)) < 1e-12)
    }
  }
}
