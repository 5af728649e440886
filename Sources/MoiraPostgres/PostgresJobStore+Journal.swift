internal import MoiraCrypto
public import MoiraModel
internal import MoiraPlan
public import MoiraRuntime
public import MoiraSchedule

/// The lines of a job have gapless numbers from 1: whoever adds some holds the job's row.
extension PostgresJobStore {
  // MARK: The journal

  public func append(
    _ entries: [JournalEntry], made notes: [ReuseNote], to job: JobID
  ) async throws(Failure) {
    try await database.write { connection in
      try Self.hold(job, connection)
      if !entries.isEmpty {
        try connection.run(
          """
          INSERT INTO journal (job, number, at, entry)
          SELECT $1, $2::bigint + line.place, line.at, line.entry
          FROM unnest($3::bigint[], $4::text[]) WITH ORDINALITY AS line(at, entry, place)
          """,
          [
            .text(job.text), .integer(try Self.lastLine(of: job, connection)),
            .integers(entries.map(\.at.milliseconds)), .texts(try entries.map(RecordJSON.text)),
          ])
      }
      for note in notes { try Self.keep(note, of: job, connection) }
    }
  }

  private static func keep(_ note: ReuseNote, of job: JobID, _ connection: Connection) throws {
    try connection.run(
      """
      INSERT INTO reuse (key, job, outputs) VALUES ($1, $2, $3)
      ON CONFLICT (key, job) DO UPDATE SET number = DEFAULT, outputs = EXCLUDED.outputs
      """,
      [.text(note.key.text), .text(job.text), .text(try RecordJSON.text(note.outputs))])
  }

  public func journal(of job: JobID) async throws(Failure) -> [JournalEntry] {
    try await database.read { connection in
      let rows = try connection.run(
        "SELECT entry FROM journal WHERE job = $1 ORDER BY number", [.text(job.text)])
      return try rows.map { try rows.value(JournalEntry.self, $0, 0) }
    }
  }

  /// Locks the job's row until the transaction's end.
  ///
  /// - Throws: `job-unknown`; the job may have been removed by another process.
  private static func hold(_ job: JobID, _ connection: Connection) throws {
    let rows = try connection.run(
      "SELECT 1 FROM job WHERE id = $1 FOR NO KEY UPDATE", [.text(job.text)])
    if rows.isEmpty {
      throw Failure("job-unknown", "there is no job '\(job)'", hint: "'moira jobs' lists them")
    }
  }

  private static func lastLine(of job: JobID, _ connection: Connection) throws -> Int64 {
    try connection.run(
      "SELECT COALESCE(MAX(number), 0) FROM journal WHERE job = $1", [.text(job.text)]
    ).integer(0, 0).orMissing("number")
  }

  // MARK: Reports

  public func add(_ reports: [PartReport], to job: JobID) async throws(Failure) {
    if reports.isEmpty { return }
    try await database.write { connection in
      try Self.hold(job, connection)
      let last = try connection.run(
        "SELECT COALESCE(MAX(number), 0) FROM report WHERE job = $1", [.text(job.text)]
      ).integer(0, 0).orMissing("number")
      try connection.run(
        """
        INSERT INTO report (job, number, report)
        SELECT $1, $2::bigint + line.place, line.report
        FROM unnest($3::text[]) WITH ORDINALITY AS line(report, place)
        """,
        [.text(job.text), .integer(last), .texts(try reports.map(RecordJSON.text))])
    }
  }

  public func reports(of job: JobID, after: Int) async throws(Failure) -> [NumberedReport] {
    try await database.read { connection in
      let rows = try connection.run(
        "SELECT number, report FROM report WHERE job = $1 AND number > $2::bigint ORDER BY number",
        [.text(job.text), .integer(Int64(after))])
      return try rows.map { row in
        NumberedReport(
          number: Int(try rows.integer(row, 0).orMissing("number")),
          report: try rows.value(PartReport.self, row, 1))
      }
    }
  }

  // MARK: Reuse

  public func recall(_ key: ContentHash) async throws(Failure) -> [PartyID: [ArtifactReference]]? {
    try await database.read { connection in
      let rows = try connection.run(
        "SELECT outputs FROM reuse WHERE key = $1 ORDER BY number DESC LIMIT 1", [.text(key.text)])
      return try rows.map {
        try rows.value([PartyID: [ArtifactReference]].self, $0, 0)
      }.first
    }
  }
}
