import Foundation
import MoiraModel
import MoiraTable

/// Goal 4: a large CSV file into a table, against the readers of pandas and pyarrow.
func measureCSV(_ bench: Bench) throws {
  let path = bench.folder + "/rows.csv"
  let size = try writeCSV(to: path, rows: 1_000_000, columns: 30)
  var (ours, pandas, arrow): ([Double], [Double], [Double]) = ([], [], [])
  for round in 0..<5 {
    ours.append(try readTable(path, bench.workers))
    if let time = bench.python.seconds("arrow", path) { arrow.append(time) }
    if round < 3, let time = bench.python.seconds("pandas", path) { pandas.append(time) }
  }
  bench.python.forget()
  try FileManager.default.removeItem(atPath: path)
  let speed = (Double(size) / ours.best / 1e6).formatted(0)
  add(bench, "readCSV 1,000,000 × 30 (\(speed) MB/s)", ours, "pandas", pandas, atLeast: 2)
  add(bench, "  the same", ours, "pyarrow", arrow, atLeast: nil)
}

private func add(
  _ bench: Bench, _ what: String, _ ours: [Double], _ name: String, _ theirs: [Double],
  atLeast wanted: Double?
) {
  let ratio = theirs.best / ours.best
  bench.board.add(
    4, what, ours.best.asMilliseconds,
    reference: theirs.isEmpty ? "\(name) absent" : "\(name) \(theirs.best.asMilliseconds)",
    ratio: theirs.isEmpty ? nil : ratio,
    wanted: wanted.map { "≥ \($0.formatted(0)) ×" } ?? "close to 1 ×",
    isMet: theirs.isEmpty ? nil : wanted.map { ratio >= $0 } ?? nil)
}

private func readTable(_ path: String, _ workers: Workers) throws -> Double {
  try seconds {
    let text = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    let image = try text.withUnsafeBytes { try readCSV($0, workers: workers) }
    let table = try Table(image)
    precondition(table.rows == 1_000_000)
  }
}

/// Writes numbers with six decimals, as instruments do.
private func writeCSV(to path: String, rows: Int, columns: Int) throws -> Int {
  var generator = SeededGenerator(seed: 11)
  var text = Array((0..<columns).map { "x\($0)" }.joined(separator: ",").utf8)
  text.append(10)
  text.reserveCapacity(rows * columns * 10)
  for _ in 0..<rows {
    for column in 0..<columns {
      appendNumber(Int(generator.next() >> 40) - (1 << 23), to: &text)
      text.append(column + 1 < columns ? 44 : 10)
    }
  }
  try Data(text).write(to: URL(fileURLWithPath: path))
  return text.count
}

private func appendNumber(_ millionths: Int, to text: inout [UInt8]) {
  if millionths < 0 { text.append(45) }
  let (whole, rest) = abs(millionths).quotientAndRemainder(dividingBy: 1_000_000)
  text.append(contentsOf: String(whole).utf8)
  text.append(46)
  var unit = 100_000
  while unit > 0 {
    text.append(48 + UInt8(rest / unit % 10))
    unit /= 10
  }
}
