internal import MoiraConfig
internal import MoiraKit
internal import MoiraModel
internal import MoiraPlan
internal import MoiraTable

/// Reads a party's CSV file into a table.
///
/// Readers of several parties then agree on label and features (`agreeSchema`), so that the codes
/// of texts mean the same everywhere. Nothing else leaves the party.
struct Reader: Component {
  static let card = ComponentCard(
    "reader", version: 1, roles: [.guest, .host],
    summary: "Reads a party's CSV file into a table.",
    reference: "https://www.rfc-editor.org/rfc/rfc4180")

  @Output("The rows of this party.", at: .guest, .host)
  var table: Artifact<Table>

  @Param("A dataset that the party has registered. This or 'path'.")
  var dataset: DatasetName?

  @Param("A file on the party's machine, relative to the party's folder. This or 'dataset'.")
  var path: String?

  @Param(
    "The column whose values tell rows apart. As the party registered, unless given.", .notEmpty)
  var id: String?

  @Param("The column to be predicted. As the party registered, unless given.", .notEmpty)
  var label: String?

  @Param(
    "The column of row weights, none negative. As the party registered, unless given.", .notEmpty)
  var weight: String?

  @Param("The features by name, or by patterns with * and ?. Empty takes all other columns.")
  var features: [String] = []

  @Param("Features that are texts, by name or pattern; all others must be numbers.")
  var categorical: [String] = []

  @Param("Texts that stand for a missing value. As the party registered, unless given.")
  var missing: [String]?

  @Param("The character between fields, or 'tab'. As the party registered, unless given.")
  var delimiter: String?

  @Param("The character around fields. As the party registered, unless given.")
  var quote: String?

  @Param("Whether line 1 names the columns. As the party registered, unless given.")
  var header: Bool?

  @Param("The columns' names, for a file without a header; c0, c1, ... unless given.")
  var names: [String]?

  @Param("Whether the readers of all parties agree on label and features before they go on.")
  var agree: Bool = true

  func check(_ findings: inout ParameterFindings) {
    if dataset != nil, path != nil {
      findings.error("path", "only one of 'dataset' and 'path' can be given, but both are")
    }
    if dataset == nil, path == nil {
      findings.error(
        "dataset", "one of 'dataset' and 'path' must be given, but neither is",
        hint: "dataset: <name that 'moira party show' lists>")
    }
    for (name, text) in [("delimiter", delimiter), ("quote", quote)] {
      guard let text, CSVOptions.byte(text) == nil else { continue }
      findings.error(
        name, "'\(name)' must be one ASCII character, but has \(text.utf8.count) bytes")
    }
    checkColumns(&findings)
  }

  private func checkColumns(_ findings: inout ParameterFindings) {
    var uses: [String: String] = [:]
    for (use, column) in [("id", id), ("label", label), ("weight", weight)] {
      guard let column else { continue }
      if let other = uses.updateValue(use, forKey: column) {
        findings.error(use, "column '\(column)' is the \(other) already, and cannot be the \(use)")
      }
    }
    for column in features {
      guard let use = uses[column] else { continue }
      findings.error("features", "column '\(column)' is the \(use), and cannot be a feature")
    }
  }

  func fingerprint(at site: some PartySite) async throws -> String? {
    let dataset = try await site.dataset(choice())
    return "\(dataset.hash) \(dataset.options.json(sorted: true))"
  }

  func run(in task: some TaskContext) async throws {
    let dataset = try await task.dataset(choice())
    let rows = try read(dataset, in: task)
    task.log("\(rows.rows) rows × \(rows.schema.features.count) features of '\(dataset.name)'")
    guard agree, task.clients.count > 1 else {
      try await task.write(rows, to: table)
      return
    }
    let agreed = try await agreeSchema(rows.schema, in: task)
    try await task.write(try rows.following(agreed), to: table)
  }

  private func choice() throws(Failure) -> DatasetChoice {
    if let dataset { return .named(dataset.text) }
    if let path { return .path(path) }
    throw Failure("param-missing", "one of 'dataset' and 'path' must be given, but neither is")
  }

  private func read(_ dataset: Dataset, in task: some TaskContext) throws(Failure) -> Table {
    let options = try options(dataset.options)
    let image: AlignedBytes
    do {
      image = try dataset.bytes.withBytes { bytes throws(CSVError) in
        try readCSV(bytes, options: options, workers: task.workers)
      }
    } catch {
      throw error.failure(in: dataset.name, at: task.party)
    }
    return try .opened(image)
  }
}

extension Table {
  /// Opens an image that was just made.
  ///
  /// - Throws: `artifact-corrupt`, a mistake of our own.
  static func opened(_ image: AlignedBytes) throws(Failure) -> Table {
    do {
      return try Table(image)
    } catch {
      throw Failure("artifact-corrupt", "a new table cannot be opened", cause: "\(error)")
    }
  }

  /// The same rows with the levels of the agreed schema; itself when they are the same already.
  func following(_ agreed: TableSchema) throws(Failure) -> Table {
    if agreed.features == schema.features, agreed.label == schema.label { return self }
    return try .opened(recoded(to: agreed))
  }
}
