import Dispatch
import MoiraModel
import MoiraTable

/// Four threads, for tests that one result comes out for any number of workers.
let fourWorkers = Workers(count: 4) { iterations, body in
  // The body only touches what belongs to its own iteration.
  nonisolated(unsafe) let body = body
  DispatchQueue.concurrentPerform(iterations: iterations) { body($0) }
}

func image(
  _ text: String, _ options: CSVOptions = CSVOptions(), workers: Workers = .serial
) throws(CSVError) -> AlignedBytes {
  let bytes = AlignedBytes(Array(text.utf8))
  return try bytes.withBytes { raw throws(CSVError) in
    try readCSV(raw, options: options, workers: workers)
  }
}

func table(_ text: String, _ options: CSVOptions = CSVOptions()) throws -> Table {
  try Table(try image(text, options))
}

/// A table with all kinds of columns, missing values among them.
func mixedTable(rows: Int, seed: UInt64 = 1) throws -> Table {
  var generator = SeededGenerator(seed: seed)
  func numbers() -> [Double] {
    (0..<rows).map { _ in generator.unit() < 0.1 ? .nan : generator.unit() * 2e6 - 1e6 }
  }
  func codes(_ levels: Int) -> [Int32] {
    (0..<rows).map {
      $0 < levels ? Int32($0) : Int32.random(in: -1..<Int32(levels), using: &generator)
    }
  }
  var builder = TableBuilder(rows: rows)
  builder.setID("id", (0..<rows).map { $0 % 3 == 0 ? "zeile \"\($0)\", é" : "r\($0)" })
  builder.setLabel(
    "y", codes(3).map { $0 < 0 ? .nan : Double($0) },
    kind: .categorical(levels: ["a,b", "c\nd", "e"]))
  builder.setWeight("w", (0..<rows).map { _ in generator.unit() * 3 })
  builder.addNumeric("x0", numbers())
  builder.addCategorical("colour", levels: ["blau", "grün", "rot"], codes: codes(3))
  builder.addNumeric(" x 1 ", numbers())
  builder.addNumeric("x\"2\"", numbers())
  builder.addCategorical("size", levels: ["L", "S"], codes: codes(2))
  return try Table(try builder.build())
}

let mixedOptions = CSVOptions(
  id: "id", label: "y", weight: "w", categorical: ["colour", "size"])

func sameBytes(_ one: any TableBytes, _ other: any TableBytes) -> Bool {
  one.withBytes { mine in other.withBytes { mine.elementsEqual($0) } }
}

extension TableBytes {
  var array: [UInt8] { withBytes { Array($0) } }
}
