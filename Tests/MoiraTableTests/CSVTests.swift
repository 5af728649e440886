import MoiraModel
import Testing

@testable import MoiraTable

private func error(_ text: String, _ options: CSVOptions = CSVOptions()) -> CSVError? {
  do {
    _ = try image(text, options)
    return nil
  } catch {
    return error
  }
}

struct CSVDialectTests {
  private let expected = [[1.0, 3], [2.5, -4]]

  @Test(arguments: [
    "a,b\n1,2.5\n3,-4\n", "a,b\n1,2.5\n3,-4", "a,b\r\n1,2.5\r\n3,-4\r\n", "a,b\r\n1,2.5\r\n3,-4",
    "\u{FEFF}a,b\n1,2.5\n3,-4\n", "a,b\n1,2.5\n3,-4\n\n\r\n\n",
    "\"a\",\"b\"\n\"1\",\"2.5\"\n\"3\",\"-4\"\n",
    "\"a\",\"b\"\r\n\"1\",\"2.5\"\r\n\"3\",\"-4\"\r\n", " a ,\tb\n 1 ,2.5\t\n3,\" -4 \"",
    "a,b\n+1,25e-1\n3.0,-.4E1",
  ])
  func `one table has many spellings`(text: String) throws {
    let table = try table(text)
    #expect(table.numericFeatures == ["a", "b"])
    #expect([table.numericColumn(0), table.numericColumn(1)] == expected)
  }

  @Test func `delimiter and quote are free`() throws {
    let options = CSVOptions(
      delimiter: UInt8(ascii: ";"), quote: UInt8(ascii: "'"), categorical: ["b"])
    let table = try table("a;b\n1;'x;''\n'\n2;\"\n", options)
    #expect(table.categoricalFeatures[0].kind.levels == ["\"", "x;'\n"])
    #expect(table.categoricalCodes(0) == [1, 0])
    for (delimiter, quote) in [(44, 44), (10, 34), (13, 34), (44, 10), (44, 13)] as [(UInt8, UInt8)]
    {
      #expect(error("a\n1", CSVOptions(delimiter: delimiter, quote: quote)) == .dialect)
    }
  }

  @Test func `without a header columns are numbered, or named as told`() throws {
    #expect(try table("1,2\n3,4", CSVOptions(hasHeader: false)).numericFeatures == ["c0", "c1"])
    let named = CSVOptions(hasHeader: false, names: ["u", "v"], label: "v")
    let table = try table("1,2\n3,4", named)
    #expect(table.numericFeatures == ["u"])
    #expect(table.labels() == [2, 4])
    #expect(
      error("1,2\n", CSVOptions(hasHeader: false, names: ["u"]))
        == .nameCount(expected: 2, found: 1))
    #expect(try MoiraTableTests.table(",b\n1,2").numericFeatures == ["c0", "b"])
  }

  @Test func `quoted fields hold delimiters, quotes and line ends`() throws {
    let text = "id,c\n\"a,\"\"b\"\"\n\",\"x\r\ny\"\n\"\"\"\",x\n"
    let table = try table(text, CSVOptions(id: "id", categorical: ["c"]))
    #expect(table.id(at: 0) == "a,\"b\"\n")
    #expect(table.id(at: 1) == "\"")
    #expect(table.categoricalFeatures[0].kind.levels == ["x", "x\r\ny"])
  }

  @Test func `missing tokens are missing, of numbers by value too`() throws {
    let text = "a,c\n,\nNA,NA\nNaN,?\nnan, null \n?,x\n\"\",\"\"\n \t,y\n-999.0,-999\n1,-999.0\n"
    let options = CSVOptions(missing: CSVOptions.usualMissing + ["-999"], categorical: ["c"])
    let table = try table(text, options)
    #expect(table.numericColumn(0).map { $0.isNaN ? 0 : $0 } == [0, 0, 0, 0, 0, 0, 0, 0, 1])
    #expect(table.missingCount(0) == 8)
    #expect(table.categoricalFeatures[0].kind.levels == ["-999.0", "x", "y"])
    #expect(table.categoricalCodes(0) == [-1, -1, -1, -1, 1, -1, 2, -1, 0])
    #expect(
      error("a\nNA\n", CSVOptions(missing: [""]))
        == .notANumber(CSVPlace(row: 1, line: 2), column: "a"))
  }

  @Test func `a blank line is a missing value of an only column`() throws {
    let table = try table("a\n1\n\n3\n\n")
    #expect(table.numericColumn(0).map { $0.isNaN ? 0 : $0 } == [1, 0, 3])
  }
}

