import Foundation
import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraTable
import Testing

@testable import MoiraComponents

@Suite("Scaling features")
struct FeatureScaleTests {
  private func scale(
    _ rows: DealtColumns, _ parameters: [(String, ConfigValue)] = []
  ) async throws -> (scaler: Scaler, tables: [Table]) {
    let bench = PartBench(clients: 3)
    let outputs = try await bench.run(
      FeatureScale.self, parameters, inputs: bench.inputs(rows))
    #expect(outputs["hub"]?.isEmpty == true)
    #expect(Set(bench.clients.map { outputs[$0]?["scaler"]?.hash }).count == 1)
    let scaler = try bench.get(
      Scaler.self, outputs["hospital-a"]?["scaler"], at: "hospital-a")
    let tables = try bench.clients.map {
      try bench.get(Table.self, outputs[$0]?["table"], at: $0)
    }
    return (scaler, tables)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `standard scaling is that of the pooled rows`(seed: UInt64) async throws {
    let rows = DealtColumns(seed: seed, rows: [700, 40, 333])
    let (scaler, tables) = try await scale(rows)
    #expect(scaler.features == rows.names)
    for (index, name) in rows.names.enumerated() {
      let (mean, deviation) = rows.moments(name)
      // Both sides add some thousand doubles; the sums resolve 2⁻⁵¹ of the deviation.
      #expect(abs(scaler.shift[index] - mean) <= 1e-13 * max(deviation, abs(mean)), "\(name)")
      if ["constant", "zero"].contains(name) {
        #expect(scaler.scale[index] == 1, "\(name)")
      } else {
        #expect(abs(scaler.scale[index] - deviation) <= 1e-12 * deviation, "\(name)")
      }
      for (party, table) in tables.enumerated() {
        let expected = rows.values[index].parts[party].map {
          ($0 - scaler.shift[index]) / scaler.scale[index]
        }
        #expect(
          table.numericColumn(index).map(\.bitPattern)
            == expected.map { $0.isNaN ? Table.missing.bitPattern : $0.bitPattern })
      }
    }
  }

  @Test func `min-max scaling puts the pooled extremes at the range's ends`() async throws {
    var rows = DealtColumns(seed: 4, rows: [100, 200, 50])
    rows.values.removeAll { $0.name == "far" }
    let (scaler, tables) = try await scale(rows, [("method", .string("min_max"))])
    for (index, name) in rows.names.enumerated() {
      let pooled = rows.pooled(name)
      #expect(scaler.shift[index] == pooled.min())
      let all = tables.flatMap { $0.numericColumn(index) }.filter { !$0.isNaN }
      #expect(all.min() == 0)
      #expect(all.max() == (["constant", "zero"].contains(name) ? 0 : 1))
    }
    let other = try await scale(
      rows,
      [("method", .string("min_max")), ("feature_range", .list([.double(-1), .double(1)]))])
    let usual = other.tables.flatMap { $0.numericColumn(0) }
    #expect(abs((usual.min() ?? 0) + 1) < 1e-15 && abs((usual.max() ?? 0) - 1) < 1e-15)
  }

  /// Alike whether the sums are masked or in the open; the closed form is of the pooled rows.
  @Test(arguments: ["secure_aggregation", "none"])
  func `each feature goes to its own range, and those without one to the usual`(
    method: String
  ) async throws {
    var rows = DealtColumns(seed: 11, rows: [60, 70, 80])
    rows.values.removeAll { ["far", "holes"].contains($0.name) }
    let bench = PartBench(clients: 3)
    let keys = try await bench.run(Encryptor.self, [("method", .string(method))])
    var inputs = try bench.inputs(rows)
    for member in bench.members {
      inputs[member.party, default: [:]]["protection"] = keys[member.party]?["protection"]
    }
    let ranges = ["usual": [-1.0, 1], "negative": [10, 30]]
    let outputs = try await bench.run(
      FeatureScale.self,
      [
        ("method", .string("min_max")), ("feature_range", ranges.parameter),
        ("strict_range", .bool(true)),
      ], inputs: inputs)
    for (party, client) in bench.clients.enumerated() {
      let table = try bench.get(Table.self, outputs[client]?["table"], at: client)
      for (index, name) in rows.names.enumerated() {
        let pooled = rows.pooled(name)
        let (low, high) = (pooled.min()!, pooled.max()!)
        let range = ranges[name] ?? [0, 1]
        let expected = rows.values[index].parts[party].map { value in
          range[0] + (high > low ? (value - low) / (high - low) * (range[1] - range[0]) : 0)
        }
        for (value, wanted) in zip(table.numericColumn(index), expected) {
          // A few roundings, each at most 2⁻⁵³ of numbers up to 60: 500 lies about 30 from the ends.
          #expect(abs(value - wanted) <= 1e-12, "\(name)")
          #expect(value >= range[0] && value <= range[1])
        }
      }
    }
    let scaler = try bench.get(Scaler.self, outputs["hospital-a"]?["scaler"], at: "hospital-a")
    #expect(try Scaler(artifact: scaler.artifactBytes()) == scaler)
    #expect(scaler.range == .each(rows.names.map { ranges[$0] ?? [0, 1] }))
  }

