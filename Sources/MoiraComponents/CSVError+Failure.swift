package import MoiraModel
package import MoiraTable

/// The words for what is wrong in a CSV file. Names and places, never a value.
extension CSVError {
  package func failure(in dataset: String, at party: PartyID) -> Failure {
    var failure = Failure(code, "'\(dataset)' at \(party): \(words)", hint: hint)
    failure.party = party
    return failure
  }

  private var code: String {
    switch self {
    case .emptyFile, .noRows: "csv-empty"
    case .tooManyRows, .tooManyColumns, .fieldTooLong, .tooManyLevels: "csv-over-limit"
    case .dialect: "csv-dialect"
    case .duplicateColumn, .columnUsedTwice: "csv-duplicate-column"
    case .nameCount: "csv-name-count"
    case .noSuchColumn, .notAFeature: "csv-no-such-column"
    case .raggedRow: "csv-ragged-row"
    case .notANumber, .notUTF8, .missingID, .missingWeight, .negativeWeight: "csv-bad-cell"
    case .unterminatedQuote, .strayQuote: "csv-bad-quote"
    case .duplicateID: "csv-duplicate-id"
    }
  }

  private var words: String {
    switch self {
    case .emptyFile: "the file must have a header and rows, but is empty"
    case .noRows: "the file must have rows, but has only a header"
    case .tooManyRows(let found, let limit):
      "at most \(limit) rows are read, but \(found) are there"
    case .tooManyColumns(let found, let limit):
      "at most \(limit) columns are read, but \(found) are there"
    case .dialect: "'delimiter' and 'quote' must differ, and neither can be a line end"
    case .duplicateColumn(let name): "two columns are named '\(name)'"
    case .nameCount(let expected, let found):
      "'names' must name all \(expected) columns, but names \(found)"
    case .noSuchColumn(let name, _): "there is no column '\(name)'"
    case .columnUsedTwice(let name): "column '\(name)' cannot be two things at once"
    case .notAFeature(let name, _): "column '\(name)' is categorical, but not among the features"
    case .duplicateID(let first, let second): "rows \(first) and \(second) have the same id"
    case .tooManyLevels(let column, let limit):
      "column '\(column)' has more than \(limit) different texts"
    default: cellWords
    }
  }

  private var cellWords: String {
    switch self {
    case .raggedRow(let place, let expected, let found):
      "\(place.words) must have \(expected) fields, but has \(found)"
    case .notANumber(let place, let column): "\(place.words), column '\(column)' must be a number"
    case .notUTF8(let place, let column): "\(place.words)\(in: column) must be UTF-8"
    case .unterminatedQuote(let place): "\(place.words) opens a quote that is never closed"
    case .strayQuote(let place, let column):
      "\(place.words)\(in: column) has a quote where none may be"
    case .fieldTooLong(let place, let column, let limit):
      "\(place.words)\(in: column) must have at most \(limit) bytes"
    case .missingID(let place): "\(place.words) must have an id"
    case .missingWeight(let place): "\(place.words) must have a weight"
    case .negativeWeight(let place): "\(place.words) must have a weight of at least 0"
    default: "the file cannot be read"
    }
  }

  private var hint: String? {
    switch self {
    case .noSuchColumn(let name, let others), .notAFeature(let name, let others):
      nearestName(to: name, among: others).map { "did you mean '\($0)'?" } ?? Self.list(others)
    case .notANumber: "name the column under 'categorical', or the text under 'missing'"
    case .raggedRow: "a field that holds the delimiter needs quotes around it; see 'delimiter'"
    case .strayQuote: "a quote inside of quotes is doubled; see 'quote'"
    case .tooManyLevels: "leave it out of 'categorical', or make it the id"
    default: nil
    }
  }

  /// At most so many names stand in a hint.
  private static let listedNames = 12

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(listedNames).map { "'\($0)'" }.joined(separator: ", ")
    let rest = names.count - listedNames
    return "the columns are \(shown)" + (rest > 0 ? " and \(rest) more" : "")
  }
}

extension CSVPlace {
  /// The header stands before row 1.
  fileprivate var words: String { row > 0 ? "row \(row) (line \(line))" : "the header" }
}

extension DefaultStringInterpolation {
  fileprivate mutating func appendInterpolation(in column: String?) {
    if let column { appendLiteral(", column '\(column)'") }
  }
}
