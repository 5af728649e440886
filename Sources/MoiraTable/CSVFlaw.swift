/// What is wrong with one field or row, while its line and names are not known yet.
struct CSVFlaw {
  enum Kind {
    case ragged(found: Int)
    case notANumber
    case notUTF8
    case field(CSVField.Flaw)
    case missingID
    case missingWeight
    case negativeWeight
    case tooManyLevels
  }

  let kind: Kind
  /// Counts rows of values from 0.
  let row: Int
  /// The place of the column in the file.
  let column: Int
  /// Where the row starts in the text.
  let rowStart: UnsafePointer<UInt8>

  /// The error with its facts; counts the lines before the row.
  func error(in text: UnsafeBufferPointer<UInt8>, _ columns: CSVColumns) -> CSVError {
    let before = rowStart - (text.baseAddress ?? rowStart)
    let line = 1 + text[..<before].count { $0 == CSVDialect.newline }
    let place = CSVPlace(row: row + 1, line: line)
    let name = columns.names.indices.contains(column) ? columns.names[column] : nil
    switch kind {
    case .ragged(let found):
      return .raggedRow(place, expected: columns.names.count, found: found)
    case .notANumber: return .notANumber(place, column: name ?? "")
    case .notUTF8: return .notUTF8(place, column: name)
    case .field(.unterminatedQuote): return .unterminatedQuote(place)
    case .field(.strayQuote): return .strayQuote(place, column: name)
    case .field(.tooLong):
      return .fieldTooLong(place, column: name, limit: CSVLimits.fieldBytes)
    case .missingID: return .missingID(place)
    case .missingWeight: return .missingWeight(place)
    case .negativeWeight: return .negativeWeight(place)
    case .tooManyLevels: return .tooManyLevels(column: name ?? "", limit: CSVLimits.levels)
    }
  }
}
