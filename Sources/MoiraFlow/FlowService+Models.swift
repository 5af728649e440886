import Foundation
internal import MoiraConfig
internal import MoiraKit
public import MoiraModel
internal import MoiraRuntime
internal import MoiraTable

extension FlowService: FlowEarlierJobs {
  static let modelShelf = "flow-model"

  // MARK: Of a task

  /// `{"output_model": {"meta": …, "data": …}}`: our model's own JSON, with what it is.
  func models(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let place = try await place(request)
    var entries: [(key: String, value: ConfigValue)] = []
    for one in try await found(.model, at: place) {
      entries.append((one.output.key, try await model(one, at: place)))
    }
    return .data(.map(entries))
  }

  private func model(
    _ found: FoundOutput, at place: OutputPlace
  ) async throws(FlowRefusal) -> ConfigValue {
    let bytes = try await bytes(of: found, at: place).withBytes { Array($0) }
    let content = (try? JSONText.read(bytes).value) ?? .null
    return .map([
      (
        "meta",
        .map([
          ("model_id", .string(place.job.modelID)),
          ("model_version", .string(place.job.modelVersion)),
          ("task_name", .string(place.task.name)), ("component", .string(place.task.component)),
          ("role", .string(place.seat.role)), ("party_id", .string(place.seat.party)),
          ("hash", .string(found.reference.hash.text)),
        ])
      ), ("data", content),
    ])
  }

  func downloadModels(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let place = try await place(request)
    let found = try await found(.model, at: place)
    if found.isEmpty { throw noOutput("model", place, .modelNotFound) }
    var files: [(name: String, content: [UInt8])] = []
    for one in found {
      let model = try await model(one, at: place)
      files.append(
        ("\(one.output.key)/model.json", Array((model["data"] ?? .null).json(indent: 2).utf8)))
      files.append(
        ("\(one.output.key)/meta.json", Array((model["meta"] ?? .null).json(indent: 2).utf8)))
    }
    return try tar(files, name: "output_model_\(place.job.id)_\(place.task.name)")
  }

  // MARK: By id and version

  public func outputs(
    of job: String, version: String, task: String, key: String
  ) async throws(FlowRefusal) -> [PartyID: ContentHash] {
    var hashes: [PartyID: ContentHash] = [:]
    for (one, _) in try await filed(ModelQuery(id: job, version: version))
    where one.task == task && one.key == key {
      hashes[one.member] = one.hash
    }
    if !hashes.isEmpty { return hashes }
    guard let job = jobs[job], job.local == nil,
      let found = try await draft(of: job.id).layout.task(task)
    else { return [:] }
    for seat in job.seats {
      let place = OutputPlace(job: job, seat: seat, task: found)
      for kind in [FlowOutput.Kind.data, .model] {
        for one in try await self.found(kind, at: place) where one.output.key == key {
          hashes[seat.member] = one.reference.hash
        }
      }
    }
    return hashes
  }

  /// Every model that is filed under an id and a version: of jobs, and brought back from archives.
  ///
  /// - Returns: with what made each, but for those that were brought back.
  private func filed(
    _ query: ModelQuery
  ) async throws(FlowRefusal) -> [(model: FiledModel, made: FlowArtifact?)] {
    var models = try await imported(query).filter(query.takes)
      .map { (model: $0, made: FlowArtifact?.none) }
    for id in order {
      guard let job = jobs[id], job.local == nil, job.modelID == query.id,
        job.modelVersion == query.version
      else { continue }
      models += try await filed(by: job).filter { query.takes($0.model) }
    }
    return models
  }

  private func filed(
    by job: FlowJob
  ) async throws(FlowRefusal) -> [(model: FiledModel, made: FlowArtifact?)] {
    var models: [(model: FiledModel, made: FlowArtifact?)] = []
    for task in try await draft(of: job.id).layout.tasks {
      for seat in job.seats where task.members.contains(seat.member) {
        let place = OutputPlace(job: job, seat: seat, task: task)
        for one in try await found(.model, at: place) {
          let model = FiledModel(
            id: job.modelID, version: job.modelVersion, role: seat.role, party: seat.party,
            member: seat.member, task: task.name, key: one.output.key, hash: one.reference.hash)
          models.append((model, one.artifact(at: place)))
        }
      }
    }
    return models
  }

  private func imported(_ query: ModelQuery) async throws(FlowRefusal) -> [FiledModel] {
    do throws(Failure) {
      var models: [FiledModel] = []
      for document in try await ground.documents.documents(on: Self.modelShelf) {
        models.append(try FlowDocument.read(FiledModel.self, document.bytes))
      }
      return models.filter { $0.id == query.id && $0.version == query.version }
    } catch {
      throw FlowRefusal(.exception, error)
    }
  }

  // MARK: Export, import, deletion

