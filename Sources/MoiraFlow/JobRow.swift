internal import MoiraConfig
internal import MoiraModel

/// One seat's row of FATE's table of jobs.
struct JobRow {
  let job: FlowJob
  let seat: FlowSeat
  /// Percent of the tasks that are done.
  let progress: Int
  /// The DAG; left out of lists.
  let dag: ConfigValue?
  let now: Instant

  var value: ConfigValue {
    var entries = identity
    if let dag { entries.append(("dag", dag)) }
    return .map(entries + state + resources)
  }

  private var identity: [(key: String, value: ConfigValue)] {
    [
      ("job_id", .string(job.id)), ("role", .string(seat.role)),
      ("party_id", .string(seat.party)), ("user_name", .string(job.user)),
      ("description", .string(job.notes[seat.key] ?? "")), ("tag", .string("job_end")),
      ("parties", Self.parties(job.seats)),
      ("partners", .list(Self.partners(of: seat, among: job.seats))),
      ("initiator_party_id", .string(job.seats.first?.party ?? "0")),
      ("scheduler_party_id", .string(job.seats.first?.party ?? "0")),
      ("model_id", .string(job.modelID)), ("model_version", .string(job.modelVersion)),
      ("inheritance", .null), ("priority", .int(job.priority)),
    ]
  }

  private var state: [(key: String, value: ConfigValue)] {
    [
      ("status", .string(job.status.rawValue)), ("status_code", .null),
      ("progress", .int(progress)), ("error_report", .string(job.error ?? "")),
      ("create_time", moment(job.created)), ("create_date", .string(job.created.fateText)),
      ("update_time", moment(job.ended ?? job.started ?? job.created)),
      ("start_time", moment(job.started)), ("end_time", moment(job.ended)),
      ("elapsed", .int(elapsed)),
    ]
  }

  private var elapsed: Int {
    guard let started = job.started else { return 0 }
    return Int(((job.ended ?? now) - started).milliseconds)
  }

  /// Moira reserves nothing for a job: its jobs share the machine's cores.
  private var resources: [(key: String, value: ConfigValue)] {
    [
      ("engine_name", .string("moira")), ("cores", .int(0)), ("memory", .int(0)),
      ("remaining_cores", .int(0)), ("remaining_memory", .int(0)),
      ("resource_in_use", .bool(job.status == .running)),
    ]
  }

  /// `[{"role": "guest", "party_id": ["9999"]}, …]`
  static func parties(_ seats: [FlowSeat]) -> ConfigValue {
    var roles: [(role: String, parties: [String])] = []
    for seat in seats {
      if let place = roles.firstIndex(where: { $0.role == seat.role }) {
        roles[place].parties.append(seat.party)
      } else {
        roles.append((seat.role, [seat.party]))
      }
    }
    return .list(
      roles.map {
        .map([
          ("role", .string($0.role)), ("party_id", .list($0.parties.map { .string($0) })),
        ])
      })
  }

  private static func partners(of seat: FlowSeat, among seats: [FlowSeat]) -> [ConfigValue] {
    Set(seats.map(\.party)).subtracting([seat.party]).sorted().map { .string($0) }
  }
}
