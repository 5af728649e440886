internal import MoiraConfig
internal import MoiraModel
internal import MoiraPlan
internal import MoiraRuntime

extension FlowService {
  // MARK: Submitting and ending

  func submit(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let schema = try request.fields.requiredMapping("dag_schema")
    try checkGrants(of: request.caller, for: schema.value)
    let draft = try await ground.federation.draft(
      schema.value, tables: Array(tables.values), earlier: self)
    let conf = schema.value["dag"]?["conf"]
    let job = try await add(
      seats: draft.layout.seats, priority: draft.priority, user: request.user,
      model: (conf?["model_id"]?.text, conf?["model_version"]?.text), draft: draft, local: nil)
    return FlowReply(
      data: .map([
        ("model_id", .string(job.modelID)), ("model_version", .string(job.modelVersion)),
        ("warnings", .list(draft.warnings.map { .string($0) })),
      ]), job: job.id)
  }

  func stop(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let job = try job(try request.fields.required("job_id"))
    guard !job.status.isFinal else {
      throw FlowRefusal(
        .jobKill,
        Failure("job-ended", "the job '\(job.id)' has ended already: \(job.status.rawValue)"))
    }
    try await cancel(job.id)
    return .done
  }

  private func cancel(_ id: String) async throws(FlowRefusal) {
    try await stopElsewhere(id)
    if queue.withdraw(id) {
      await conclude(id, .canceled, error: nil)
    } else if let stop = live[id]?.stop {
      try await stopped { () async throws(Failure) in try await stop(Self.stopReason) }
    } else if jobs[id]?.local == nil {
      try await update(id) { $0.isToStop = true }
    }
  }

  /// A job that an earlier process left may run on elsewhere while it waits here to be watched.
  private func stopElsewhere(_ id: String) async throws(FlowRefusal) {
    guard queue.waitingJobs.contains(id), let job = jobs[id], job.status == .running else { return }
    try await stopped { () async throws(Failure) in
      try await ground.federation.stop(left: job.runID, reason: Self.stopReason)
    }
  }

  private func stopped(
    _ body: () async throws(Failure) -> Void
  ) async throws(FlowRefusal) {
    do throws(Failure) {
      try await body()
    } catch {
      throw FlowRefusal(.jobKill, error)
    }
  }

  func rerun(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let job = try job(try request.fields.required("job_id"))
    guard job.status.isFinal else {
      throw FlowRefusal(
        .jobUpdate, Failure("job-running", "the job '\(job.id)' is \(job.status.rawValue)"))
    }
    guard job.local == nil else {
      throw FlowRefusal(
        .jobUpdate,
        Failure(
          "job-local", "the job '\(job.id)' brought a table here, and cannot be run again",
          hint: "send the file again"))
    }
    try await update(job.id) { job in
      job.status = .waiting
      job.deleted = []
    }
    enqueue(job)
    return FlowReply(job: job.id)
  }

  func cleanQueue() async throws(FlowRefusal) -> FlowReply {
    var statuses: [(key: String, value: ConfigValue)] = []
    for id in queue.waitingJobs {
      try await cancel(id)
      let envelope: ConfigValue = .map([("code", .int(0)), ("message", .string("success"))])
      statuses.append((id, envelope))
    }
    return .data(.map(statuses))
  }

  /// Stops the job if it runs, and withdraws what it has made.
  func clean(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let job = try job(try request.fields.required("job_id"))
    if !job.status.isFinal { try await cancel(job.id) }
    try await update(job.id) { $0.deleted.insert(FlowDeletion.all) }
    return .done
  }

  func addNotes(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let (job, seat) = try seat(of: request.fields)
    let notes = try request.fields.required("notes", limit: FlowLimits.notes)
    try await update(job.id) { $0.notes[seat.key] = notes }
    return .done
  }

  // MARK: Finding

  /// - Throws: `job-unknown`, with FATE's code.
  func job(_ id: String) throws(FlowRefusal) -> FlowJob {
    if let job = jobs[id] { return job }
    throw FlowRefusal(
      .jobNotFound,
      Failure(
        "job-unknown", "there is no job '\(id.prefix(60))'", hint: "'flow job list' lists them"),
      field: "job_id")
  }

