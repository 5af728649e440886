/// Writes a table as CSV: a header, then a line for each row, ended by LF.
///
/// Columns: id, label, weight, features. Doubles are the shortest that read back the same, a missing
/// value is an empty field. `readCSV` with the columns' names gives the same table again when no text
/// is one of the missing tokens, no number is infinite, every level occurs and a categorical label
/// has a level that is no number.
///
/// - Parameters:
///   - delimiter: The byte between fields.
///   - write: Gets the text in pieces of about 64 KiB; they do not outlive the call.
public func writeCSV<Failure: Error>(
  _ table: Table, delimiter: UInt8 = UInt8(ascii: ","),
  into write: (UnsafeRawBufferPointer) throws(Failure) -> Void
) throws(Failure) {
  var lines = CSVLines(table, delimiter)
  lines.appendHeader()
  let blockRows = Table.blockRows
  for first in stride(from: 0, to: table.rows, by: blockRows) {
    for row in first..<min(first + blockRows, table.rows) {
      lines.append(row)
      if lines.text.count >= 1 << 16 { try lines.flush(into: write) }
    }
  }
  try lines.flush(into: write)
}

/// A table as CSV in memory.
public func csvBytes(of table: Table, delimiter: UInt8 = UInt8(ascii: ",")) -> [UInt8] {
  var text: [UInt8] = []
  writeCSV(table, delimiter: delimiter) { text.append(contentsOf: $0) }
  return text
}

/// Lines that are written, until they are handed on.
private struct CSVLines {
  private(set) var text: [UInt8] = []
  private let table: Table
  private let delimiter: UInt8
  /// The features in the schema's order, each with its place among those of its kind.
  private let features: [(isNumeric: Bool, place: Int, levels: [String])]
  private let labelLevels: [String]?
  private let isOneColumn: Bool

  init(_ table: Table, _ delimiter: UInt8) {
    self.table = table
    self.delimiter = delimiter
    var places = (numeric: 0, categorical: 0)
    var features: [(isNumeric: Bool, place: Int, levels: [String])] = []
    for feature in table.schema.features {
      if let levels = feature.kind.levels {
        features.append((false, places.categorical, levels))
        places.categorical += 1
      } else {
        features.append((true, places.numeric, []))
        places.numeric += 1
      }
    }
    self.features = features
    labelLevels = table.schema.label?.kind.levels
    isOneColumn = table.schema.columnNames.count == 1
  }

  mutating func flush<Failure: Error>(
    into write: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let full = text
    text.removeAll(keepingCapacity: true)
    try full.withUnsafeBufferPointer { piece throws(Failure) in
      try write(UnsafeRawBufferPointer(piece))
    }
  }

  mutating func appendHeader() {
    for name in table.schema.columnNames {
      let hasBlanks = name.utf8.first.map(DecimalNumber.isBlank) ?? true
      let endsBlank = name.utf8.last.map(DecimalNumber.isBlank) ?? true
      appendText(name, quoted: hasBlanks || endsBlank)
      text.append(delimiter)
    }
    endLine()
  }

  mutating func append(_ row: Int) {
    if let id = table.id(at: row) {
      appendText(id)
      text.append(delimiter)
    }
    table.withLabels { labels in
      if !labels.isEmpty { appendLabel(labels[row]) }
    }
    table.withWeights { weights in
      if !weights.isEmpty { appendField(weights[row]) }
    }
    for feature in features {
      if feature.isNumeric {
        appendField(table.numericValue(row, feature.place))
      } else {
        let code = table.codeBuffer(feature.place)[row]
        if code >= 0 { appendText(feature.levels[Int(code)]) } else { appendMissing() }
        text.append(delimiter)
      }
    }
    endLine()
  }

  private mutating func appendLabel(_ label: Double) {
    guard let labelLevels, !label.isNaN else { return appendField(label) }
    appendText(labelLevels[Int(label)])
    text.append(delimiter)
  }

  private mutating func appendField(_ value: Double) {
    if value.isNaN {
      appendMissing()
    } else if let whole = Int64(exactly: value), abs(whole) < 1 << 53,
      value.sign == .plus || whole != 0
    {
      text.append(contentsOf: String(whole).utf8)
    } else {
      text.append(contentsOf: value.description.utf8)
    }
    text.append(delimiter)
  }

  /// An empty field; in quotes when a line would be blank without them.
  private mutating func appendMissing() {
    if isOneColumn { text += [UInt8(ascii: "\""), UInt8(ascii: "\"")] }
  }

  private mutating func appendText(_ value: String, quoted: Bool = false) {
    let quote = UInt8(ascii: "\"")
    let special = [quote, delimiter, CSVDialect.newline, CSVDialect.carriageReturn]
    guard quoted || value.isEmpty || value.utf8.contains(where: { special.contains($0) }) else {
      text.append(contentsOf: value.utf8)
      return
    }
    text.append(quote)
    for byte in value.utf8 {
      if byte == quote { text.append(quote) }
      text.append(byte)
    }
    text.append(quote)
  }

  /// Ends the line in place of the last delimiter.
  private mutating func endLine() {
    if !table.schema.columnNames.isEmpty { text.removeLast() }
    text.append(CSVDialect.newline)
  }
}

extension Table {
  fileprivate func numericValue(_ row: Int, _ column: Int) -> Double {
    doubles(at: TableLayout.numeric, count: layout.numericValues)[
      TableLayout.element(row, column, of: numericFeatures.count)]
  }
}
