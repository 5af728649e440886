import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraTable

/// What a look into a registered dataset shows: rows, columns and types, or why it cannot be read.
struct DatasetSight {
  private let entry: DatasetEntry
  private let found: Result<Table, Failure>

  init(_ entry: DatasetEntry, in store: some DatasetStore) async {
    self.entry = entry
    do throws(Failure) {
      let dataset = try await store.open(.named(entry.name))
      found = .success(try Self.table(dataset, entry))
    } catch {
      found = .failure(error)
    }
  }

  /// Reads all columns as numbers, and those that are none as texts; texts that are too many to be
  /// classes must be ids.
  private static func table(_ dataset: Dataset, _ entry: DatasetEntry) throws(Failure) -> Table {
    let reading = ReadingOptions(dataset.options)
    var options = CSVOptions(
      delimiter: reading.delimiter.utf8.first ?? UInt8(ascii: ","),
      quote: reading.quote.utf8.first ?? UInt8(ascii: "\""), hasHeader: reading.header,
      missing: reading.missing)
    while true {
      let flaw: CSVError
      do throws(CSVError) {
        let image = try dataset.bytes.withBytes { bytes throws(CSVError) in
          try readCSV(bytes, options: options)
        }
        return try opened(image, entry)
      } catch {
        flaw = error
      }
      guard adapt(&options, to: flaw) else { throw unreadable(entry, flaw) }
    }
  }

  private static func adapt(_ options: inout CSVOptions, to flaw: CSVError) -> Bool {
    switch flaw {
    case .notANumber(_, let column) where !options.categorical.contains(column):
      options.categorical.append(column)
    case .tooManyLevels(let column, _) where options.id == nil:
      options.categorical.removeAll { $0 == column }
      options.id = column
    default: return false
    }
    return true
  }

  private static func opened(
    _ image: AlignedBytes, _ entry: DatasetEntry
  ) throws(CSVError) -> Table {
    do {
      return try Table(image)
    } catch {
      throw .emptyFile
    }
  }

  private static func unreadable(_ entry: DatasetEntry, _ flaw: CSVError) -> Failure {
    Failure(
      "dataset-unreadable", "'\(entry.path)' is not CSV that can be read",
      hint: "a task with a reader says the row and column", cause: "\(flaw)")
  }

  /// Nil where it cannot be read.
  var rows: Int? { try? found.get().rows }

  func lines(_ style: Style) -> [String] {
    switch found {
    case .failure(let failure):
      return ["", style.bold(entry.name) + "  \(entry.path)", "  " + failure.message]
    case .success(let table):
      var columns = TextTable([])
      for column in Self.columns(of: table) { columns.add([column.name, column.type]) }
      let count = table.schema.columnNames.count
      return [
        "", style.bold(entry.name) + "  \(entry.path)", "  \(table.rows) rows, \(count) columns",
      ] + columns.lines(indent: "    ")
    }
  }

  private static func columns(of table: Table) -> [(name: String, type: String)] {
    let ids = table.schema.id.map { [(name: $0, type: "text, all differ")] } ?? []
    return ids
      + table.schema.features.map { feature in
        let levels = feature.kind.levels
        return (feature.name, levels.map { "text, \($0.count) values" } ?? "number")
      }
  }

  var json: ConfigValue {
    let head: [(key: String, value: ConfigValue)] = [
      ("dataset", .string(entry.name)), ("path", .string(entry.path)),
    ]
    switch found {
    case .failure(let failure): return .map(head + [("failure", FailureReport(failure).json)])
    case .success(let table):
      let columns = Self.columns(of: table).map {
        ConfigValue.map([("name", .string($0.name)), ("type", .string($0.type))])
      }
      return .map(head + [("rows", .int(table.rows)), ("columns", .list(columns))])
    }
  }
}
