internal import MoiraConfig
internal import MoiraModel

/// A job as the server keeps it beside its journal. Written whole whenever it changes.
struct FlowJob: Codable, Sendable {
  /// A step of a job that needs no federation: an upload, most often.
  struct LocalTask: Codable, Sendable {
    let name: String
    let component: String
    let parameters: ConfigValue
    var status = FlowStatus.waiting
    var started: Instant?
    var ended: Instant?
    var error: String?

    /// Without what is the server's own.
    var shownParameters: ConfigValue {
      .map(parameters.entries.filter { !["table", "path", "is_temp_file"].contains($0.key) })
    }
  }

  static let version = 1

  let version: Int
  let id: String
  /// Microseconds of its submission; no two jobs have the same.
  let number: Int64
  let created: Instant
  let priority: Int
  let user: String
  let seats: [FlowSeat]
  let modelID: String
  let modelVersion: String
  var status: FlowStatus
  /// How often it was begun.
  var run = 0
  /// What the federation calls the last run, if it has a name of its own for it; noted before the run is
  /// begun.
  var given: JobID?
  /// A client was told that it ends, before it could be stopped; nil for no.
  var isToStop: Bool?
  var started: Instant?
  var ended: Instant?
  var error: String?
  /// By `role/party`.
  var notes: [String: String] = [:]
  /// What clients have deleted of its outputs, as `metric:guest/9999/eval_0`.
  var deleted: Set<String> = []
  /// Nil for a job of the federation.
  var local: [LocalTask]?

  init(
    id: String, number: Int64, created: Instant, priority: Int, user: String, seats: [FlowSeat],
    modelID: String?, modelVersion: String?, local: [LocalTask]? = nil
  ) {
    version = Self.version
    self.id = id
    self.number = number
    self.created = created
    self.priority = priority
    self.user = user
    self.seats = seats
    self.modelID = modelID ?? id
    self.modelVersion = modelVersion ?? "0"
    self.local = local
    status = .waiting
  }

  /// What its last run was begun as.
  var begunID: JobID { JobID(run <= 1 ? id : "\(id)-\(run)") }
  /// The job of the runtime that its last run is.
  var runID: JobID { given ?? begunID }

  static func seatKey(_ role: String, _ party: String) -> String { "\(role)/\(party)" }
}

extension FlowSeat {
  var key: String { FlowJob.seatKey(role, party) }
}
