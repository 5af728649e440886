import Foundation
internal import MoiraConfig
internal import MoiraKit
internal import MoiraModel
internal import MoiraPlan
internal import MoiraRuntime
internal import MoiraTable

extension FlowService {
  static let tableShelf = "flow-table"

  func readTables() async throws(Failure) {
    for document in try await ground.documents.documents(on: Self.tableShelf) {
      let table = try FlowDocument.read(FlowTable.self, document.bytes)
      tables[table.dataset] = table
    }
    for document in try await ground.documents.documents(on: Self.providerShelf) {
      providers[document.key] = try FlowDocument.read(ConfigValue.self, document.bytes)
    }
  }

  func store(_ table: FlowTable) async throws(Failure) {
    let change = DocumentChange(
      shelf: Self.tableShelf, key: table.dataset, bytes: try FlowDocument.bytes(table))
    try await ground.documents.change([change])
    tables[table.dataset] = table
  }

  /// - Throws: `table-unknown`, with FATE's code.
  func table(namespace: String, name: String) throws(FlowRefusal) -> FlowTable {
    if let table = tables[FlowTable.dataset(namespace: namespace, name: name)] { return table }
    let names = tables.values.map { "\($0.namespace) \($0.name)" }.sorted()
    throw FlowRefusal(
      .tableNotFound,
      Failure(
        "table-unknown",
        "there is no table '\(name.prefix(60))' of the namespace '\(namespace.prefix(60))'",
        hint: nearestName(to: "\(namespace) \(name)", among: names).map { "did you mean '\($0)'?" }
          ?? "'flow data upload' and 'flow data upload-file' bring one"), field: "name")
  }

  private func named(_ fields: FlowFields) throws(FlowRefusal) -> (namespace: String, name: String)
  {
    (try fields.required("namespace"), try fields.required("name"))
  }

  // MARK: Bringing

  /// `flow data upload`: a file of the server's own machine, below a declared folder.
  func upload(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let path = try settings.roots.existing(
      try request.fields.required("file", limit: 4096), field: "file")
    return try await bring(request, path: path, isTemporary: false)
  }

  /// `flow data upload-file`: the file itself.
  func uploadFile(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    guard let file = request.file else { throw Self.noFile }
    // The request's own copy goes with the request.
    let path = "\(settings.incoming)/\(UUID().uuidString).table"
    guard rename(file.path, path) == 0 else {
      throw FlowRefusal(
        .exception, Failure("storage-unwritable", "the file cannot be kept"))
    }
    return try await bring(request, path: path, isTemporary: true)
  }

  private func bring(
    _ request: FlowRequest, path: String, isTemporary: Bool
  ) async throws(FlowRefusal) -> FlowReply {
    do throws(FlowRefusal) {
      let table = try newTable(request.fields)
      let document = try kept { () throws(Failure) in try FlowDocument.bytes(table) }
      let task = FlowJob.LocalTask(
        name: "upload_0", component: "upload",
        parameters: .map([
          ("name", .string(table.name)), ("namespace", .string(table.namespace)),
          ("path", .string(path)), ("is_temp_file", .bool(isTemporary)),
          ("meta", table.meta.written),
          ("table", .string(String(decoding: document, as: UTF8.self))),
        ]))
      let job = try await runLocally([task], user: request.user)
      return FlowReply(
        data: .map([
          ("name", .string(table.name)), ("namespace", .string(table.namespace)),
        ]), job: job.id)
    } catch {
      if isTemporary { unlink(path) }
      throw error
    }
  }

  private func newTable(_ fields: FlowFields) throws(FlowRefusal) -> FlowTable {
    guard let head = try fields.flag("head") else { throw fields.missing("head") }
    guard try fields.whole("partitions", 1...Int(Int32.max)) != nil else {
      throw fields.missing("partitions")
    }
    _ = try fields.flag("extend_sid")
    let table = FlowTable(
      namespace: try fields.string("namespace") ?? "upload",
      name: try fields.string("name") ?? UUID().uuidString.lowercased(), place: .bound(path: ""),
      meta: try FlowTableMeta(try Self.meta(of: fields), head: head), sight: nil,
      party: try fields.string("party_id").flatMap { $0 == "0" ? nil : $0 },
      created: ground.clock.now())
    try checkName(table, fields)
    guard tables.count < FlowLimits.apps else {
      throw FlowRefusal(
        .tableExists, Failure("state-limit", "\(FlowLimits.apps) tables are kept already"))
    }
    return table
  }

