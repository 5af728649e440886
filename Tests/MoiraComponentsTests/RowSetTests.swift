import MoiraConfig
import MoiraCrypto
import MoiraKit
import MoiraModel
import MoiraTable
import Testing

@testable import MoiraComponents

@Suite("Sampling and uniting rows")
struct RowSetTests {
  private func table(
    _ ids: Range<Int>, levels: [String] = ["a", "b"], feature: String = "x"
  ) throws -> Table {
    let rows = ids.count
    var builder = TableBuilder(rows: rows)
    builder.setID("id", ids.map { "p\($0)" })
    builder.setLabel("y", ids.map { $0 % 4 == 0 ? 1 : 0 })
    builder.addNumeric(feature, ids.map { $0 % 7 == 0 ? .nan : Double($0) })
    builder.addCategorical(
      "site", levels: levels, codes: ids.map { Int32($0 % (levels.count + 1)) - 1 })
    return try Table(builder.build())
  }

  private func sample(
    _ table: Table, _ parameters: [(String, ConfigValue)], at party: PartyID = "hospital-a"
  ) async throws -> Table {
    let bench = PartBench(clients: party == "hospital-a" ? 1 : 2)
    let inputs = try Dictionary(
      uniqueKeysWithValues: bench.clients.map {
        ($0, ["data": try bench.put(table, port: "data", at: $0)] as PartBench.Outputs)
      })
    let outputs = try await bench.run(Sample.self, parameters, inputs: inputs)
    return try bench.get(Table.self, outputs[party]?["table"], at: party)
  }

  private func ids(_ table: Table) -> [String] {
    (0..<table.rows).map { table.id(at: $0) ?? "" }
  }

  @Test func `a share is so many rows, in their order, and stays when it grows`() async throws {
    let whole = try table(0..<500)
    let few = try await sample(whole, [("share", .double(0.2)), ("seed", .int(4))])
    let many = try await sample(whole, [("share", .double(0.5)), ("seed", .int(4))])
    #expect(few.rows == 100 && many.rows == 250)
    #expect(Set(ids(few)).isSubset(of: ids(many)))
    let places = ids(many).compactMap { Int($0.dropFirst()) }
    #expect(places == places.sorted())
    for row in 0..<many.rows {
      #expect(many.labels()![row] == (places[row] % 4 == 0 ? 1 : 0))
      let value = many.numericColumn(0)[row]
      #expect(places[row] % 7 == 0 ? value.isNaN : value == Double(places[row]))
    }
    let other = try await sample(whole, [("share", .double(0.2)), ("seed", .int(5))])
    #expect(ids(other) != ids(few))
  }

  @Test func `each label gets its own share`() async throws {
    let taken = try await sample(
      table(0..<400),
      [("shares", .map([("0", .double(0.1)), ("1", .double(0.6))]))])
    let labels = taken.labels()!
    #expect(labels.count { $0 == 0 } == 30 && labels.count { $0 == 1 } == 60)
  }

  @Test func `with replacement copies have ids of their own, and parties draw apart`() async throws
  {
    let whole = try table(0..<50)
    let parameters: [(String, ConfigValue)] = [
      ("count", .int(200)), ("replace", .bool(true)), ("seed", .int(1)),
    ]
    let first = try await sample(whole, parameters)
    #expect(first.rows == 200 && Set(ids(first)).count == 200)
    #expect(ids(first).contains { $0.hasSuffix("#2") })
    for row in 0..<first.rows {
      let id = ids(first)[row].dropFirst().prefix { $0 != "#" }
      #expect(first.labels()![row] == (Int(id)! % 4 == 0 ? 1 : 0))
    }
    let second = try await sample(whole, parameters, at: "hospital-b")
    #expect(ids(second) != ids(first))
  }

  @Test(
    arguments: [
      ([], ["share: one of 'share', 'shares' and 'count' must be given, but none is"]),
      (
        [("share", .double(0.5)), ("count", .int(3))],
        ["count: one of 'share', 'shares' and 'count' must be given, but 2 are"]
      ),
      ([("share", .double(1.5))], ["share: 'share' above 1 needs 'replace', but is 1.5"]),
      (
        [("shares", .map([("1", .double(2))]))],
        ["shares: 'shares.1' above 1 needs 'replace', but is 2"]
      ),
    ] as [([(String, ConfigValue)], [String])])
  func `sizes that do not fit are found in the parameters`(
    parameters: [(String, ConfigValue)], expected: [String]
  ) {
    #expect(findings(Sample.self, parameters) == expected)
  }