  @Test func `places count the features, in the table's order, wherever the party is`() async throws
  {
    let rows = DealtColumns(seed: 12, rows: [30, 20, 10])
    let byPlace = try await scale(rows, [("scale_idx", .list([.int(8), .int(0), .int(0)]))])
    let byName = try await scale(
      rows, [("scale_col", .list([.string("usual"), .string("outlier")]))])
    #expect(byPlace.scaler == byName.scaler && byPlace.scaler.features == ["usual", "outlier"])
    let alone = PartBench(clients: 2, arbiter: false)
    let outputs = try await alone.run(
      FeatureScale.self, [("pooled", .bool(false)), ("scale_idx", .list([.int(6)]))],
      inputs: try alone.inputs(rows))
    let own = try alone.get(Scaler.self, outputs["hospital-b"]?["scaler"], at: "hospital-b")
    #expect(own.features == ["negative"])
  }

  @Test func `places and names that the table has not are refused by name at all parties`()
    async throws
  {
    let rows = DealtColumns(seed: 13, rows: [9, 9, 9])
    let bench = PartBench(clients: 3)
    let inputs = try bench.inputs(rows)
    let beyond = await bench.failure(
      FeatureScale.self, [("scale_idx", .list([.int(1), .int(9)]))], inputs: inputs)
    #expect(beyond?.code == "no-such-feature")
    #expect(beyond?.message == "'scale_idx' has the place 9, but the table has 9 features")
    // Messages that nobody took any more stay in a bench.
    let other = PartBench(clients: 3)
    let misspelt = await other.failure(
      FeatureScale.self,
      [("method", .string("min_max")), ("feature_range", ["usal": [0.0, 2]].parameter)],
      inputs: try other.inputs(rows))
    #expect(misspelt?.message == "'usal' of 'feature_range' is not a numeric feature")
    #expect(misspelt?.hint == "did you mean 'usual'?")
    var builder = TableBuilder(rows: 2)
    builder.addNumeric("x", [1, 2])
    builder.addCategorical("city", levels: ["a", "b"], codes: [0, 1])
    let table = try Table(builder.build())
    let single = PartBench(clients: 1, arbiter: false)
    let given = try single.put(table, port: "data", at: "hospital-a")
    let text = await single.failure(
      FeatureScale.self, [("pooled", .bool(false)), ("scale_idx", .list([.int(1)]))],
      inputs: ["hospital-a": ["data": given]])
    #expect(text?.message == "'scale_idx' has 1, but 'city' there is not a numeric feature")
  }

  /// As many columns at each, so that the sums themselves would not notice.
  @Test(arguments: [
    [("scale_idx", ConfigValue.list([.int(1)]))], [("missing", .string("mean"))],
  ])
  func `parties that would add up different columns or figures are refused`(
    own: [(String, ConfigValue)]
  ) async throws {
    let rows = DealtColumns(seed: 15, rows: [9, 9, 9])
    let bench = PartBench(clients: 3)
    let failure = await bench.failure(
      FeatureScale.self, [("scale_idx", .list([.int(0)]))], at: ["hospital-c": own],
      inputs: try bench.inputs(rows))
    #expect(failure?.code == "terms-mismatch")
    #expect(await bench.mail.sent.count == 6)
  }

  @Test func `ranges that no scaled feature uses are told`() async throws {
    let rows = DealtColumns(seed: 14, rows: [9, 9, 9])
    let bench = PartBench(clients: 3)
    _ = try await bench.run(
      FeatureScale.self,
      [
        ("method", .string("min_max")), ("scale_idx", .list([.int(0)])),
        ("feature_range", ["usual": [0.0, 2], "zero": [0, 3]].parameter),
      ], inputs: try bench.inputs(rows))
    let warning = "'feature_range' has 'zero', which 'scale_idx' leaves out"
    #expect(bench.logs.contains(.log(.warning, warning)))
  }