struct CSVColumnTests {
  private let text = "mean_a,id,worst_a,y,mean_b,w,kind\n1,r1,2,0,3,0.5,u\n4,r2,5,1,6,2,v\n"

  @Test func `columns get their uses, features in the file's order`() throws {
    let options = CSVOptions(id: "id", label: "y", weight: "w", categorical: ["kind"])
    let table = try table(text, options)
    #expect(
      table.schema
        == TableSchema(
          id: "id", label: LabelSchema(name: "y"), weight: "w",
          features: [
            FeatureSchema(name: "mean_a"), FeatureSchema(name: "worst_a"),
            FeatureSchema(name: "mean_b"),
            FeatureSchema(name: "kind", kind: .categorical(levels: ["u", "v"])),
          ]))
    #expect(table.labels() == [0, 1])
    #expect(table.weights() == [0.5, 2])
    #expect(table.id(at: 1) == "r2")
    #expect(table.numericColumn(2) == [3, 6])
  }

  @Test func `named features come in the order of the names, patterns in the file's`() throws {
    let options = CSVOptions(label: "y", features: .named(["worst_?", "mean*"]))
    #expect(try table(text, options).numericFeatures == ["worst_a", "mean_a", "mean_b"])
    let both = CSVOptions(label: "y", features: .named(["mean_b", "mean*"]))
    #expect(try table(text, both).numericFeatures == ["mean_b", "mean_a"])
    let all = CSVOptions(
      id: "id", label: "y", weight: "w", features: .named(["*"]), categorical: ["k*"])
    #expect(try table(text, all).schema.features.count == 4)
  }

  @Test func `columns that are not chosen may hold anything`() throws {
    let table = try table("a,b\n1,x\n2,\"y,\n\"\n", CSVOptions(features: .named(["a"])))
    #expect(table.numericColumn(0) == [1, 2])
  }

  @Test func `wrong choices are told with what there is`() {
    let names = ["mean_a", "id", "worst_a", "y", "mean_b", "w", "kind"]
    #expect(error(text, CSVOptions(id: "ID")) == .noSuchColumn("ID", available: names))
    #expect(error(text, CSVOptions(label: "z")) == .noSuchColumn("z", available: names))
    #expect(
      error(text, CSVOptions(features: .named(["max*"]))) == .noSuchColumn("max*", available: names)
    )
    #expect(error(text, CSVOptions(id: "y", label: "y")) == .columnUsedTwice("y"))
    #expect(
      error(text, CSVOptions(id: "id", features: .named(["id"]))) == .columnUsedTwice("id"))
    #expect(error(text, CSVOptions(features: .named(["y", "y"]))) == .columnUsedTwice("y"))
    #expect(
      error(text, CSVOptions(features: .named(["y"]), categorical: ["kind"]))
        == .notAFeature("kind", features: ["y"]))
    #expect(
      error(text, CSVOptions(features: .named(["y"]), categorical: ["no"]))
        == .noSuchColumn("no", available: names))
  }

  @Test func `text labels become classes in sorted order, wherever the first text stands`() throws {
    let early = try table("y\nb\na\n\nb\n", CSVOptions(label: "y"))
    #expect(early.schema.label?.kind == .categorical(levels: ["a", "b"]))
    #expect(early.labels()?.map { $0.isNaN ? -1 : $0 } == [1, 0, -1, 1])
    var text = "y,x\n"
    for row in 0..<3000 { text += "\(row % 2),\(row)\n" }
    let late = try table(text + "maybe,1\n", CSVOptions(label: "y"))
    #expect(late.schema.label?.kind == .categorical(levels: ["0", "1", "maybe"]))
    #expect(late.labels()?.last == 2)
    #expect(try table(text, CSVOptions(label: "y")).schema.label?.kind == .numeric)
  }

  @Test(arguments: [
    ("mean*", "mean", true), ("mean*", "a mean", false), ("*", "", true), ("a?c", "abc", true),
    ("a?c", "ac", false), ("*a*b", "xaxbab", true), ("*a*b", "xaxba", false), ("ab", "ab", true),
    ("ä?", "äö", true), ("**", "x", true), ("", "", true), ("", "x", false),
  ])
  func `patterns match whole names`(pattern: String, name: String, matches: Bool) {
    #expect(NamePattern(pattern).matches(name) == matches)
  }

  @Test func `a pattern of many stars does not take for ever`() {
    let pattern = NamePattern(String(repeating: "*a", count: 200) + "b")
    #expect(!pattern.matches(String(repeating: "a", count: 400)))
  }
}

