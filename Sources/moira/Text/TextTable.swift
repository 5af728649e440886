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

  /// - Parameter width: the columns of the terminal, when cells of the last column are to be broken
  ///   between words to fit.
  func lines(_ style: Style = .plain, indent: String = "", fitting width: Int? = nil) -> [String] {
    let all = header.isEmpty ? rows : [header] + rows
    let count = all.map(\.count).max() ?? 0
    var widths = [Int](repeating: 0, count: count)
    for row in all {
      for (column, cell) in row.enumerated() {
        widths[column] = max(widths[column], displayWidth(cell))
      }
    }
    var fitted = all
    if let width {
      let taken = indent.count + widths.dropLast().reduce(0) { $0 + $1 + 2 }
      fitted = all.flatMap { broken($0, columns: count, to: max(24, width - taken)) }
    }
    return fitted.enumerated().map { place, row in
      let line = indent + self.line(row, widths)
      return place == 0 && !header.isEmpty ? style.dim(line) : line
    }
  }

  /// The row, and rows below it for what the last cell cannot hold.
  private func broken(_ row: [String], columns: Int, to width: Int) -> [[String]] {
    guard row.count == columns, let last = row.last, displayWidth(last) > width else {
      return [row]
    }
    var pieces = [""]
    for word in last.split(separator: " ") {
      let piece = pieces[pieces.count - 1]
      if piece.isEmpty {
        pieces[pieces.count - 1] = String(word)
      } else if displayWidth(piece) + 1 + displayWidth(word) <= width {
        pieces[pieces.count - 1] = "\(piece) \(word)"
      } else {
        pieces.append(String(word))
      }
    }
    let blank = [String](repeating: "", count: columns - 1)
    return [row.dropLast() + [pieces[0]]] + pieces.dropFirst().map { blank + [$0] }
  }

  private func line(_ row: [String], _ widths: [Int]) -> String {
    var line = ""
    for (column, cell) in row.enumerated() {
      let gap = String(repeating: " ", count: max(0, widths[column] - displayWidth(cell)))
      if column > 0 { line += "  " }
      line += right.contains(column) ? gap + cell : cell + gap
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}