  @Test func `a strict scaler keeps later values in each feature's own range`() throws {
    var builder = TableBuilder(rows: 3)
    builder.addNumeric("x", [-10, 5, 30])
    builder.addNumeric("y", [-10, 5, .nan])
    let table = try Table(builder.build())
    let scaler = Scaler(
      method: .minMax, features: ["y", "x"], shift: [0, 0], scale: [10, 20],
      range: .each([[0, 2], [-1, 1]]))
    let scaled = try scaler.applied(to: table)
    #expect(scaled.numericColumn(0) == [-0.5, 0.25, 1])
    #expect(scaled.numericColumn(1).prefix(2) == [0, 0.5] && scaled.numericColumn(1)[2].isNaN)
    let short = Scaler(
      method: .minMax, features: ["y", "x"], shift: [0, 0], scale: [10, 20], range: .each([[0, 2]]))
    #expect(throws: Failure.self) { try short.applied(to: table) }
  }

  @Test func `one range is written as it was before there were ranges by feature`() throws {
    let scaler = Scaler(
      method: .minMax, features: ["a"], shift: [0], scale: [1], range: .all([0, 1]))
    let text = String(decoding: try scaler.readableJSON(), as: UTF8.self)
      .filter { !$0.isWhitespace }
    #expect(text.contains("\"range\":[0,1]"))
    #expect(try Scaler(artifact: scaler.artifactBytes()) == scaler)
  }

