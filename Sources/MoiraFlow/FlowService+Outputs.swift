internal import MoiraConfig
internal import MoiraKit
internal import MoiraModel
internal import MoiraPlan
internal import MoiraRuntime
internal import MoiraSchedule
internal import MoiraTable

/// One output of a task at one seat that is there.
struct FoundOutput {
  let output: FlowOutput
  let reference: ArtifactReference

  func artifact(at place: OutputPlace) -> FlowArtifact {
    FlowArtifact(
      job: place.job.runID, task: output.step, member: place.seat.member, reference: reference)
  }
}

/// The seat of a task that a client asks about.
struct OutputPlace {
  let job: FlowJob
  let seat: FlowSeat
  let task: FlowTask
}

extension FlowService {
  /// `job_id`, `role`, `party_id` and `task_name`.
  ///
  /// - Throws: `task-unknown`, `job-unknown`, `seat-unknown`.
  func place(_ request: FlowRequest) async throws(FlowRefusal) -> OutputPlace {
    let (job, seat) = try seat(of: request.fields)
    let name = try request.fields.required("task_name")
    guard job.local == nil else { return try localPlace(job, seat, name) }
    let tasks = try await draft(of: job.id).layout.tasks
    if let task = tasks.first(where: { $0.name == name }), task.members.contains(seat.member) {
      return OutputPlace(job: job, seat: seat, task: task)
    }
    throw noTask(
      name, of: job, seat, among: tasks.filter { $0.members.contains(seat.member) }.map(\.name))
  }

  private func localPlace(
    _ job: FlowJob, _ seat: FlowSeat, _ name: String
  ) throws(FlowRefusal) -> OutputPlace {
    guard let task = job.local?.first(where: { $0.name == name }) else {
      throw noTask(name, of: job, seat, among: job.local?.map(\.name) ?? [])
    }
    return OutputPlace(
      job: job, seat: seat,
      task: FlowTask(
        name: name, component: task.component, members: [seat.member], steps: [], outputs: [],
        producers: []))
  }

  private func noTask(
    _ name: String, of job: FlowJob, _ seat: FlowSeat, among names: [String]
  ) -> FlowRefusal {
    FlowRefusal(
      .taskNotFound,
      Failure(
        "task-unknown",
        "'\(name.prefix(60))' is not a task of \(seat.role) \(seat.party) in the job '\(job.id)'",
        hint: nearestName(to: name, among: names).map { "did you mean '\($0)'?" }
          ?? "tasks are " + names.prefix(20).joined(separator: ", ")), field: "task_name")
  }

  /// What is there of one kind, in the order of the keys.
  func found(
    _ kind: FlowOutput.Kind, at place: OutputPlace
  ) async throws(FlowRefusal) -> [FoundOutput] {
    guard !isDeleted(kind, at: place) else { return [] }
    let steps = try await steps(of: place.job)
    return place.task.outputs.filter { $0.kind == kind }.sorted { $0.key < $1.key }.compactMap {
      output in
      let made = steps[output.step]?.outputs[place.seat.member] ?? []
      return made.first { $0.port == output.port }.map {
        FoundOutput(output: output, reference: $0)
      }
    }
  }

  func isDeleted(_ kind: FlowOutput.Kind, at place: OutputPlace) -> Bool {
    place.job.deleted.contains(FlowDeletion.all)
      || place.job.deleted.contains(FlowDeletion.of(kind, place.seat, place.task.name))
  }

  func bytes(of found: FoundOutput, at place: OutputPlace) async throws(FlowRefusal)
    -> any ArtifactBytes
  {
    do throws(Failure) {
      return try await ground.federation.bytes(of: found.artifact(at: place))
    } catch {
      throw FlowRefusal(.fileMissing, error)
    }
  }

  /// Hides what a task has made from clients. The artifacts stay: another job may have made the
  /// same, and `moira gc` removes what nothing refers to.
  func deleteOutputs(
    _ kind: FlowOutput.Kind, _ request: FlowRequest
  ) async throws(FlowRefusal) -> FlowReply {
    let place = try await place(request)
    try await update(place.job.id) {
      $0.deleted.insert(FlowDeletion.of(kind, place.seat, place.task.name))
    }
    return .data(.bool(true))
  }

  // MARK: Data

  /// A tar with `KEY/0.csv` and `KEY/0.meta` for each output.
  func downloadData(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let place = try await place(request)
    let key = try request.fields.string("output_key")
    let found = try await found(.data, at: place).filter { key == nil || $0.output.key == key }
    if found.isEmpty { throw noOutput("data", place, .tableNotFound) }
    var files: [(name: String, content: [UInt8])] = []
    for one in found {
      let text = try await outputText(of: one, at: place)
      files.append(("\(one.output.key)/0.csv", text.csv))
      files.append(("\(one.output.key)/0.meta", text.meta))
    }
    let name = "\(place.job.id)_\(place.seat.role)_\(place.seat.party)_\(place.task.name)"
    return try tar(files, name: name)
  }

  func tar(
    _ files: [(name: String, content: [UInt8])], name: String
  ) throws(FlowRefusal) -> FlowReply {
    var archive = TarArchive()
    let seconds = ground.clock.now().milliseconds / 1000
    for file in files {
      guard archive.add(file.name, file.content, changed: seconds) else {
        throw FlowRefusal(
          .exception, Failure("name-too-long", "'\(file.name.prefix(60))…' is too long for a tar"))
      }
    }
    return FlowReply(tar: archive.finished, name: "\(name).tar")
  }

  func noOutput(_ kind: String, _ place: OutputPlace, _ code: FlowCode) -> FlowRefusal {
    FlowRefusal(
      code,
      Failure(
        "output-missing",
        "the task '\(place.task.name)' has no \(kind) at \(place.seat.role) \(place.seat.party)",
        hint: "'flow task query -j \(place.job.id)' says how it stands"))
  }

  private func outputText(
    of found: FoundOutput, at place: OutputPlace
  ) async throws(FlowRefusal) -> (csv: [UInt8], meta: [UInt8]) {
    let table = try await table(of: found, at: place)
    let text = OutputText(table, key: found.output.key, isPrediction: found.output.isPrediction)
    let header: ConfigValue = .list(text.header.map { .string($0) })
    return (text.csv, Array(ConfigValue.map([("header", header)]).json(indent: 4).utf8))
  }

  func table(of found: FoundOutput, at place: OutputPlace) async throws(FlowRefusal) -> Table {
    let bytes = try await bytes(of: found, at: place)
    do {
      return try Table(bytes)
    } catch {
      throw FlowRefusal(
        .exception,
        Failure(
          "artifact-corrupt", "the table '\(found.output.key)' cannot be read", cause: "\(error)"))
    }
  }

  func dataTables(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let place = try await place(request)
    let entries = try await found(.data, at: place).map { one in
      let name = OutputName(place: place, key: one.output.key)
      return (
        key: one.output.key,
        value: ConfigValue.list([
          .map([("namespace", .string(name.namespace)), ("name", .string(name.name))])
        ])
      )
    }
    return .data(.map(entries))
  }

  func displayData(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let place = try await place(request)
    var entries: [(key: String, value: ConfigValue)] = []
    for one in try await found(.data, at: place) {
      let text = OutputText(
        try await table(of: one, at: place), key: one.output.key,
        isPrediction: one.output.isPrediction)
      entries.append(
        (
          one.output.key,
          .list([.map([("data", text.shown), ("metadata", text.metadata)])])
        ))
    }
    return .data(.map(entries))
  }
}