  /// A mapping; in a form, its JSON text.
  private static func meta(of fields: FlowFields) throws(FlowRefusal) -> FlowFields {
    guard case .string(let text)? = fields.node("meta")?.content else {
      return try fields.requiredMapping("meta")
    }
    guard let map = try? JSONText.read(Array(text.utf8)).map else {
      throw fields.refusal("meta", "must be a mapping in JSON")
    }
    return FlowFields(map, at: "meta")
  }

  private func checkName(_ table: FlowTable, _ fields: FlowFields) throws(FlowRefusal) {
    let isWhole = !table.namespace.isEmpty && !table.name.isEmpty
    guard isWhole, isPartyName(table.dataset) else {
      throw fields.refusal(
        "name",
        "and 'namespace' must have letters, digits, '-', '_' and '.' only, 63 together, beginning with a letter or digit"
      )
    }
    // 'a.b' with 'c' and 'a' with 'b.c' would be one dataset.
    if let other = tables[table.dataset], other.namespace != table.namespace {
      throw FlowRefusal(
        .tableExists,
        Failure(
          "table-exists",
          "the table '\(other.name)' of the namespace '\(other.namespace)' has the same name as a dataset",
          hint: "'flow table delete' removes it"), field: "name")
    }
  }

  /// `flow data transformer`.
  func transform(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let (namespace, name) = try named(request.fields)
    let source = try request.fields.requiredMapping("data_warehouse")
    let old = try table(
      namespace: try source.required("namespace"), name: try source.required("name"))
    if try request.fields.flag("drop") == false,
      tables[FlowTable.dataset(namespace: namespace, name: name)] != nil
    {
      throw FlowRefusal(
        .tableExists,
        Failure(
          "table-exists", "there is a table '\(name)' of the namespace '\(namespace)' already",
          hint: "drop: true puts the new one in its place"), field: "name")
    }
    let new = FlowTable(
      namespace: namespace, name: name, place: old.place, meta: old.meta, sight: old.sight,
      party: old.party, created: ground.clock.now())
    try checkName(new, request.fields)
    let task = FlowJob.LocalTask(
      name: "transformer_0", component: "dataframe_transformer",
      parameters: .map([
        ("namespace", .string(namespace)), ("name", .string(name)),
        ("data_warehouse", source.value),
      ]))
    let job = try await runLocally([task], user: request.user)
    return FlowReply(
      data: .map([("name", .string(name)), ("namespace", .string(namespace))]), job: job.id)
  }

  /// `flow table bind`: a file below a declared folder that stays where it is.
  func bindTable(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let (namespace, name) = try named(request.fields)
    let path = try settings.roots.existing(
      try request.fields.required("path", limit: 4096), field: "path")
    let table = FlowTable(
      namespace: namespace, name: name, place: .bound(path: path), meta: FlowTableMeta(),
      sight: nil, party: nil, created: ground.clock.now())
    try checkName(table, request.fields)
    do throws(Failure) {
      try await store(table)
    } catch {
      throw FlowRefusal(.exception, error)
    }
    return .done
  }

  // MARK: Looking and taking

  func tableBytes(_ table: FlowTable) async throws(FlowRefusal) -> any ArtifactBytes {
    switch table.place {
    case .bound(let path): return try Self.mapped(path)
    case .kept(let hash):
      do throws(Failure) {
        return try await ground.tables.get(hash)
      } catch {
        throw FlowRefusal(.tableNotFound, error)
      }
    }
  }

