internal import MoiraConfig
internal import MoiraModel
internal import MoiraSchedule

/// How one task of a job stands, whatever kind of job.
struct TaskStanding {
  let name: String
  let component: String
  let parameters: ConfigValue
  let status: FlowStatus
  /// From 0, as FATE counts its versions.
  let version: Int
  let started: Instant?
  let ended: Instant?
  let error: String
}

/// One seat's row of FATE's table of tasks.
struct TaskRow {
  let job: FlowJob
  let seat: FlowSeat
  let task: TaskStanding
  let now: Instant

  var taskID: String { "\(job.id)_\(task.name)" }

  var value: ConfigValue {
    .map([
      ("job_id", .string(job.id)), ("role", .string(seat.role)),
      ("party_id", .string(seat.party)), ("task_name", .string(task.name)),
      ("component", .string(task.component)), ("task_id", .string(taskID)),
      ("task_version", .int(task.version)),
      ("execution_id", .string("\(taskID)_\(task.version)_\(seat.role)_\(seat.party)")),
      ("status", .string(task.status.rawValue)), ("party_status", .string(task.status.rawValue)),
      ("status_code", .null), ("error_report", .string(task.error)),
      ("component_parameters", task.parameters), ("provider_name", .string(FlowProvider.name)),
      ("scheduler_party_id", .string(job.seats.first?.party ?? "0")),
      ("sync_type", .string("callback")), ("task_cores", .int(0)),
      ("create_time", moment(job.created)), ("create_date", .string(job.created.fateText)),
      ("start_time", moment(task.started)), ("end_time", moment(task.ended)),
      ("elapsed", .int(elapsed)),
    ])
  }

  private var elapsed: Int {
    guard let started = task.started else { return 0 }
    return Int(((task.ended ?? now) - started).milliseconds)
  }
}

/// What FATE calls the provider of components.
enum FlowProvider {
  static let protocolName = "fate"
  static let version = "2.2.0"
  static let device = "local"
  static let name = "fate:2.2.0@local"
}

extension Failure {
  /// The failure in lines, for `error_report`.
  var flowText: String {
    var who: [String] = []
    if let task { who.append("task '\(task)'") }
    if let attempt { who.append("attempt \(attempt)") }
    if let party { who.append("at \(party)") }
    let head = who.isEmpty ? "" : who.joined(separator: " ") + ": "
    return head + "\(message) [\(code)]" + (hint.map { "\n  help: \($0)" } ?? "")
  }
}