  /// Writes a zip below a declared folder: `ID_VERSION_ROLE_PARTY.zip`.
  func exportModel(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let query = try ModelQuery(request.fields)
    let folder = try settings.roots.new(
      try request.fields.required("path", limit: 4096), field: "path")
    let models = try await filed(query)
    if models.isEmpty { throw query.noModel }
    var entries: [StoredZip.Entry] = []
    for (model, made) in models {
      do throws(Failure) {
        let bytes = try await bytes(of: model, made)
        entries.append(StoredZip.Entry(name: model.path, content: bytes.withBytes { Array($0) }))
      } catch {
        throw FlowRefusal(.modelNotFound, error)
      }
    }
    let file = "\(folder)/\(query.fileName).zip"
    try Self.write(StoredZip.write(entries), to: file, in: folder)
    return .data(.list([.string(file)]))
  }

  private func bytes(
    of model: FiledModel, _ made: FlowArtifact?
  ) async throws(Failure) -> any ArtifactBytes {
    if let made { return try await ground.federation.bytes(of: made) }
    return try await ground.federation.artifacts(of: model.member).get(model.hash)
  }

  static func write(_ bytes: [UInt8], to file: String, in folder: String) throws(FlowRefusal) {
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      try Data(bytes).write(to: URL(fileURLWithPath: file), options: .atomic)
    } catch {
      throw FlowRefusal(
        .fileNotFound,
        Failure(
          "file-unwritable", "the file cannot be written below the folder of 'path'",
          cause: "\(error)"), field: "path")
    }
  }

  func importModel(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    try checkDataMayLieHere("a model", .restricted)
    let id = try request.fields.required("model_id")
    let version = try request.fields.required("model_version")
    guard let file = request.file else { throw Self.noFile }
    let bytes = FileManager.default.contents(atPath: file.path).map { [UInt8]($0) } ?? []
    guard bytes.count <= FlowLimits.modelArchive else {
      throw FlowRefusal(
        .parameter,
        Failure(
          "request-too-large",
          "an archive may have \(FlowLimits.modelArchive) bytes, but has \(bytes.count)"),
        status: 413)
    }
    var changes: [DocumentChange] = []
    for entry in try Self.entries(of: bytes) {
      let model = try await bring(entry, id: id, version: version)
      let document = try kept { () throws(Failure) in try FlowDocument.bytes(model) }
      changes.append(
        DocumentChange(shelf: Self.modelShelf, key: model.documentKey, bytes: document))
    }
    let all = changes
    try await keep(all)
    return .data(.map([("count", .int(all.count))]))
  }

  static let noFile = FlowRefusal(
    .fileMissing, Failure("request-file", "the request must bring a part 'file'"), field: "file")

  private static func entries(of bytes: [UInt8]) throws(FlowRefusal) -> [StoredZip.Entry] {
    do throws(StoredZip.Fault) {
      return try StoredZip.read(bytes)
    } catch {
      throw FlowRefusal(
        .parameter,
        Failure(
          "model-archive",
          "the file is no archive of models that this server has exported: \(error.words)",
          hint: "'flow model export' writes one"), field: "file")
    }
  }

  private func bring(
    _ entry: StoredZip.Entry, id: String, version: String
  ) async throws(FlowRefusal) -> FiledModel {
    guard let model = FiledModel(path: entry.name, id: id, version: version) else {
      throw FlowRefusal(
        .parameter,
        Failure("model-archive", "'\(entry.name.prefix(80))' is not the name of an exported model"),
        field: "file")
    }
    // What is no JSON is no model of ours.
    guard (try? JSONText.read(entry.content)) != nil else {
      throw FlowRefusal(
        .parameter, Failure("model-archive", "'\(entry.name.prefix(80))' is no JSON"),
        field: "file")
    }
    do throws(Failure) {
      let hash = try await ground.federation.artifacts(of: model.member)
        .put(AlignedBytes(entry.content), isSecret: false)
      return model.with(hash)
    } catch {
      throw FlowRefusal(.exception, error)
    }
  }

  /// Forgets imported models, and hides those of jobs.
  func deleteModel(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let query = try ModelQuery(request.fields)
    let models = try await filed(query).map(\.model)
    if models.isEmpty { throw query.noModel }
    try await keep(
      models.map { DocumentChange(shelf: Self.modelShelf, key: $0.documentKey, bytes: nil) })
    for id in order {
      guard let job = jobs[id], job.modelID == query.id, job.modelVersion == query.version else {
        continue
      }
      let seats = job.seats
      try await update(id) { job in
        for one in models {
          guard let seat = seats.first(where: { $0.role == one.role && $0.party == one.party })
          else { continue }
          job.deleted.insert(FlowDeletion.of(.model, seat, one.task))
        }
      }
    }
    return .data(.map([("count", .int(models.count))]))
  }
}
