import GRDB
public import MoiraModel
internal import MoiraPlan
public import MoiraRuntime
public import MoiraSchedule

/// Jobs, their journals and what they reported, in one SQLite file.
///
/// Several processes may have the same file open: one that runs a job, others that list, follow or
/// stop it. A write waits up to ten seconds for another process's.
public struct SQLiteJobStore: JobStore {
  let file: JournalFile
  let seat = LeaseSeat()

  /// - Throws: `journal-unwritable`, `journal-unreadable`, `journal-version`.
  public init(path: String) throws(Failure) { file = try JournalFile(path: path) }

  // MARK: Jobs

  public func create(_ record: JobRecord) async throws(Failure) {
    try await file.write { database in
      let isThere = try Bool.fetchOne(
        database, sql: "SELECT EXISTS (SELECT * FROM job WHERE id = ?)",
        arguments: [record.id.text])
      if isThere == true { throw Failure("job-exists", "there is a job '\(record.id)' already") }
      try database.execute(
        sql: "INSERT INTO job (id, created, state, ended, record) VALUES (?, ?, ?, ?, ?)",
        arguments: [
          record.id.text, record.created.milliseconds, record.state.rawValue,
          record.ended?.milliseconds, try RecordJSON.text(record),
        ])
    }
  }

  public func record(of job: JobID) async throws(Failure) -> JobRecord? {
    try await file.read { database in
      try Row.fetchOne(
        database, sql: "SELECT state, ended, record FROM job WHERE id = ?", arguments: [job.text]
      ).map(Self.record)
    }
  }

  public func records(latest count: Int?) async throws(Failure) -> [JobRecord] {
    // Less than nothing is no limit there.
    let limit = count.map { max(0, $0) } ?? -1
    return try await file.read { database in
      try Row.fetchAll(
        database,
        sql: "SELECT state, ended, record FROM job ORDER BY created DESC, rowid DESC LIMIT ?",
        arguments: [limit]
      ).reversed().map(Self.record)
    }
  }

  public func ids() async throws(Failure) -> [JobID] {
    try await file.read { database in
      try String.fetchAll(database, sql: "SELECT id FROM job ORDER BY created, rowid")
        .map { JobID($0) }
    }
  }

  static let unfinishedJobs = "SELECT id FROM job WHERE ended IS NULL ORDER BY created, rowid"

  public func unfinished() async throws(Failure) -> [JobID] {
    try await file.read { database in
      try String.fetchAll(database, sql: Self.unfinishedJobs).map { JobID($0) }
    }
  }

  private static func record(_ row: Row) throws -> JobRecord {
    var record = try RecordJSON.value(JobRecord.self, row["record"] as String)
    record.state = JobState(rawValue: row["state"]) ?? record.state
    record.ended = (row["ended"] as Int64?).map(Instant.init(milliseconds:))
    return record
  }

  public func conclude(_ job: JobID, _ state: JobState, at moment: Instant) async throws(Failure) {
    try await set(state, ended: moment.milliseconds, of: job)
  }

  public func reopen(_ job: JobID) async throws(Failure) {
    try await set(.running, ended: nil, of: job)
  }

  private func set(_ state: JobState, ended: Int64?, of job: JobID) async throws(Failure) {
    try await file.write { database in
      try database.execute(
        sql: "UPDATE job SET state = ?, ended = ? WHERE id = ?",
        arguments: [state.rawValue, ended, job.text])
    }
  }

  public func remove(_ job: JobID) async throws(Failure) {
    try await file.write { database in
      try database.execute(sql: "DELETE FROM job WHERE id = ?", arguments: [job.text])
    }
  }

  // MARK: The journal

  public func append(
    _ entries: [JournalEntry], made notes: [ReuseNote], to job: JobID
  ) async throws(Failure) {
    try await file.write { database in
      try Self.expect(job, database)
      var number = try Self.last("journal", job, database)
      let line = try database.cachedStatement(
        sql: "INSERT INTO journal (job, number, at, entry) VALUES (?, ?, ?, ?)")
      for entry in entries {
        number += 1
        try line.execute(arguments: [
          job.text, number, entry.at.milliseconds, try RecordJSON.text(entry),
        ])
      }
      let reuse = try database.cachedStatement(
        sql: "INSERT OR REPLACE INTO reuse (key, job, outputs) VALUES (?, ?, ?)")
      for note in notes {
        try reuse.execute(arguments: [
          note.key.text, job.text, try RecordJSON.text(note.outputs),
        ])
      }
    }
  }

  public func journal(of job: JobID) async throws(Failure) -> [JournalEntry] {
    try await file.read { database in
      try String.fetchAll(
        database, sql: "SELECT entry FROM journal WHERE job = ? ORDER BY number",
        arguments: [job.text]
      ).map { try RecordJSON.value(JournalEntry.self, $0) }
    }
  }

  /// - Throws: `job-unknown`; the job may have been removed by another process.
  private static func expect(_ job: JobID, _ database: Database) throws {
    let statement = try database.cachedStatement(sql: "SELECT 1 FROM job WHERE id = ?")
    guard try Int.fetchOne(statement, arguments: [job.text]) != nil else {
      throw Failure(
        "job-unknown", "there is no job '\(job)'", hint: "'moira jobs' lists them")
    }
  }

  private static func last(_ table: String, _ job: JobID, _ database: Database) throws -> Int {
    let statement = try database.cachedStatement(
      sql: "SELECT COALESCE(MAX(number), 0) FROM \(table) WHERE job = ?")
    return try Int.fetchOne(statement, arguments: [job.text]) ?? 0
  }

  // MARK: Reports

  public func add(_ reports: [PartReport], to job: JobID) async throws(Failure) {
    guard !reports.isEmpty else { return }
    try await file.write { database in
      try Self.expect(job, database)
      var number = try Self.last("report", job, database)
      let line = try database.cachedStatement(
        sql: "INSERT INTO report (job, number, report) VALUES (?, ?, ?)")
      for report in reports {
        number += 1
        try line.execute(arguments: [job.text, number, try RecordJSON.text(report)])
      }
    }
  }

  public func reports(of job: JobID, after: Int) async throws(Failure) -> [NumberedReport] {
    try await file.read { database in
      try Row.fetchAll(
        database,
        sql: "SELECT number, report FROM report WHERE job = ? AND number > ? ORDER BY number",
        arguments: [job.text, after]
      ).map { row in
        NumberedReport(
          number: row["number"],
          report: try RecordJSON.value(PartReport.self, row["report"] as String))
      }
    }
  }

  // MARK: Reuse

  public func recall(_ key: ContentHash) async throws(Failure) -> [PartyID: [ArtifactReference]]? {
    try await file.read { database in
      let statement = try database.cachedStatement(
        sql: "SELECT outputs FROM reuse WHERE key = ? ORDER BY number DESC LIMIT 1")
      return try String.fetchOne(statement, arguments: [key.text]).map {
        try RecordJSON.value([PartyID: [ArtifactReference]].self, $0)
      }
    }
  }
}
