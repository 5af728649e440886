/// A row of a CSV file.
public struct CSVPlace: Hashable, Codable, Sendable {
  /// Counts rows of values from 1; the header is none.
  public let row: Int
  /// The line of the file on which the row starts, from 1.
  public let line: Int

  public init(row: Int, line: Int) {
    self.row = row
    self.line = line
  }
}

/// Why a CSV file is not a table. Cases carry places and names, never a value.
public enum CSVError: Error, Hashable, Sendable {
  /// Nothing in the file, or nothing but blank lines.
  case emptyFile
  /// A header, and no rows.
  case noRows
  case tooManyRows(found: Int, limit: Int)
  case tooManyColumns(found: Int, limit: Int)
  /// Delimiter and quote are one byte, or one of them is a line end.
  case dialect
  /// Two columns of the header, or of the given names, have one name.
  case duplicateColumn(String)
  /// The names given for a file without a header are not as many as its columns.
  case nameCount(expected: Int, found: Int)
  /// No column of this name, or none that matches this pattern.
  case noSuchColumn(String, available: [String])
  /// One column is to be two things, such as id and label.
  case columnUsedTwice(String)
  /// Said to be categorical, but not among the features.
  case notAFeature(String, features: [String])
  case raggedRow(CSVPlace, expected: Int, found: Int)
  /// A numeric column's value is no number, or not a finite one.
  case notANumber(CSVPlace, column: String)
  /// A text that is not UTF-8; the column is nil in the header.
  case notUTF8(CSVPlace, column: String?)
  /// The file ends inside quotes that were opened in this row.
  case unterminatedQuote(CSVPlace)
  /// A quote inside a field that has no quotes around it, or text after the closing quote.
  case strayQuote(CSVPlace, column: String?)
  case fieldTooLong(CSVPlace, column: String?, limit: Int)
  case missingID(CSVPlace)
  /// Two rows, counted from 1, with one id.
  case duplicateID(first: Int, second: Int)
  case missingWeight(CSVPlace)
  case negativeWeight(CSVPlace)
  /// So many distinct texts are hardly classes: the limit is `CSVLimits.levels`.
  case tooManyLevels(column: String, limit: Int)
}
