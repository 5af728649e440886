/// Rows of cells in aligned columns, two spaces apart.
struct TextTable {
  private let header: [String]
  private let right: Set<Int>
  private var rows: [[String]] = []

  /// - Parameter right: the columns whose cells end at the right, for numbers.
  init(_ header: [String], right: Set<Int> = []) {
    self.header = header
    self.right = right
  }

  var isEmpty: Bool { rows.isEmpty }

  mutating func add(_ cells: [String]) { rows.append(cells.map(withoutControls)) }

  func lines(_ style: Style = .plain, indent: String = "") -> [String] {
    let all = header.isEmpty ? rows : [header] + rows
    let count = all.map(\.count).max() ?? 0
    var widths = [Int](repeating: 0, count: count)
    for row in all {
      for (column, cell) in row.enumerated() {
        widths[column] = max(widths[column], displayWidth(cell))
      }
    }
    return all.enumerated().map { place, row in
      let line = indent + self.line(row, widths)
      return place == 0 && !header.isEmpty ? style.dim(line) : line
    }
  }

  private func line(_ row: [String], _ widths: [Int]) -> String {
    var line = ""
    for (column, cell) in row.enumerated() {
      let gap = String(repeating: " ", count: widths[column] - displayWidth(cell))
      if column > 0 { line += "  " }
      line += right.contains(column) ? gap + cell : cell + gap
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}
