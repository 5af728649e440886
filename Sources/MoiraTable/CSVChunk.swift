/// Parses the rows of one chunk straight into the table image.
///
/// Doubles, labels and weights land where they stay. Texts get numbers of the chunk's own, ids
/// gather in the chunk: `CSVMerge` puts them together when all chunks are done.
struct CSVChunk {
  typealias Bytes = UnsafePointer<UInt8>

  let rules: CSVRules
  /// Of the whole file, from 0.
  let rows: Range<Int>
  /// The first flaw; rows after it are not read.
  private(set) var flaw: CSVFlaw?
  /// Set when a label is not a number, while labels are read as numbers.
  private(set) var hasTextLabel = false
  private(set) var missing: [UInt64]
  private(set) var levels: [LevelTable]
  private(set) var labelLevels = LevelTable()
  private(set) var ids: [UInt8] = []
  private var scratch: [UInt8] = []
  private var rowStart: Bytes

  init(_ rules: CSVRules, rows: Range<Int>, from start: Bytes) {
    self.rules = rules
    self.rows = rows
    rowStart = start
    missing = [UInt64](repeating: 0, count: rules.draft.layout.numericCount)
    levels = [LevelTable](repeating: LevelTable(), count: rules.draft.layout.categoricalCount)
  }

  /// Reads the rows. Never writes outside of them, whatever the text is.
  mutating func parse() {
    for row in rows {
      guard let next = parseRow(row) else { return }
      rowStart = next
    }
  }

  /// Reads the row at `rowStart`, and says where the next one starts; nil when there is a flaw.
  private mutating func parseRow(_ row: Int) -> Bytes? {
    var cursor = rowStart
    let count = rules.uses.count
    let target = rules.numeric + TableLayout.element(row, 0, of: rules.numericCount)
    for column in 0..<count {
      let next: Bytes?
      if case .numeric(let place) = rules.uses[column] {
        next = parseNumber(
          at: cursor, row, column, place, target + place &* TableLayout.blockRows)
      } else {
        next = parseText(at: cursor, row, column)
      }
      guard let next else { return nil }
      if column == count &- 1 {
        if next == rules.end { return next }
        if next.pointee == CSVDialect.newline { return next + 1 }
        return ragged(row)
      }
      guard next < rules.end, next.pointee == rules.dialect.delimiter else { return ragged(row) }
      cursor = next + 1
    }
    return nil
  }

  /// Reads a number to its place; most end at a delimiter, and no field need be sought first.
  @inline(__always)
  private mutating func parseNumber(
    at start: Bytes, _ row: Int, _ column: Int, _ place: Int,
    _ target: UnsafeMutablePointer<Double>
  ) -> Bytes? {
    if let read = rules.number.prefix(from: start, to: rules.end), read.end < rules.end,
      read.end.pointee == rules.dialect.delimiter || read.end.pointee == CSVDialect.newline,
      read.value.isFinite, !rules.hasMissingValues
    {
      target.pointee = read.value
      return read.end
    }
    return parseOddNumber(at: start, row, column, place, target)
  }

  /// Reads what is quoted, blank, missing, very long or last.
  @inline(never)
  private mutating func parseOddNumber(
    at start: Bytes, _ row: Int, _ column: Int, _ place: Int,
    _ target: UnsafeMutablePointer<Double>
  ) -> Bytes? {
    guard let field = field(at: start, row, column) else { return nil }
    switch number(in: field) {
    case .number(let value): target.pointee = value
    case .missing:
      target.pointee = missingValue
      missing[place] += 1
    case .text:
      flaw = CSVFlaw(kind: .notANumber, row: row, column: column, rowStart: rowStart)
      return nil
    }
    return field.next
  }

  @inline(never)
  private mutating func parseText(at start: Bytes, _ row: Int, _ column: Int) -> Bytes? {
    guard let field = field(at: start, row, column) else { return nil }
    var wrong: CSVFlaw.Kind?
    switch rules.uses[column] {
    case .skipped, .numeric: break
    case .categorical(let place):
      let code = Self.code(of: field, in: &levels[place], rules, &scratch, &wrong)
      rules.draft.codes(place)[row] = code
    case .id: wrong = takeID(field, row)
    case .label: wrong = takeLabel(field, row)
    case .weight: wrong = takeWeight(field, row)
    }
    guard let wrong else { return field.next }
    flaw = CSVFlaw(kind: wrong, row: row, column: column, rowStart: rowStart)
    return nil
  }

