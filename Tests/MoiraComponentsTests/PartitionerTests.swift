import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraTable
import Testing

@testable import MoiraComponents

@Suite("Splitting rows")
struct PartitionerTests {
  private func table(_ rows: Int, from first: Int = 0, labels: Bool = true) throws -> Table {
    var builder = TableBuilder(rows: rows)
    builder.setID("id", (first..<first + rows).map { "p\($0)" })
    if labels { builder.setLabel("y", (0..<rows).map { $0 % 4 == 0 ? 1 : 0 }) }
    builder.addNumeric("x", (0..<rows).map(Double.init))
    return try Table(builder.build())
  }

  /// The ids of each side that was written.
  private func split(
    _ table: Table, _ parameters: [(String, ConfigValue)]
  ) async throws -> [PortName: Set<String>] {
    let bench = PartBench(clients: 1)
    let input = try bench.put(table, port: "data", at: "hospital-a")
    let outputs = try await bench.run(
      Partitioner.self, parameters, inputs: ["hospital-a": ["data": input]])
    return try (outputs["hospital-a"] ?? [:]).mapValues { reference in
      let side = try bench.get(Table.self, reference, at: "hospital-a")
      return Set((0..<side.rows).compactMap { side.id(at: $0) })
    }
  }

  @Test func `a share goes to test and the rest to training`() async throws {
    let sides = try await split(table(2000), [("test", .double(0.3)), ("seed", .int(7))])
    #expect(Set(sides.keys) == ["train", "test"])
    let (train, test) = (sides["train"] ?? [], sides["test"] ?? [])
    #expect(train.isDisjoint(with: test) && train.count + test.count == 2000)
    // Binomial with σ = 20.5: 7 σ, false alarm below 10⁻⁹ if the seed were not fixed.
    #expect(abs(test.count - 600) < 144)
  }

  @Test func `a row never changes side when rows are added`() async throws {
    let parameters: [(String, ConfigValue)] = [
      ("test", .double(0.2)), ("validate", .double(0.2)), ("seed", .int(-3)),
    ]
    let few = try await split(table(300), parameters)
    let many = try await split(table(900), parameters)
    for (port, ids) in few { #expect(ids.isSubset(of: many[port] ?? [])) }
    #expect(few.count == 3)
  }

  @Test func `stratified sides have the classes' shares`() async throws {
    let table = try table(400)
    let sides = try await split(table, [("test", .double(0.25)), ("stratified", .bool(true))])
    let sick = Set((0..<400).filter { $0 % 4 == 0 }.map { "p\($0)" })
    #expect(sides["test"]?.count == 100)
    #expect(sides["test"]?.intersection(sick).count == 25)
  }

  @Test func `counts are kept to the row`() async throws {
    let sides = try await split(
      table(100), [("test", .double(10)), ("validate", .double(5)), ("train", .double(50))])
    #expect(sides.mapValues(\.count) == ["train": 50, "validate": 5, "test": 10])
  }

  @Test(arguments: [false, true])
  func `each row is in one fold's test`(stratified: Bool) async throws {
    var seen: [String] = []
    for fold in 0..<5 {
      let sides = try await split(
        table(103),
        [("folds", .int(5)), ("fold", .int(fold)), ("stratified", .bool(stratified))])
      #expect(sides["train"]?.isDisjoint(with: sides["test"] ?? []) == true)
      #expect((sides["train"]?.count ?? 0) + (sides["test"]?.count ?? 0) == 103)
      seen += sides["test"] ?? []
    }
    #expect(seen.count == 103 && Set(seen).count == 103)
  }

  @Test(
    arguments: [
      ([], "test: one of 'test', 'validate' and 'folds' must be given, but none is"),
      (
        [("test", .double(0.3)), ("train", .double(20))],
        "test: shares and numbers of rows cannot be mixed, but 'test' is a share"
      ),
      (
        [("test", .double(0.6)), ("train", .double(0.6))],
        "test: shares must sum to at most 1, but train + test is more"
      ),
      (
        [("test", .double(2.5))],
        "test: 'test' must be a share below 1 or a whole number of rows, but is 2.5"
      ),
      (
        [("folds", .int(3)), ("fold", .int(3))],
        "fold: 'fold' must be less than 'folds', but is 3 of 3"
      ),
      ([("folds", .int(3))], "folds: 'folds' needs 'fold': which one is for testing"),
      (
        [("test", .double(5)), ("stratified", .bool(true))],
        "stratified: 'stratified' needs shares, but 'test' is a count"
      ),
    ] as [([(String, ConfigValue)], String)])
  func `sizes that contradict each other are found`(
    parameters: [(String, ConfigValue)], words: String
  ) {
    #expect(findings(Partitioner.self, parameters) == [words])
  }

  @Test func `what the rows do not allow fails by name`() async throws {
    func code(_ table: Table, _ parameters: [(String, ConfigValue)]) async throws -> String? {
      do {
        _ = try await split(table, parameters)
        return nil
      } catch { return (error as? Failure)?.code }
    }
    let stratified: [(String, ConfigValue)] = [("test", .double(0.3)), ("stratified", .bool(true))]
    #expect(try await code(table(9, labels: false), stratified) == "label-missing")
    #expect(try await code(table(9), [("test", .double(10))]) == "split-too-few-rows")
    #expect(try await code(table(9), [("test", .double(9))]) == "split-empty")
  }
}
