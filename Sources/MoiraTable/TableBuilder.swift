import MoiraModel

/// Makes a table image out of columns, as for predictions.
///
/// ```swift
/// var builder = TableBuilder(rows: 2)
/// builder.setID("id", ["a", "b"])
/// builder.addNumeric("probability", [0.1, 0.9])
/// let table = try Table(builder.build())
/// ```
public struct TableBuilder: Sendable {
  public let rows: Int
  private var schema = TableSchema()
  private var ids: [String] = []
  private var labels: [Double] = []
  private var weights: [Double] = []
  private var numeric: [[Double]] = []
  private var categorical: [[Int32]] = []

  public init(rows: Int) { self.rows = rows }

  /// The column that tells rows apart; values must differ.
  public mutating func setID(_ name: String, _ values: [String]) {
    schema.id = name
    ids = values
  }

  /// Labels; NaN is missing. Of a categorical label, the index of the level.
  public mutating func setLabel(_ name: String, _ values: [Double], kind: ColumnKind = .numeric) {
    schema.label = LabelSchema(name: name, kind: kind)
    labels = values
  }

  /// Weights, none negative, none missing.
  public mutating func setWeight(_ name: String, _ values: [Double]) {
    schema.weight = name
    weights = values
  }

  /// A numeric feature; NaN is missing.
  public mutating func addNumeric(_ name: String, _ values: [Double]) {
    schema.features.append(FeatureSchema(name: name))
    numeric.append(values)
  }

  /// A categorical feature; codes are indices of levels, -1 is missing.
  public mutating func addCategorical(_ name: String, levels: [String], codes: [Int32]) {
    schema.features.append(FeatureSchema(name: name, kind: .categorical(levels: levels)))
    categorical.append(codes)
  }

  /// The image.
  ///
  /// - Throws: `TableBuildError`, when the columns do not make a table.
  public func build() throws(TableBuildError) -> AlignedBytes {
    try check()
    let idByteCount = ids.reduce(0) { $0 + $1.utf8.count }
    let draft = TableDraft(schema, rows: rows, idByteCount: idByteCount)
    for (column, values) in numeric.enumerated() { place(values, column, in: draft) }
    for row in labels.indices {
      draft.labels[row] = labels[row].isNaN ? missingValue : labels[row]
    }
    for row in weights.indices { draft.weights[row] = weights[row] }
    for (column, codes) in categorical.enumerated() {
      let target = draft.codes(column)
      for row in codes.indices { target[row] = codes[row] }
    }
    if schema.id != nil {
      placeIDs(in: draft)
      if let twice = UniqueIDs.firstDuplicate(in: draft, workers: .serial) {
        throw .duplicateID(first: twice.first, second: twice.second)
      }
    }
    draft.countMissing()
    return draft.finish(schema)
  }

  private func place(_ values: [Double], _ column: Int, in draft: TableDraft) {
    for (row, value) in values.enumerated() {
      draft.numeric[TableLayout.element(row, column, of: numeric.count)] = value
    }
  }

  private func placeIDs(in draft: TableDraft) {
    var end = 0
    draft.idEnds[0] = 0
    for (row, id) in ids.enumerated() {
      for byte in id.utf8 {
        draft.ids[end] = byte
        end += 1
      }
      draft.idEnds[row + 1] = UInt64(end)
    }
  }

  private func check() throws(TableBuildError) {
    if schema.features.count > TableLayout.columnLimit {
      throw .tooManyColumns(found: schema.features.count, limit: TableLayout.columnLimit)
    }
    if let twice = schema.duplicateColumn { throw .duplicateColumn(twice) }
    if let id = schema.id { try checkCount(id, ids.count) }
    if let label = schema.label { try checkLabels(label) }
    if let weight = schema.weight {
      try checkCount(weight, weights.count)
      if let row = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
        throw .wrongWeight(row: row)
      }
    }
    for (name, values) in zip(schema.numericFeatures, numeric) {
      try checkCount(name, values.count)
    }
    for (feature, codes) in zip(schema.categoricalFeatures, categorical) {
      try checkCodes(feature, codes)
    }
  }

  private func checkCount(_ column: String, _ count: Int) throws(TableBuildError) {
    if count != rows { throw .rowCount(column: column, expected: rows, found: count) }
  }

  private func checkLabels(_ label: LabelSchema) throws(TableBuildError) {
    try checkCount(label.name, labels.count)
    guard let levels = label.kind.levels else { return }
    try checkLevels(label.name, levels)
    let wrong = labels.firstIndex { value in
      !value.isNaN && !levels.indices.contains(Int(exactly: value) ?? -1)
    }
    if let wrong { throw .codeOutOfRange(column: label.name, row: wrong) }
  }

  private func checkCodes(_ feature: FeatureSchema, _ codes: [Int32]) throws(TableBuildError) {
    try checkCount(feature.name, codes.count)
    let levels = feature.kind.levels ?? []
    try checkLevels(feature.name, levels)
    let wrong = codes.firstIndex { $0 != -1 && !levels.indices.contains(Int($0)) }
    if let wrong { throw .codeOutOfRange(column: feature.name, row: wrong) }
  }

  private func checkLevels(_ column: String, _ levels: [String]) throws(TableBuildError) {
    if Set(levels).count != levels.count { throw .duplicateLevel(column: column) }
  }
}

/// Why columns do not make a table. Rows count from 0.
public enum TableBuildError: Error, Hashable, Sendable {
  case rowCount(column: String, expected: Int, found: Int)
  case tooManyColumns(found: Int, limit: Int)
  case duplicateColumn(String)
  case duplicateLevel(column: String)
  case duplicateID(first: Int, second: Int)
  case codeOutOfRange(column: String, row: Int)
  case wrongWeight(row: Int)
}