  @Test func `asking for more rows or other labels than there are fails`() async throws {
    let bench = PartBench(clients: 1)
    let input = try bench.put(table(0..<8), port: "data", at: "hospital-a")
    let inputs: [PartyID: PartBench.Outputs] = ["hospital-a": ["data": input]]
    let many = await bench.failure(Sample.self, [("count", .int(9))], inputs: inputs)
    #expect(many?.code == "split-too-few-rows")
    #expect(many?.message == "9 rows are asked for, but 8 are there")
    let wrong = await bench.failure(
      Sample.self, [("shares", .map([("2", .double(0.5))]))], inputs: inputs)
    #expect(wrong?.code == "class-unknown")
    #expect(wrong?.hint == "labels are 0, 1")
    let none = await bench.failure(Sample.self, [("share", .double(0.01))], inputs: inputs)
    #expect(none?.code == "split-empty")
  }

  @Test func `a union has the rows of both and the levels of both`() throws {
    let (first, second) = (try table(0..<30), try table(100..<150, levels: ["b", "c", "d"]))
    let both = try first.joined(with: second)
    #expect(both.rows == 80)
    #expect(ids(both) == ids(first) + ids(second))
    #expect(both.labels() == first.labels()! + second.labels()!)
    #expect(
      both.numericColumn(0).map(\.bitPattern)
        == (first.numericColumn(0) + second.numericColumn(0)).map(\.bitPattern))
    let levels = ["a", "b", "c", "d"]
    #expect(both.schema.categoricalFeatures[0].kind.levels == levels)
    let names = both.categoricalCodes(0).map { $0 < 0 ? nil : levels[Int($0)] }
    let expected =
      first.categoricalCodes(0).map { $0 < 0 ? nil : ["a", "b"][Int($0)] }
      + second.categoricalCodes(0).map { $0 < 0 ? nil : ["b", "c", "d"][Int($0)] }
    #expect(names == expected)
  }

  @Test func `a union refuses other columns and ids that come twice`() async throws {
    func failure(_ first: Table, _ second: Table) async throws -> Failure? {
      let bench = PartBench(clients: 1)
      let inputs: PartBench.Outputs = [
        "data": try bench.put(first, port: "data", at: "hospital-a"),
        "more": try bench.put(second, port: "more", at: "hospital-a"),
      ]
      return await bench.failure(Union.self, inputs: ["hospital-a": inputs])
    }
    let columns = try await failure(table(0..<5), table(5..<9, feature: "z"))
    #expect(columns?.code == "union-columns")
    #expect(
      columns?.message
        == "the tables of a union must have the same columns, but 'x' differs")
    let twice = try await failure(table(0..<5), table(4..<9))
    #expect(twice?.code == "union-ids")
    #expect(
      twice?.message == "ids must stay unique in a union, but rows 5 and 6 share one")
  }

  @Test func `a single table passes a union as it is`() async throws {
    let bench = PartBench(clients: 1)
    let input = try bench.put(table(0..<5), port: "data", at: "hospital-a")
    let outputs = try await bench.run(Union.self, inputs: ["hospital-a": ["data": input]])
    #expect(outputs["hospital-a"]?["table"]?.hash == input.hash)
  }

  @Test func `artifacts of earlier jobs come back by their hashes`() async throws {
    let bench = PartBench(clients: 1)
    let whole = try bench.put(table(0..<5), port: "table", at: "hospital-a")
    let tables = try await bench.run(
      TableReader.self, [("artifact", .string(whole.hash.text))])
    #expect(tables["hospital-a"]?["table"]?.hash == whole.hash)
    let scaler = Scaler(method: .standard, features: ["x"], shift: [1], scale: [2])
    let kept = try bench.put(scaler, port: "scaler", at: "hospital-a")
    let scalers = try await bench.run(
      ScalerReader.self, [("artifact", .string(kept.hash.text))])
    #expect(scalers["hospital-a"]?["scaler"]?.hash == kept.hash)
    let gone = await bench.failure(TableReader.self, [("artifact", .string("ff"))])
    #expect(gone?.code == "artifact-missing")
  }
}