struct CSVErrorTests {
  private func place(_ row: Int, _ line: Int) -> CSVPlace { CSVPlace(row: row, line: line) }

  @Test(arguments: ["", "\n", "\r\n\r\n", "\u{FEFF}", "\u{FEFF}\n"])
  func `a file without anything is empty`(text: String) {
    #expect(error(text) == .emptyFile)
  }

  @Test func `a header alone has no rows`() {
    #expect(error("a,b") == .noRows)
    #expect(error("a,b\n\n") == .noRows)
  }

  @Test func `rows of another length are named with both lengths`() {
    #expect(error("a,b\n1,2\n3\n") == .raggedRow(place(2, 3), expected: 2, found: 1))
    #expect(error("a,b\n1,2,3\n") == .raggedRow(place(1, 2), expected: 2, found: 3))
    #expect(error("a,b\n1,2,\n") == .raggedRow(place(1, 2), expected: 2, found: 3))
    #expect(error("a,b\n1,2\n\n3,4\n") == .raggedRow(place(2, 3), expected: 2, found: 0))
    #expect(error("a,b\n1,2\n3,4,\"x\ny\",5") == .raggedRow(place(2, 3), expected: 2, found: 4))
  }

  @Test func `lines count line ends in quotes, rows do not`() {
    let options = CSVOptions(categorical: ["a"])
    #expect(
      error("a,b\n\"1\n\n\",2\nx,y\n", options) == .notANumber(place(2, 5), column: "b"))
  }

  @Test(arguments: [
    "x", "1x", "1 2", "inf", "1e999", "-1e999", "0x1", "1\r1", "\"1\"\"\"", "é", "--1",
  ])
  func `what is no finite number is named by its place alone`(field: String) {
    #expect(error("a,b\n1,2\n3,\(field)\n5,6\n") == .notANumber(place(2, 3), column: "b"))
    #expect(error("a,b\n1,2\n\(field),3\n5,6") == .notANumber(place(2, 3), column: "a"))
  }

  @Test func `quotes must be closed, and stand around whole fields`() {
    #expect(error("a,b\n1,2\n3,\"4\n5,6\n") == .unterminatedQuote(place(2, 3)))
    #expect(error("a,b\n1,\"2\"3\n") == .strayQuote(place(1, 2), column: "b"))
    #expect(error("a,b\n1\"2,3\n") == .strayQuote(place(1, 2), column: "a"))
    #expect(error("a,\"b\n1,2\n") == .unterminatedQuote(place(0, 1)))
    #expect(error("a,b\"c\n1,2\n") == .strayQuote(place(0, 1), column: nil))
  }

  @Test func `two columns of one name are refused`() {
    #expect(error("a,b,a\n1,2,3\n") == .duplicateColumn("a"))
    #expect(error("1,2", CSVOptions(hasHeader: false, names: ["u", "u"])) == .duplicateColumn("u"))
  }

  @Test func `ids are there, and differ`() {
    let options = CSVOptions(id: "id")
    #expect(error("id,x\na,1\nb,2\nb,3\na,4\n", options) == .duplicateID(first: 2, second: 3))
    #expect(error("id,x\na,1\n,2\n", options) == .missingID(place(2, 3)))
    #expect(error("id,x\na,1\n\"\",2\n", options) == .missingID(place(2, 3)))
    #expect(error("id,x\na,1\n\"a\",2\n", options) == .duplicateID(first: 1, second: 2))
  }

  @Test func `weights are there, and not negative`() {
    let options = CSVOptions(weight: "w")
    #expect(error("w,x\n1,1\n-0.5,2\n", options) == .negativeWeight(place(2, 3)))
    #expect(error("w,x\n1,1\nNA,2\n", options) == .missingWeight(place(2, 3)))
    #expect(error("w,x\n1,1\nheavy,2\n", options) == .notANumber(place(2, 3), column: "w"))
    #expect(error("w,x\n0,1\n", options) == nil)
  }

  @Test func `texts that are not UTF-8 are named`() throws {
    func error(_ bytes: [UInt8], _ options: CSVOptions) -> CSVError? {
      let held = AlignedBytes(bytes)
      do {
        _ = try held.withBytes { raw throws(CSVError) in try readCSV(raw, options: options) }
        return nil
      } catch {
        return error
      }
    }
    let row = Array("i,c,x\na,b,1\n".utf8)
    let options = CSVOptions(id: "i", categorical: ["c"])
    #expect(
      error(row + [0xFF] + Array(",b,1\n".utf8), options) == .notUTF8(place(2, 3), column: "i"))
    #expect(
      error(row + Array("d,".utf8) + [0xC3, 0x28] + Array(",1\n".utf8), options)
        == .notUTF8(place(2, 3), column: "c"))
    #expect(error([0x61, 0xFE, 0x0A, 0x31], CSVOptions()) == .notUTF8(place(0, 1), column: nil))
    #expect(error([0xFF, 0xFE, 0x61, 0], CSVOptions()) == .notUTF8(place(0, 1), column: nil))
  }

  @Test func `a field over the limit is refused`() {
    let long = String(repeating: "1", count: CSVLimits.fieldBytes + 1)
    #expect(
      error("a,b\n1,2\n\(long),2\n")
        == .fieldTooLong(place(2, 3), column: "a", limit: CSVLimits.fieldBytes))
    #expect(
      error("a,\(long)\n1,2\n")
        == .fieldTooLong(place(0, 1), column: nil, limit: CSVLimits.fieldBytes))
  }

  @Test func `more columns or levels than the limit are refused`() {
    let wide = String(repeating: ",", count: CSVLimits.columns)
    let found = CSVLimits.columns + 1
    #expect(error(wide + "\n") == .tooManyColumns(found: found, limit: CSVLimits.columns))
    #expect(
      error(wide, CSVOptions(hasHeader: false))
        == .tooManyColumns(found: found, limit: CSVLimits.columns))
    let many = (0...CSVLimits.levels).map { "v\($0)" }.joined(separator: "\n")
    #expect(
      error("c\n" + many, CSVOptions(categorical: ["c"]))
        == .tooManyLevels(column: "c", limit: CSVLimits.levels))
  }

  @Test func `the first flaw in the file is the one that is told`() {
    #expect(error("a,b\n1,x\n1\n") == .notANumber(place(1, 2), column: "b"))
    #expect(error("a,b\n1\n1,x\n") == .raggedRow(place(1, 2), expected: 2, found: 1))
  }
}
