import MoiraModel
import Testing

@testable import MoiraTable

struct TableTests {
  @Test(arguments: [0, 1, 511, 512, 513, 1300])
  func `columns come back as they were given`(rows: Int) throws {
    var generator = SeededGenerator(seed: UInt64(rows))
    let one = (0..<rows).map { _ in generator.unit() }
    let two = (0..<rows).map { Double($0) }
    var builder = TableBuilder(rows: rows)
    builder.addNumeric("one", one)
    builder.addNumeric("two", two)
    builder.setID("id", (0..<rows).map(String.init))
    let table = try Table(try builder.build())
    #expect(table.rows == rows)
    #expect(table.numericFeatures == ["one", "two"])
    #expect(table.numericColumn(0) == one)
    #expect(table.numericColumn(named: "two") == two)
    #expect(table.numericColumn(named: "three") == nil)
    #expect(table.labels() == nil)
    #expect(table.weights() == nil)
    #expect((0..<rows).map { table.id(at: $0) } == (0..<rows).map(String.init))
  }

  @Test func `element (i, j) lies where the format says, and the padding is zero`() throws {
    let rows = 700
    var builder = TableBuilder(rows: rows)
    for j in 0..<3 { builder.addNumeric("x\(j)", (0..<rows).map { Double($0 * 10 + j) }) }
    let table = try Table(try builder.build())
    table.withNumericBlocks { blocks in
      #expect(blocks.count == 2 * 512 * 3)
      for i in 0..<1024 {
        for j in 0..<3 {
          let value = blocks[(i / 512) * 512 * 3 + j * 512 + i % 512]
          #expect(value == (i < rows ? Double(i * 10 + j) : 0))
        }
      }
    }
  }

  @Test func `every missing number is one bit pattern, and is counted`() throws {
    var builder = TableBuilder(rows: 4)
    builder.addNumeric(
      "x", [1, .nan, Double(bitPattern: 0xFFF8_0000_0000_0001), .signalingNaN])
    builder.addNumeric("y", [1, 2, 3, 4])
    let table = try Table(try builder.build())
    #expect(
      table.numericColumn(0).dropFirst().allSatisfy { $0.bitPattern == 0x7FF8_0000_0000_0000 })
    #expect(table.missingCount(0) == 3)
    #expect(table.missingCount(1) == 0)
  }

  @Test func `selecting takes the rows in their new order`() throws {
    let table = try mixedTable(rows: 1500)
    var generator = SeededGenerator(seed: 4)
    let chosen = Array((0..<1500).shuffled(using: &generator).prefix(1100))
    let picked = try Table(table.selecting(rows: chosen))
    #expect(picked.schema == table.schema)
    #expect((0..<1100).map { picked.id(at: $0) } == chosen.map { table.id(at: $0) })
    for column in table.numericFeatures.indices {
      let all = table.numericColumn(column)
      let some = picked.numericColumn(column)
      #expect(some.map(\.bitPattern) == chosen.map { all[$0].bitPattern })
      #expect(picked.missingCount(column) == some.count(where: \.isNaN))
    }
    let labels = try #require(table.labels())
    #expect(picked.labels()?.map(\.bitPattern) == chosen.map { labels[$0].bitPattern })
    let weights = try #require(table.weights())
    #expect(picked.weights() == chosen.map { weights[$0] })
    for column in 0..<2 {
      let codes = table.categoricalCodes(column)
      #expect(picked.categoricalCodes(column) == chosen.map { codes[$0] })
    }
    #expect(sameBytes(table.selecting(rows: chosen, workers: fourWorkers), picked.owner))
    #expect(sameBytes(table.selecting(rows: Array(0..<1500)), table.owner))
  }

  @Test func `an empty selection is a table without rows`() throws {
    let table = try Table(try mixedTable(rows: 9).selecting(rows: []))
    #expect(table.rows == 0)
    #expect(table.labels() == [])
    #expect(table.numericColumn(0) == [])
  }

  @Test func `replacing numbers changes them alone, and counts the missing anew`() throws {
    let table = try mixedTable(rows: 1100)
    func fill(_ column: Int, _ first: Int, _ values: UnsafeMutableBufferPointer<Double>) {
      for index in values.indices where values[index].isNaN {
        values[index] = column == 1 ? .signalingNaN : Double(first + index)
      }
    }
    let image = table.replacingNumeric(workers: fourWorkers, fill)
    let filled = try Table(image)
    let before = table.numericColumn(0)
    let expected = before.enumerated().map { $0.element.isNaN ? Double($0.offset) : $0.element }
    #expect(filled.numericColumn(0) == expected)
    #expect(filled.missingCount(0) == 0)
    #expect(filled.missingCount(1) == table.missingCount(1))
    #expect(filled.id(at: 7) == table.id(at: 7))
    #expect(sameBytes(table.replacingNumeric { _, _, _ in }, table.owner))
  }

  @Test func `recoding follows the levels' texts`() throws {
    var builder = TableBuilder(rows: 4)
    builder.setLabel("y", [1, 0, .nan, 1], kind: .categorical(levels: ["b", "d"]))
    builder.addCategorical("c", levels: ["f", "h"], codes: [0, 1, -1, 1])
    let table = try Table(try builder.build())
    var target = table.schema
    target.label?.kind = .categorical(levels: ["a", "b", "c", "d"])
    target.features[0].kind = .categorical(levels: ["h", "x"])
    let recoded = try Table(table.recoded(to: target))
    #expect(recoded.schema == target)
    #expect(recoded.categoricalCodes(0) == [-1, 0, -1, 0])
    let labels = try #require(recoded.labels())
    #expect(labels.map { $0.isNaN ? -1 : $0 } == [3, 1, -1, 3])
  }

  @Test func `columns that make no table are refused`() {
    func error(_ fill: (inout TableBuilder) -> Void) -> TableBuildError? {
      var builder = TableBuilder(rows: 2)
      fill(&builder)
      do {
        _ = try builder.build()
        return nil
      } catch {
        return error
      }
    }
    #expect(error { _ in } == nil)
    #expect(error { $0.addNumeric("x", [1]) } == .rowCount(column: "x", expected: 2, found: 1))
    #expect(error { $0.setID("i", []) } == .rowCount(column: "i", expected: 2, found: 0))
    #expect(error { $0.setID("i", ["a", "a"]) } == .duplicateID(first: 0, second: 1))
    #expect(
      error {
        $0.addNumeric("x", [1, 2])
        $0.setWeight("x", [1, 2])
      } == .duplicateColumn("x"))
    #expect(error { $0.setWeight("w", [1, -1]) } == .wrongWeight(row: 1))
    #expect(error { $0.setWeight("w", [.nan, 1]) } == .wrongWeight(row: 0))
    #expect(
      error { $0.addCategorical("c", levels: ["a"], codes: [0, 1]) }
        == .codeOutOfRange(column: "c", row: 1))
    #expect(
      error { $0.addCategorical("c", levels: ["a", "a"], codes: [0, 1]) }
        == .duplicateLevel(column: "c"))
    #expect(
      error { $0.setLabel("y", [0, 0.5], kind: .categorical(levels: ["a"])) }
        == .codeOutOfRange(column: "y", row: 1))
  }
}
