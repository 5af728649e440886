internal import MoiraConfig
internal import MoiraTable

/// A table of a task's output as FATE's client reads it.
///
/// Predictions have FATE's columns: `label`, `predict_result`, `predict_score`, `predict_detail`,
/// `type`, where the detail is `"{'0': 0.25, '1': 0.75}"` and the score that of the positive class,
/// or of the likeliest where there are more than two.
struct OutputText {
  private let table: Table
  private let type: String
  /// Each class with the probabilities of it; nil for a table of any other kind.
  private let classes: [(name: String, scores: [Double])]?
  private let codes: [Int32]
  private let labelValues: [Double]?

  init(_ table: Table, key: String, isPrediction: Bool) {
    self.table = table
    type = key.hasPrefix("train") ? "train" : key.hasPrefix("validate") ? "validate" : "test"
    classes = isPrediction ? Self.classes(of: table) : nil
    codes = classes == nil ? [] : table.categoricalCodes(named: "class") ?? []
    labelValues = classes == nil ? nil : table.labels()
  }

  private static func classes(of table: Table) -> [(name: String, scores: [Double])]? {
    let levels = table.schema.categoricalFeatures.first { $0.name == "class" }?.kind.levels
    let names = table.schema.numericFeatures
    guard let levels, names.allSatisfy({ $0.hasPrefix("probability") }) else { return nil }
    if names == ["probability"], levels.count == 2 {
      let scores = table.numericColumn(0)
      return [(levels[0], scores.map { 1 - $0 }), (levels[1], scores)]
    }
    guard names.count == levels.count else { return nil }
    return levels.enumerated().map { ($0.element, table.numericColumn($0.offset)) }
  }

  var header: [String] {
    guard classes != nil else { return table.schema.columnNames }
    return ids + labels + ["predict_result", "predict_score", "predict_detail", "type"]
  }

  private var ids: [String] { table.schema.id.map { [$0] } ?? [] }
  private var labels: [String] { table.schema.label == nil ? [] : ["label"] }

  var csv: [UInt8] {
    guard classes != nil else { return csvBytes(of: table) }
    var text = Array((header.map(Self.quoted).joined(separator: ",") + "\n").utf8)
    for row in 0..<table.rows {
      text += Array((cells(row).joined(separator: ",") + "\n").utf8)
    }
    return text
  }

  private func cells(_ row: Int) -> [String] {
    let scores = scores(row)
    let best = scores.max { $0.score < $1.score }
    let shown = scores.count == 2 ? scores[1].score : best?.score ?? .nan
    let detail = scores.map { "'\($0.name)': \($0.score)" }.joined(separator: ", ")
    var cells = table.id(at: row).map { [Self.quoted($0)] } ?? []
    if let label = label(row) { cells.append(Self.quoted(label)) }
    return cells + [Self.quoted(predicted(row)), "\(shown)", "\"{\(detail)}\"", type]
  }

  private func scores(_ row: Int) -> [(name: String, score: Double)] {
    (classes ?? []).map { ($0.name, $0.scores[row]) }
  }

  private func predicted(_ row: Int) -> String {
    guard let classes, codes.indices.contains(row), codes[row] >= 0 else { return "" }
    return classes[Int(codes[row])].name
  }

  private func label(_ row: Int) -> String? {
    guard let label = table.schema.label, let value = labelValues?[row] else { return nil }
    if value.isNaN { return "" }
    if let levels = label.kind.levels { return levels[Int(value)] }
    return Int(exactly: value).map(String.init) ?? "\(value)"
  }

  private static func quoted(_ text: String) -> String {
    guard text.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  // MARK: For the eye

  /// The first rows, each a list of texts.
  var shown: ConfigValue {
    let first = Array(0..<min(table.rows, FlowLimits.shownRows))
    guard classes == nil else {
      return .list(first.map { .list(cells($0).map { .string($0) }) })
    }
    guard let few = try? Table(table.selecting(rows: first)) else { return .list([]) }
    let lines = String(decoding: csvBytes(of: few), as: UTF8.self).split(separator: "\n")
    return .list(
      lines.dropFirst().map { line in
        .list(
          line.split(separator: ",", omittingEmptySubsequences: false).map { .string(String($0)) })
      })
  }

  var metadata: ConfigValue {
    .map([
      ("header", .list(header.map { .string($0) })), ("count", .int(table.rows)),
      ("match_id_name", table.schema.id.map { .string($0) } ?? .null),
      ("label_name", table.schema.label.map { .string($0.name) } ?? .null),
    ])
  }
}
