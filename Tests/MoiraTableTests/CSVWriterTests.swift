import MoiraModel
import Testing

@testable import MoiraTable

struct CSVWriterTests {
  @Test(arguments: [1, 40, 2000])
  func `a table that is written and read again is the same, to the byte`(rows: Int) throws {
    let table = try mixedTable(rows: max(rows, 3))
    let text = AlignedBytes(csvBytes(of: table))
    let again = try text.withBytes {
      try readCSV($0, options: mixedOptions, workers: fourWorkers)
    }
    #expect(sameBytes(again, table.owner))
  }

  @Test func `numbers are short, texts quoted where they must be`() throws {
    var builder = TableBuilder(rows: 3)
    builder.setID("id", ["plain", "a,b", "say \"x\"\n"])
    builder.setLabel("y", [1, 0, .nan])
    builder.addNumeric("x", [0.1, -0.0, 1e300])
    builder.addCategorical("c", levels: ["", "u"], codes: [-1, 0, 1])
    let table = try Table(try builder.build())
    #expect(
      String(decoding: csvBytes(of: table), as: UTF8.self) == """
        id,y,x,c
        plain,1,0.1,
        "a,b",0,-0.0,""
        "say ""x""
        ",,1e+300,u

        """)
  }

  @Test func `an only column keeps its missing values`() throws {
    var builder = TableBuilder(rows: 3)
    builder.addNumeric("x", [.nan, 2, .nan])
    let table = try Table(try builder.build())
    #expect(String(decoding: csvBytes(of: table), as: UTF8.self) == "x\n\"\"\n2\n\"\"\n")
    #expect(sameBytes(try image("x\n\"\"\n2\n\"\"\n"), table.owner))
  }

  @Test func `random doubles survive writing and reading`() throws {
    var generator = SeededGenerator(seed: 9)
    let values = (0..<5000).map { _ in Double(bitPattern: generator.next()) }.map {
      $0.isFinite ? $0 : .nan
    }
    var builder = TableBuilder(rows: values.count)
    builder.addNumeric("x", values)
    let table = try Table(try builder.build())
    let text = AlignedBytes(csvBytes(of: table, delimiter: UInt8(ascii: ";")))
    let again = try text.withBytes {
      try readCSV($0, options: CSVOptions(delimiter: UInt8(ascii: ";")))
    }
    #expect(sameBytes(again, table.owner))
  }

  @Test func `the text comes in pieces, and what stops the writer comes out`() throws {
    struct DiskFull: Error {}
    let table = try mixedTable(rows: 3000)
    var pieces = 0
    var total = 0
    writeCSV(table) { piece in
      pieces += 1
      total += piece.count
    }
    #expect(pieces > 1)
    #expect(total == csvBytes(of: table).count)
    #expect(throws: DiskFull.self) {
      try writeCSV(table) { _ throws(DiskFull) in throw DiskFull() }
    }
  }
}
