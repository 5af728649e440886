import Foundation

/// The table that is printed at the end.
final class Board {
  /// One line of it.
  struct Line {
    let goal: String
    let what: String
    let measured: String
    let reference: String
    let ratio: String
    let wanted: String
    let verdict: String
  }

  private var lines: [Line] = []

  /// - Parameter isMet: nil for a line that no goal is about.
  func add(
    _ goal: Int?, _ what: String, _ measured: String, reference: String = "", ratio: Double? = nil,
    wanted: String = "", isMet: Bool? = nil
  ) {
    lines.append(
      Line(
        goal: goal.map(String.init) ?? "", what: what, measured: measured, reference: reference,
        ratio: ratio.map { $0.formatted(2) + " ×" } ?? "", wanted: wanted,
        verdict: isMet.map { $0 ? "met" : "MISSED" } ?? ""))
  }

  func print() {
    let head = ["goal", "what", "measured", "reference", "ratio", "wanted", ""]
    let rows = lines.map {
      [$0.goal, $0.what, $0.measured, $0.reference, $0.ratio, $0.wanted, $0.verdict]
    }
    let widths = head.indices.map { column in
      ([head] + rows).map { $0[column].count }.max() ?? 0
    }
    Swift.print(text(head, widths))
    Swift.print(
      "|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|")
    for row in rows { Swift.print(text(row, widths)) }
  }

  private func text(_ row: [String], _ widths: [Int]) -> String {
    let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
    return "| " + cells.joined(separator: " | ") + " |"
  }
}

extension Double {
  func formatted(_ digits: Int) -> String { String(format: "%.\(digits)f", self) }
  /// Of seconds.
  var asMilliseconds: String { (self * 1000).formatted(self < 0.1 ? 2 : 0) + " ms" }
  /// Of bytes.
  var asMegabytes: String { (self / 1e6).formatted(1) + " MB" }
}
