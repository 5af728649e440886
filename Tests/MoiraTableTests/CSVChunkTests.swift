import MoiraModel
import Testing

@testable import MoiraTable

/// A CSV text of random cells, with the cells beside it.
private struct RandomFile {
  var text = "id,n,c,y,m\n"
  var ids: [String] = []
  var numbers: [[Double]] = [[], []]
  var texts: [String?] = []
  var labels: [String?] = []

  init(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let end = Bool.random(using: &generator) ? "\n" : "\r\n"
    for row in 0..<Int.random(in: 1...60, using: &generator) {
      ids.append("\(row)" + Self.junk(&generator))
      texts.append(Bool.random(using: &generator) ? Self.junk(&generator) + "!" : nil)
      labels.append(["0", "1", "x", nil][Int.random(in: 0..<4, using: &generator)])
      for column in 0..<2 {
        numbers[column].append(
          generator.unit() < 0.2
            ? .nan : Double(bitPattern: generator.next() & 0xBFFF_FFFF_FFFF_FFFF))
      }
      var cells = [ids[row], Self.spell(numbers[0][row]), texts[row] ?? "", labels[row] ?? ""]
      cells.append(Self.spell(numbers[1][row]))
      text += cells.map { Self.quoted($0, &generator) }.joined(separator: ",")
      text += end
    }
    if Bool.random(using: &generator) { text.removeLast() }
  }

  private static func junk(_ generator: inout SeededGenerator) -> String {
    let parts = ["\"", ",", "\n", "\r\n", "é", "a", " ", "\"\"", "😀"]
    return (0..<Int.random(in: 0...6, using: &generator)).map { _ in
      parts[Int.random(in: 0..<parts.count, using: &generator)]
    }.joined()
  }

  private static func spell(_ value: Double) -> String { value.isNaN ? "NA" : "\(value)" }

  private static func quoted(_ cell: String, _ generator: inout SeededGenerator) -> String {
    let mustQuote = cell.utf8.contains { [34, 44, 10, 13].contains($0) }
    guard mustQuote || generator.unit() < 0.3 else { return cell }
    let doubled = cell.utf8.flatMap { $0 == 34 ? [34, 34] : [$0] }
    return "\"" + String(decoding: doubled, as: UTF8.self) + "\""
  }
}

private let options = CSVOptions(id: "id", label: "y", categorical: ["c"])

private func read(
  _ text: [UInt8], _ options: CSVOptions, chunk: Int, _ workers: Workers = .serial
) throws(CSVError) -> AlignedBytes {
  let held = AlignedBytes(text)
  return try held.withBytes { raw throws(CSVError) in
    try readCSV(raw, options: options, workers: workers, chunkBytes: chunk)
  }
}

struct CSVChunkTests {
  @Test(arguments: 0..<60 as Range<UInt64>)
  func `random cells come back, wherever the chunks end`(seed: UInt64) throws {
    let file = RandomFile(seed: seed)
    let text = Array(file.text.utf8)
    let whole = try read(text, options, chunk: 1 << 20)
    for chunk in [1, 7, 64, 333] {
      #expect(sameBytes(whole, try read(text, options, chunk: chunk, fourWorkers)))
    }
    let table = try Table(whole)
    #expect(
      (0..<table.rows).map { table.id(at: $0).map { Array($0.utf8) } }
        == file.ids.map { Array($0.utf8) })
    for column in 0..<2 {
      #expect(
        table.numericColumn(column).map(\.bitPattern)
          == file.numbers[column].map {
            $0.isNaN ? 0x7FF8_0000_0000_0000 : $0.bitPattern
          })
      #expect(table.missingCount(column) == file.numbers[column].count(where: \.isNaN))
    }
    let levels = try #require(table.categoricalFeatures[0].kind.levels)
    #expect(levels == Set(file.texts.compactMap(\.self)).sorted())
    #expect(table.categoricalCodes(0).map { $0 < 0 ? nil : levels[Int($0)] } == file.texts)
    if let classes = table.schema.label?.kind.levels {
      #expect(table.labels()?.map { $0.isNaN ? nil : classes[Int($0)] } == file.labels)
    } else {
      #expect(!file.labels.contains("x"))
    }
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `damaged files give the same answer for any chunks, and never trap`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: 1000 + seed)
    var text = Array(RandomFile(seed: seed).text.utf8)
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      let special: [UInt8] = [34, 44, 10, 13, 0, 0xFF, 0x30, 0x2D]
      text[Int.random(in: 0..<text.count, using: &generator)] =
        special[Int.random(in: 0..<special.count, using: &generator)]
    }
    func answer(_ chunk: Int) -> Result<[UInt8], CSVError> {
      Result { () throws(CSVError) in try read(text, options, chunk: chunk).array }
    }
    let whole = answer(1 << 20)
    for chunk in [3, 90] { #expect((answer(chunk) == whole) as Bool, "chunk \(chunk)") }
  }

  @Test func `rows of many blocks land in their places`() throws {
    var text = "a,b,c\n"
    for row in 0..<2500 { text += "\(row),\(Double(row) / 8),\(-row)\n" }
    let table = try Table(try read(Array(text.utf8), CSVOptions(), chunk: 1000, fourWorkers))
    #expect(table.numericColumn(0) == (0..<2500).map(Double.init))
    #expect(table.numericColumn(1) == (0..<2500).map { Double($0) / 8 })
    #expect(table.numericColumn(2) == (0..<2500).map { -Double($0) })
  }

  @Test func `long runs without quotes are counted as short ones are`() throws {
    var text = "id,x\n"
    for row in 0..<3000 {
      text += row % 1000 == 999 ? "\"q\n\(row)\",\(row)\n" : "r\(row),\(row)\n"
    }
    let bytes = Array(text.utf8)
    let options = CSVOptions(id: "id")
    let whole = try read(bytes, options, chunk: 1 << 20)
    let table = try Table(whole)
    #expect(table.rows == 3000)
    #expect(table.id(at: 1999) == "q\n1999")
    #expect(sameBytes(whole, try read(bytes, options, chunk: 9000, fourWorkers)))
  }

  @Test func `duplicate ids are found among many`() throws {
    var text = "id,x\n"
    for row in 0..<20_000 { text += "p\(row == 19_000 ? 123 : row),1\n" }
    let bytes = Array(text.utf8)
    #expect(throws: CSVError.duplicateID(first: 124, second: 19_001)) {
      try read(bytes, CSVOptions(id: "id"), chunk: 5000, fourWorkers)
    }
  }

  @Test func `a schema longer than the room kept for it moves the image`() throws {
    let long = String(repeating: "v", count: 100)
    var text = "c,x\n"
    for row in 0..<12_000 { text += "\(long)\(row),\(row)\n" }
    let image = try read(Array(text.utf8), CSVOptions(categorical: ["c"]), chunk: 1 << 20)
    let table = try Table(image)
    #expect(table.schema.imageBytes.count > TableDraft.schemaRoom)
    #expect(table.numericColumn(0) == (0..<12_000).map(Double.init))
    let levels = try #require(table.categoricalFeatures[0].kind.levels)
    #expect(levels[Int(table.categoricalCodes(0)[777])] == long + "777")
  }
}