  @inline(__always)
  private mutating func field(at start: Bytes, _ row: Int, _ column: Int) -> CSVField? {
    let field = CSVField(at: start, to: rules.end, rules.dialect)
    guard let wrong = field.flaw else { return field }
    flaw = CSVFlaw(kind: .field(wrong), row: row, column: column, rowStart: rowStart)
    return nil
  }

  private enum Reading {
    case number(Double)
    case missing
    case text
  }

  private mutating func number(in field: CSVField) -> Reading {
    let rules = rules
    return field.withText(rules.dialect.quote, &scratch) { text in
      if rules.missing.contains(text) { return .missing }
      guard let value = rules.number.value(of: text), value.isFinite else { return .text }
      return rules.missing.values.contains(value) ? .missing : .number(value)
    }
  }

  /// The number of the field's text in the chunk, -1 when it is missing.
  private static func code(
    of field: CSVField, in levels: inout LevelTable, _ rules: CSVRules, _ scratch: inout [UInt8],
    _ wrong: inout CSVFlaw.Kind?
  ) -> Int32 {
    let known = levels.count
    let code: Int32 = field.withText(rules.dialect.quote, &scratch) { text in
      rules.missing.contains(text) ? -1 : levels.code(of: text)
    }
    if levels.count > known {
      if levels.text(known) == nil { wrong = .notUTF8 }
      if levels.count > CSVLimits.levels { wrong = .tooManyLevels }
    }
    return code
  }

  private mutating func takeID(_ field: CSVField, _ row: Int) -> CSVFlaw.Kind? {
    if field.count == 0 { return .missingID }
    let first = ids.count
    field.withText(rules.dialect.quote, &scratch) { ids.append(contentsOf: $0) }
    rules.draft.idEnds[row + 1] = UInt64(ids.count)
    let isASCII = ids[first...].reduce(0, |) < 0x80
    if isASCII || String(validating: ids[first...], as: UTF8.self) != nil { return nil }
    return .notUTF8
  }

  private mutating func takeLabel(_ field: CSVField, _ row: Int) -> CSVFlaw.Kind? {
    if rules.readsTextLabels {
      var wrong: CSVFlaw.Kind?
      let code = Self.code(of: field, in: &labelLevels, rules, &scratch, &wrong)
      rules.draft.labels[row] = code < 0 ? missingValue : Double(code)
      return wrong
    }
    switch number(in: field) {
    case .number(let value): rules.draft.labels[row] = value
    case .missing: rules.draft.labels[row] = missingValue
    case .text: hasTextLabel = true
    }
    return nil
  }

  private mutating func takeWeight(_ field: CSVField, _ row: Int) -> CSVFlaw.Kind? {
    switch number(in: field) {
    case .number(let value):
      rules.draft.weights[row] = value
      return value < 0 ? .negativeWeight : nil
    case .missing: return .missingWeight
    case .text: return .notANumber
    }
  }

  /// Counts the fields that the row really has.
  @inline(never)
  private mutating func ragged(_ row: Int) -> Bytes? {
    let found = CSVRecord.count(at: rowStart, to: rules.end, rules.dialect)
    flaw = CSVFlaw(
      kind: .ragged(found: found), row: row, column: rules.uses.count, rowStart: rowStart)
    return nil
  }
}

/// What all chunks of a file share.
struct CSVRules {
  let dialect: CSVDialect
  let number: DecimalNumber
  let missing: CSVMissing
  let uses: UnsafeBufferPointer<CSVColumns.Use>
  /// Where the last row ends.
  let end: UnsafePointer<UInt8>
  let draft: TableDraft
  let numeric: UnsafeMutablePointer<Double>
  let numericCount: Int
  let hasMissingValues: Bool
  /// Whether labels are texts to be numbered; numbers otherwise.
  var readsTextLabels: Bool

  init(
    _ dialect: CSVDialect, _ missing: CSVMissing, _ uses: UnsafeBufferPointer<CSVColumns.Use>,
    end: UnsafePointer<UInt8>, _ draft: TableDraft
  ) {
    self.dialect = dialect
    self.missing = missing
    self.uses = uses
    self.end = end
    self.draft = draft
    number = DecimalNumber()
    numeric = draft.numeric
    numericCount = draft.layout.numericCount
    hasMissingValues = !missing.values.isEmpty
    readsTextLabels = false
  }
}
