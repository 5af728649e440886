internal import MoiraConfig
internal import MoiraKit
internal import MoiraModel
internal import MoiraPlan
internal import MoiraTable

/// Puts the rows of two of a party's tables below one another.
///
/// Both must have the same columns; levels of texts are joined. Ids must stay unique. Nothing leaves
/// the party.
struct Union: Component {
  static let card = ComponentCard(
    "union", version: 1, roles: [.guest, .host],
    summary: "Puts the rows of two of a party's tables below one another.")

  @Input("The first rows.", at: .guest, .host) var data: Artifact<Table>
  @Input("The rows below them; without, the first are passed on.", at: .guest, .host)
  var more: Artifact<Table>?
  @Output("The rows of both.", at: .guest, .host) var table: Artifact<Table>

  func run(in task: some TaskContext) async throws {
    let first = try await task.read(data)
    guard let more else {
      try await task.write(first, to: table)
      return
    }
    let second = try await task.read(more)
    let both = try first.joined(with: second)
    try await task.write(both, to: table)
    task.log("\(first.rows) + \(second.rows) rows")
  }
}

extension Table {
  /// The rows of both, these first.
  ///
  /// - Throws: `union-columns`, `union-ids`.
  func joined(with other: Table) throws(Failure) -> Table {
    if let wrong = schema.mismatches(with: other.schema).first {
      throw Failure(
        "union-columns",
        "the tables of a union must have the same columns, but '\(wrong.column)' differs",
        hint: "compare where the two tables come from")
    }
    guard schema.id == other.schema.id, schema.weight == other.schema.weight else {
      throw Failure(
        "union-columns", "the tables of a union must have the same id and weight, but these differ")
    }
    let schema = schema.unified(with: other.schema)
    let tables = [try following(schema), try other.following(schema)]
    var builder = TableBuilder(rows: rows + other.rows)
    builder.fill(from: tables, schema)
    do {
      return try Table(try builder.build())
    } catch let error as TableBuildError {
      guard case .duplicateID(let row, let twin) = error else {
        throw Failure("union-columns", "the tables make no union", cause: "\(error)")
      }
      throw Failure(
        "union-ids",
        "ids must stay unique in a union, but rows \(row + 1) and \(twin + 1) share one",
        hint: "a union is of rows that are apart: of two splits, or of two files")
    } catch {
      throw Failure("artifact-corrupt", "a new table cannot be opened", cause: "\(error)")
    }
  }
}

extension TableBuilder {
  fileprivate mutating func fill(from tables: [Table], _ schema: TableSchema) {
    if let id = schema.id {
      setID(id, tables.flatMap { table in (0..<table.rows).map { table.id(at: $0) ?? "" } })
    }
    if let label = schema.label {
      setLabel(label.name, tables.flatMap { $0.labels() ?? [] }, kind: label.kind)
    }
    if let weight = schema.weight { setWeight(weight, tables.flatMap { $0.weights() ?? [] }) }
    for feature in schema.features {
      if let levels = feature.kind.levels {
        addCategorical(
          feature.name, levels: levels,
          codes: tables.flatMap { $0.categoricalCodes(named: feature.name) ?? [] })
      } else {
        addNumeric(feature.name, tables.flatMap { $0.numericColumn(named: feature.name) ?? [] })
      }
    }
  }
}
