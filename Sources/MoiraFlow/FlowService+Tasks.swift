internal import MoiraConfig
internal import MoiraModel
internal import MoiraPlan
internal import MoiraRuntime
internal import MoiraSchedule

extension FlowService {
  /// The tasks of a job as they stand, in the plan's order.
  func standings(of job: FlowJob) async throws(FlowRefusal) -> [TaskStanding] {
    if let local = job.local {
      return local.map {
        TaskStanding(
          name: $0.name, component: $0.component, parameters: $0.shownParameters,
          status: $0.status,
          version: 0, started: $0.started, ended: $0.ended, error: $0.error ?? "")
      }
    }
    let draft = try await draft(of: job.id)
    let steps = try await steps(of: job)
    return draft.layout.tasks.map { standing($0, draft.plan, steps) }
  }

  private func standing(
    _ task: FlowTask, _ plan: Plan, _ steps: [TaskID: TaskSnapshot]
  ) -> TaskStanding {
    let own = task.steps.compactMap { steps[$0] }
    let status = FlowStatus(own)
    let last = own.last { $0.attempt > 0 }
    let parameters = task.steps.first.flatMap { plan[$0]?.parts.first?.parameters.value }
    return TaskStanding(
      name: task.name, component: task.component, parameters: parameters ?? .map([]),
      status: status, version: max(0, (last?.attempt ?? 1) - 1),
      started: own.compactMap(\.started).min(),
      ended: status.isFinal ? own.compactMap(\.ended).max() : nil,
      error: own.lazy.compactMap(\.failure).first?.flowText ?? "")
  }

  /// Whether a seat takes part in a task.
  func takesPart(_ seat: FlowSeat, in name: String, of job: FlowJob) async throws(FlowRefusal)
    -> Bool
  {
    if job.local != nil { return true }
    return try await draft(of: job.id).layout.task(name)?.members.contains(seat.member) == true
  }

  private func rows(
    of job: FlowJob, where isWanted: (FlowSeat, TaskStanding) -> Bool
  ) async throws(FlowRefusal) -> [TaskRow] {
    let now = ground.clock.now()
    var rows: [TaskRow] = []
    for task in try await standings(of: job) {
      for seat in job.seats where isWanted(seat, task) {
        guard try await takesPart(seat, in: task.name, of: job) else { continue }
        rows.append(TaskRow(job: job, seat: seat, task: task, now: now))
      }
    }
    return rows
  }

  func queryTasks(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let fields = request.fields
    let filter = try SeatFilter(fields)
    let name = try fields.string("task_name")
    let taskID = try fields.string("task_id")
    let version = try fields.whole("task_version", 0...Int.max)
    var found: [ConfigValue] = []
    for job in try wantedJobs(fields) where found.count < FlowLimits.page {
      let rows = try await rows(of: job) { seat, task in
        filter.takes(seat) && filter.takes(task.status) && name.map { $0 == task.name } != false
          && version.map { $0 == task.version } != false
      }
      found += rows.filter { taskID == nil || $0.taskID == taskID }.map(\.value)
    }
    if found.isEmpty { throw Self.noTask() }
    return .data(.list(Array(found.prefix(FlowLimits.page))))
  }

  private static func noTask() -> FlowRefusal {
    FlowRefusal(
      .taskNotFound,
      Failure("task-unknown", "no task is like this", hint: "'flow task list' lists them"))
  }

  /// The one job that is named, or all, the newest first.
  private func wantedJobs(_ fields: FlowFields) throws(FlowRefusal) -> [FlowJob] {
    guard let id = try fields.string("job_id") else {
      return order.reversed().prefix(FlowLimits.page).compactMap { jobs[$0] }
    }
    return jobs[id].map { [$0] } ?? []
  }

  func listTasks(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let fields = request.fields
    let filter = try SeatFilter(fields)
    let name = try fields.string("task_name")
    let page = try Page(fields)
    var found: [TaskRow] = []
    for job in try wantedJobs(fields).reversed() {
      found += try await rows(of: job) { seat, task in
        filter.takes(seat) && name.map { $0 == task.name } != false
      }
    }
    return .data(
      .map([
        ("count", .int(found.count)), ("data", .list(page.cut(found).map(\.value))),
      ]))
  }

  /// Which task takes what from which.
  func dependencies(_ request: FlowRequest) async throws(FlowRefusal) -> FlowReply {
    let (job, _) = try seat(of: request.fields)
    let draft = job.local == nil ? try await draft(of: job.id) : nil
    let tasks: [(name: String, component: String, producers: [String])] =
      draft?.layout.tasks.map { ($0.name, $0.component, $0.producers) }
      ?? job.local?.map { ($0.name, $0.component, []) } ?? []
    let dependencies = tasks.filter { !$0.producers.isEmpty }.map { task in
      let list: [ConfigValue] = task.producers.map { producer in
        .map([
          ("component_name", .string(producer)), ("type", .string("data")),
          ("up_output_info", .list([.string("data"), .int(0)])),
        ])
      }
      return (key: task.name, value: ConfigValue.list(list))
    }
    return .data(
      .map([
        ("component_list", .list(tasks.map { .string($0.name) })),
        ("dependencies", .map(dependencies)),
        ("component_module", .map(tasks.map { ($0.name, .string($0.component)) })),
        ("component_need_run", .map(tasks.map { ($0.name, .bool(true)) })),
      ]))
  }
}
