internal import MoiraConfig
internal import MoiraKit
internal import MoiraModel
internal import MoiraPlan
internal import MoiraTable

/// Brings in a table that an earlier job made.
struct TableReader: Component {
  static let card = ComponentCard(
    "table_reader", version: 1, roles: [.guest, .host],
    summary: "Brings in a table of an earlier job, by the hash of its artifact.")

  @Output("The table.", at: .guest, .host) var table: Artifact<Table>

  @Param(
    "The full hash of a table's artifact at this party, as 'moira artifacts' shows it.", .notEmpty)
  var artifact: String

  func run(in task: some TaskContext) async throws {
    let read = try await task.read(Artifact<Table>(of: ContentHash(artifact)))
    try await task.write(read, to: table)
    task.log("\(read.rows) rows × \(read.schema.features.count) features")
  }
}