  func queryTable(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let (namespace, name) = try named(request.fields)
    let isShown = try request.fields.flag("display") ?? false
    if let place = OutputName(namespace: namespace, name: name) {
      return try await queryOutput(place, namespace, name, isShown)
    }
    let table = try table(namespace: namespace, name: name)
    var entries = identity(
      namespace, name, count: table.sight?.rows, meta: table.meta.written, type: "table")
    entries.append(("schema", .list((table.sight?.columns ?? []).map { .string($0) })))
    if isShown {
      let bytes = try await tableBytes(table).withBytes { Array($0.prefix(1 << 20)) }
      let lines = String(decoding: bytes, as: UTF8.self)
        .split(separator: "\n").prefix(FlowLimits.shownRows)
      entries.append(("display", .list(lines.map { .string(String($0)) })))
    }
    return .data(.map(entries))
  }

  private func identity(
    _ namespace: String, _ name: String, count: Int?, meta: ConfigValue, type: String
  ) -> [(key: String, value: ConfigValue)] {
    [
      ("namespace", .string(namespace)), ("name", .string(name)),
      ("count", count.map { .int($0) } ?? .null), ("meta", meta), ("engine", .string("moira")),
      ("data_type", .string(type)),
    ]
  }

  private func queryOutput(
    _ name: OutputName, _ namespace: String, _ text: String, _ isShown: Bool
  ) async throws(FlowRefusal) -> FlowReply {
    let (place, found) = try await output(name)
    let shown = OutputText(
      try await table(of: found, at: place), key: found.output.key,
      isPrediction: found.output.isPrediction)
    var entries = identity(
      namespace, text, count: nil, meta: shown.metadata, type: "dataframe")
    entries.append(("schema", .list(shown.header.map { .string($0) })))
    if isShown { entries.append(("display", shown.shown)) }
    return .data(.map(entries))
  }

  private func output(
    _ name: OutputName
  ) async throws(FlowRefusal) -> (OutputPlace, FoundOutput) {
    let job = try job(name.job)
    let seat = job.seats.first { $0.role == name.role && $0.party == name.party }
    let task = job.local == nil ? try await draft(of: job.id).layout.task(name.task) : nil
    if let seat, let task {
      let place = OutputPlace(job: job, seat: seat, task: task)
      if let one = try await found(.data, at: place).first(where: { $0.output.key == name.key }) {
        return (place, one)
      }
    }
    throw FlowRefusal(
      .tableNotFound,
      Failure("table-unknown", "the job '\(job.id)' has no output '\(name.name.prefix(120))'"),
      field: "name")
  }

  func downloadTable(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let (namespace, name) = try named(request.fields)
    let content: [UInt8]
    if let outputName = OutputName(namespace: namespace, name: name) {
      let (place, found) = try await output(outputName)
      content =
        OutputText(
          try await table(of: found, at: place), key: found.output.key,
          isPrediction: found.output.isPrediction
        ).csv
    } else {
      content = try await tableBytes(try table(namespace: namespace, name: name))
        .withBytes { Array($0) }
    }
    return try tar([("data/0.csv", content)], name: "download_data")
  }

  func downloadOnServer(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let (namespace, name) = try named(request.fields)
    _ = try table(namespace: namespace, name: name)
    let path = try request.fields.required("path", limit: 4096)
    _ = try settings.roots.new(path, field: "path")
    let task = FlowJob.LocalTask(
      name: "download_0", component: "download",
      parameters: .map([
        ("namespace", .string(namespace)), ("name", .string(name)), ("path", .string(path)),
      ]))
    let job = try await runLocally([task], user: request.user)
    return FlowReply(
      data: .map([
        ("name", .string(name)), ("namespace", .string(namespace)), ("path", .string(path)),
      ]), job: job.id)
  }

  /// Forgets the names. The bytes go when no other name means them.
  func deleteTable(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let (namespace, name) = try named(request.fields)
    let table = try table(namespace: namespace, name: name)
    try await keep([DocumentChange(shelf: Self.tableShelf, key: table.dataset, bytes: nil)])
    tables[table.dataset] = nil
    if case .kept(let hash) = table.place,
      !tables.values.contains(where: { $0.place == table.place }),
      queue.running.isEmpty
    {
      try? await ground.tables.remove(hash)
    }
    return .data(.bool(true))
  }
}
