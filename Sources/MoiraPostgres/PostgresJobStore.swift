public import MoiraModel
internal import MoiraPlan
public import MoiraRuntime
internal import MoiraSchedule

/// Jobs, their journals and what they reported, in a PostgreSQL database: for a hub with a standby on
/// another machine.
///
/// The tables lie in the schema that the URL's options name (`?options=-csearch_path%3Dhub`), or else in
/// the user's first one. A server that restarts is waited for; a commit whose answer was lost is looked
/// up, never done twice. The connection must be one to PostgreSQL itself, or through a pooler that
/// keeps sessions.
public struct PostgresJobStore: JobStore {
  let database: Database

  /// Opens the database, and makes or renews its tables.
  ///
  /// - Parameters:
  ///   - url: As libpq takes it, `postgresql://user@host:5432/name`. A password in it stays there.
  ///   - lease: How long a lease lasts from its renewal on; it is renewed on a third of it.
  ///   - patience: How long a call goes on trying while the server cannot be reached.
  /// - Throws: `database-url`, `database-unreachable`, `database-refused`, `journal-version`,
  ///   `journal-unwritable`.
  public init(
    url: String, lease: Duration = .seconds(10), patience: Duration = .seconds(10)
  ) async throws(Failure) {
    database = try Database(url: url, lease: lease, patience: patience)
    if try await database.read(DatabaseSchema.version) != DatabaseSchema.version {
      try await database.write(DatabaseSchema.migrate)
    }
  }

  // MARK: Jobs

  public func create(_ record: JobRecord) async throws(Failure) {
    try await database.write { connection in
      let made = try connection.run(
        """
        INSERT INTO job (id, created, state, ended, record) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO NOTHING
        """,
        [
          .text(record.id.text), .integer(record.created.milliseconds),
          .text(record.state.rawValue), Self.moment(record.ended),
          .text(try RecordJSON.text(record)),
        ])
      if made.affected == 0 {
        throw Failure("job-exists", "there is a job '\(record.id)' already")
      }
    }
  }

  public func record(of job: JobID) async throws(Failure) -> JobRecord? {
    try await database.read { connection in
      let rows = try connection.run(
        "SELECT state, ended, record FROM job WHERE id = $1", [.text(job.text)])
      return try rows.map { try Self.record(rows, $0) }.first
    }
  }

  public func records(latest count: Int?) async throws(Failure) -> [JobRecord] {
    let limit = count.map { " LIMIT \(max(0, $0))" } ?? ""
    return try await database.read { connection in
      let rows = try connection.run(
        "SELECT state, ended, record FROM job ORDER BY created DESC, place DESC" + limit)
      return try rows.map { try Self.record(rows, $0) }.reversed()
    }
  }

  public func ids() async throws(Failure) -> [JobID] {
    try await database.read { connection in
      let rows = try connection.run("SELECT id FROM job ORDER BY created, place")
      return try rows.map { JobID(try rows.text($0, 0).orMissing("id")) }
    }
  }

  static let unfinishedJobs = "SELECT id FROM job WHERE ended IS NULL ORDER BY created, place"

  public func unfinished() async throws(Failure) -> [JobID] {
    try await database.read { connection in
      let rows = try connection.run(Self.unfinishedJobs)
      return try rows.map { JobID(try rows.text($0, 0).orMissing("id")) }
    }
  }

  private static func record(_ rows: Rows, _ row: Int) throws -> JobRecord {
    var record = try rows.value(JobRecord.self, row, 2)
    record.state = JobState(rawValue: try rows.text(row, 0).orMissing("state")) ?? record.state
    record.ended = rows.integer(row, 1).map(Instant.init(milliseconds:))
    return record
  }

  private static func moment(_ instant: Instant?) -> BoundValue {
    instant.map { .integer($0.milliseconds) } ?? .none
  }

  public func conclude(_ job: JobID, _ state: JobState, at moment: Instant) async throws(Failure) {
    try await set(state, ended: moment, of: job)
  }

  public func reopen(_ job: JobID) async throws(Failure) {
    try await set(.running, ended: nil, of: job)
  }

  private func set(_ state: JobState, ended: Instant?, of job: JobID) async throws(Failure) {
    try await database.write { connection in
      _ = try connection.run(
        "UPDATE job SET state = $1, ended = $2 WHERE id = $3",
        [.text(state.rawValue), Self.moment(ended), .text(job.text)])
    }
  }

  public func remove(_ job: JobID) async throws(Failure) {
    try await database.write { connection in
      _ = try connection.run("DELETE FROM job WHERE id = $1", [.text(job.text)])
    }
  }
}