  @Test func `parameters that contradict one another are found before anything runs`() {
    func found(_ parameters: [(String, ConfigValue)]) -> [String] {
      findings(FeatureScale.self, parameters)
    }
    let range = ("method", ConfigValue.string("min_max"))
    #expect(
      found([("scale_col", .list([.string("a")])), ("scale_idx", .list([.int(0)]))])
        == ["scale_idx: one of 'scale_col' and 'scale_idx' may be given, but both are"])
    #expect(
      found([range, ("feature_range", ["a": [0.0, 1], "b": [1, 0]].parameter)])
        == ["feature_range: 'feature_range.b' must be two numbers, the less one first"])
    #expect(
      found([
        range, ("scale_col", .list([.string("a")])), ("feature_range", ["b": [0.0, 2]].parameter),
      ]) == ["feature_range: 'feature_range' has 'b', which 'scale_col' leaves out"])
    #expect(
      found([("feature_range", ["b": [0.0, 2]].parameter)])
        == ["feature_range: 'feature_range' goes with 'method: min_max' only"])
  }

  @Test(arguments: ["standard", "min_max"])
  func `missing values stay or become the pooled mean`(method: String) async throws {
    let rows = DealtColumns(seed: 5, rows: [90, 80, 70])
    let parameters: [(String, ConfigValue)] = [
      ("method", .string(method)), ("scale_col", .list([.string("holes")])),
    ]
    let kept = try await scale(rows, parameters)
    let place = try #require(rows.names.firstIndex(of: "holes"))
    #expect(kept.scaler.features == ["holes"] && kept.scaler.fill == nil)
    #expect(kept.tables[0].missingCount(place) > 0)
    #expect(kept.tables[1].numericColumn(0) == rows.values[0].parts[1])
    let filled = try await scale(rows, parameters + [("missing", .string("mean"))])
    #expect(filled.tables.allSatisfy { $0.missingCount(place) == 0 })
    let fill = try #require(filled.scaler.fill?.first)
    #expect(abs(fill - rows.moments("holes").mean) < 1e-12)
    let all = filled.tables.flatMap { $0.numericColumn(place) }
    if method == "standard" { #expect(abs(all.reduce(0, +)) / Double(all.count) < 1e-12) }
  }

  @Test func `a feature without any value is left alone`() async throws {
    var rows = DealtColumns(seed: 6, rows: [5, 6, 7])
    rows.values = [("empty", [5, 6, 7].map { [Double](repeating: .nan, count: $0) })]
    for method in ["standard", "min_max"] {
      let (scaler, _) = try await scale(rows, [("method", .string(method))])
      #expect(scaler.shift == [0] && scaler.scale == [1])
    }
  }

  @Test func `a given scaler is applied, and nothing is summed`() async throws {
    let bench = PartBench(clients: 3)
    let given = Scaler(method: .standard, features: ["usual"], shift: [3], scale: [2])
    let rows = DealtColumns(seed: 7, rows: [10, 20, 30])
    var inputs = try bench.inputs(rows)
    for party in bench.clients {
      inputs[party]?["given_scaler"] = try bench.put(given, port: "scaler", at: party)
    }
    let outputs = try await bench.run(FeatureScale.self, inputs: inputs)
    let table = try bench.get(Table.self, outputs["hospital-b"]?["table"], at: "hospital-b")
    #expect(table.numericColumn(0) == rows.values[0].parts[1].map { ($0 - 3) / 2 })
    #expect(table.numericColumn(1) == rows.values[1].parts[1])
    #expect(await bench.mail.sent.count == 6)

    let other = Scaler(method: .standard, features: ["usual"], shift: [4], scale: [2])
    inputs["hospital-c"]?["given_scaler"] = try bench.put(other, port: "scaler", at: "hospital-c")
    #expect(await bench.failure(FeatureScale.self, inputs: inputs)?.code == "terms-mismatch")
  }

  @Test func `masked and unmasked sums give the same bytes`() async throws {
    let rows = DealtColumns(seed: 8, rows: [40, 30, 20])
    var hashes: Set<ContentHash?> = []
    for method in ["secure_aggregation", "none"] {
      let bench = PartBench(clients: 3)
      let keys = try await bench.run(Encryptor.self, [("method", .string(method))])
      var inputs = try bench.inputs(rows)
      for member in bench.members {
        inputs[member.party, default: [:]]["protection"] = keys[member.party]?["protection"]
      }
      let outputs = try await bench.run(FeatureScale.self, inputs: inputs)
      hashes.insert(outputs["hospital-c"]?["scaler"]?.hash)
    }
    #expect(hashes.count == 1)
  }

  @Test func `what reaches the arbiter differs from run to run`() async throws {
    let rows = DealtColumns(seed: 9, rows: [40, 30, 20])
    var uploads: [[[UInt8]]] = []
    for _ in 0..<2 {
      let bench = PartBench(clients: 3)
      _ = try await bench.run(FeatureScale.self, inputs: bench.inputs(rows))
      // The schema crosses in the open; uploads of sums are the messages behind it.
      uploads.append(await bench.mail.sent.filter { $0.to == "hub" }.map(\.bytes))
    }
    let schemas = Set(uploads[0]).intersection(uploads[1])
    #expect(schemas.count == 1)
    #expect(uploads[0].count > 20)
  }

  @Test func `keys are in the order of the doubles, and bound them`() {
    let key = OrderKey.key(1.5)
    #expect(OrderKey.value(key) == 1.5)
    let ordered: [Double] = [
      -1e300, -1, -Double.leastNonzeroMagnitude, 0, Double.leastNonzeroMagnitude, 0.1, 2, 1e300,
    ]
    #expect(ordered.map(OrderKey.key) == ordered.map(OrderKey.key).sorted())
    #expect(OrderKey.key(-0.0) == OrderKey.key(0.0))
    for value in ordered {
      let exponent = OrderKey.exponent(ofPrefix: OrderKey.key(value) >> 52)
      let bound = Double(sign: .plus, exponent: -exponent, significand: value.magnitude)
      #expect(bound < 1)
      #expect(OrderKey.value(OrderKey.key(value)) == value)
    }
  }

  @Test func `values and names that cannot be scaled fail by name`() async throws {
    var rows = DealtColumns(seed: 10, rows: [9, 9, 9])
    let bench = PartBench(clients: 3)
    let misspelt: [(String, ConfigValue)] = [("scale_col", .list([.string("usal")]))]
    let failure = await bench.failure(
      FeatureScale.self, misspelt, inputs: try bench.inputs(rows))
    #expect(failure?.message == "'usal' of 'scale_col' is not a numeric feature")
    #expect(failure?.hint == "did you mean 'usual'?")
    rows.values[0].parts[1][3] = .infinity
    let fresh = PartBench(clients: 3)
    let infinite = await fresh.failure(FeatureScale.self, inputs: try fresh.inputs(rows))
    #expect(infinite?.code == "value-not-finite")
    let scaler = Scaler(method: .standard, features: ["other"], shift: [0], scale: [1])
    let table = try DealtColumns(seed: 1, rows: [4]).table(0)
    #expect(throws: Failure.self) { try scaler.applied(to: table) }
    #expect(
      findings(FeatureScale.self, [("feature_range", .list([.double(1), .double(0)]))])
        == ["feature_range: 'feature_range' must be two numbers, the less one first"])
  }

  @Test func `a scaler reads back as it was written`() throws {
    let scaler = Scaler(
      method: .minMax, features: ["a"], shift: [0.1], scale: [1e-9], fill: [.nan])
    let back = try Scaler(artifact: scaler.artifactBytes())
    #expect(back.fill?.first?.isNaN == true && back.shift == [0.1] && back.method == .minMax)
  }
}
