import GRDB
import MoiraModel

@testable import MoiraPostgres
@testable import MoiraStorage

/// Looks into databases past the stores.
enum StoreProbe {
  /// Copies of a job as it stands, named `copy-1` and so on, created one after the other.
  static func multiply(job: String, by count: Int, _ url: String, _ kind: StoreKind) async throws {
    switch kind {
    case .memory: break
    case .sqlite:
      try await DatabaseQueue(path: url).write { database in
        try database.execute(
          sql: """
            WITH RECURSIVE line(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM line WHERE n < ?)
            INSERT INTO job (id, created, state, ended, record)
            SELECT 'copy-' || n, 5000 + n, state, ended, record FROM job, line WHERE id = ?
            """, arguments: [count, job])
      }
    case .postgres:
      try await PostgresServer.shared.get().ask(url) { connection in
        try connection.run(
          """
          INSERT INTO job (id, created, state, ended, record)
          SELECT 'copy-' || n, 5000 + n, state, ended, record
          FROM job, generate_series(1, $1::bigint) AS n WHERE id = $2
          """, [.integer(Int64(count)), .text(job)])
        try connection.run("ANALYZE job")
      }
    }
  }

  /// How the database goes about finding the open jobs.
  static func planOfUnfinished(_ url: String, _ kind: StoreKind) async throws -> String {
    switch kind {
    case .memory: ""
    case .sqlite:
      try await DatabaseQueue(path: url).read { database in
        try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN \(SQLiteJobStore.unfinishedJobs)")
          .map { $0["detail"] as String }.joined(separator: "\n")
      }
    case .postgres:
      try await PostgresServer.shared.get().ask(url) { connection in
        let rows = try connection.run("EXPLAIN \(PostgresJobStore.unfinishedJobs)")
        return rows.map { rows.text($0, 0) ?? "" }.joined(separator: "\n")
      }
    }
  }
}
