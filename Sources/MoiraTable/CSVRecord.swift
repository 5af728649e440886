/// The fields of one record, read one by one: for the header, and where speed does not matter.
enum CSVRecord {
  typealias Bytes = UnsafePointer<UInt8>

  /// How many fields the record at `start` has; a blank line has none.
  static func count(at start: Bytes, to end: Bytes, _ dialect: CSVDialect) -> Int {
    var count = 0
    var cursor = start
    while true {
      let field = CSVField(at: cursor, to: end, dialect)
      count += 1
      guard field.flaw == nil, field.next < end, field.next.pointee == dialect.delimiter else {
        return count == 1 && field.count == 0 && !field.isQuoted ? 0 : count
      }
      cursor = field.next + 1
    }
  }

  /// The names in the header at `start`, and where the next record starts.
  ///
  /// Blanks around a name without quotes are left out; an empty name becomes `c` and its place.
  static func names(
    at start: Bytes, to end: Bytes, _ dialect: CSVDialect
  ) throws(CSVError) -> (names: [String], next: Bytes) {
    var names: [String] = []
    var cursor = start
    let place = CSVPlace(row: 0, line: 1)
    while true {
      let field = CSVField(at: cursor, to: end, dialect)
      if let flaw = field.flaw { throw error(flaw, place) }
      guard let name = name(field, dialect) else { throw .notUTF8(place, column: nil) }
      names.append(name.isEmpty ? "c\(names.count)" : name)
      if names.count > CSVLimits.columns {
        let found = count(at: start, to: end, dialect)
        throw .tooManyColumns(found: found, limit: CSVLimits.columns)
      }
      guard field.next < end else { return (names, end) }
      cursor = field.next + 1
      if field.next.pointee != dialect.delimiter { return (names, cursor) }
    }
  }

  private static func name(_ field: CSVField, _ dialect: CSVDialect) -> String? {
    var scratch: [UInt8] = []
    return field.withText(dialect.quote, &scratch) { text in
      var rest = text[...]
      if !field.isQuoted {
        while let first = rest.first, DecimalNumber.isBlank(first) { rest.removeFirst() }
        while let last = rest.last, DecimalNumber.isBlank(last) { rest.removeLast() }
      }
      return String(validating: rest, as: UTF8.self)
    }
  }

  private static func error(_ flaw: CSVField.Flaw, _ place: CSVPlace) -> CSVError {
    switch flaw {
    case .unterminatedQuote: .unterminatedQuote(place)
    case .strayQuote: .strayQuote(place, column: nil)
    case .tooLong: .fieldTooLong(place, column: nil, limit: CSVLimits.fieldBytes)
    }
  }
}