  /// The job and the seat that `job_id`, `role` and `party_id` name.
  func seat(of fields: FlowFields) throws(FlowRefusal) -> (FlowJob, FlowSeat) {
    let job = try job(try fields.required("job_id"))
    let role = try fields.required("role")
    let party = try fields.required("party_id")
    if let seat = job.seats.first(where: { $0.role == role && $0.party == party }) {
      return (job, seat)
    }
    let names = job.seats.map { "\($0.role) \($0.party)" }
    throw FlowRefusal(
      .jobNotFound,
      Failure(
        "seat-unknown", "the job '\(job.id)' has no \(role.prefix(20)) '\(party.prefix(60))'",
        hint: nearestName(to: "\(role) \(party)", among: names).map { "did you mean '\($0)'?" }
          ?? "it has " + names.joined(separator: ", ")), field: "party_id")
  }

  // MARK: Lists

  func queryJobs(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let id = try request.fields.string("job_id")
    let filter = try SeatFilter(request.fields)
    let wanted = id.map { [$0] } ?? Array(order.reversed())
    var rows: [ConfigValue] = []
    for id in wanted {
      guard let job = jobs[id], filter.takes(job.status) else { continue }
      for seat in job.seats where filter.takes(seat) && rows.count < FlowLimits.page {
        rows.append(try await row(job, seat, withDAG: wanted.count == 1))
      }
    }
    if rows.isEmpty {
      if let id, filter.takes(try job(id).status), filter.namesSeat {
        _ = try seat(of: request.fields)
      }
      throw FlowRefusal(.jobNotFound, Failure("job-unknown", "no job is like this"))
    }
    return .data(.list(rows))
  }

  private func row(
    _ job: FlowJob, _ seat: FlowSeat, withDAG: Bool
  ) async throws(FlowRefusal) -> ConfigValue {
    var dag: ConfigValue?
    if withDAG, job.local == nil { dag = try await writtenDAG(of: job.id) }
    let progress = try await progress(of: job)
    return JobRow(job: job, seat: seat, progress: progress, dag: dag, now: ground.clock.now())
      .value
  }

  private func writtenDAG(of id: String) async throws(FlowRefusal) -> ConfigValue? {
    let text = try await draft(of: id).source.text
    return try? JSONText.read(Array(text.utf8)).value
  }

  private func progress(of job: FlowJob) async throws(FlowRefusal) -> Int {
    switch job.status {
    case .success: return 100
    case .waiting: return 0
    case .running, .failed, .timeout, .canceled: break
    }
    let tasks = try await standings(of: job)
    let done = tasks.count { $0.status == .success }
    return tasks.isEmpty ? 0 : done * 100 / tasks.count
  }

  func listJobs(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let fields = request.fields
    let filter = try SeatFilter(fields)
    let id = try fields.string("job_id")
    let notes = try fields.string("description", limit: FlowLimits.notes)
    let page = try Page(fields)
    var found: [(FlowJob, FlowSeat)] = []
    for job in order.compactMap({ jobs[$0] }) where filter.takes(job.status) {
      if let id, !job.id.contains(id) { continue }
      for seat in job.seats where filter.takes(seat) {
        if let notes, job.notes[seat.key]?.contains(notes) != true { continue }
        found.append((job, seat))
      }
    }
    var rows: [ConfigValue] = []
    for (job, seat) in page.cut(found) {
      rows.append(try await row(job, seat, withDAG: false))
    }
    return .data(.map([("count", .int(found.count)), ("data", .list(rows))]))
  }
}

/// Which of a job's outputs clients have deleted.
enum FlowDeletion {
  static let all = "all"
  static func of(_ kind: FlowOutput.Kind, _ seat: FlowSeat, _ task: String) -> String {
    "\(kind.rawValue):\(seat.key)/\(task)"
  }
}

extension ConfigValue {
  /// A name, also where it was written as a number.
  var text: String? {
    switch self {
    case .string(let text): text
    case .int(let number): String(number)
    case .null, .bool, .double, .list, .map: nil
    }
  }
}
