import GRDB

/// The tables of the journal's database, as the steps that led to them.
enum JournalSchema {
  /// One step for each version from 1; never edited, only added to.
  static let steps = [
    """
    CREATE TABLE job (
      id TEXT NOT NULL PRIMARY KEY,
      created INTEGER NOT NULL,
      state TEXT NOT NULL,
      ended INTEGER,
      record TEXT NOT NULL
    );
    CREATE TABLE journal (
      job TEXT NOT NULL REFERENCES job(id) ON DELETE CASCADE,
      number INTEGER NOT NULL,
      at INTEGER NOT NULL,
      entry TEXT NOT NULL,
      PRIMARY KEY (job, number)
    ) WITHOUT ROWID;
    CREATE TABLE report (
      job TEXT NOT NULL REFERENCES job(id) ON DELETE CASCADE,
      number INTEGER NOT NULL,
      report TEXT NOT NULL,
      PRIMARY KEY (job, number)
    ) WITHOUT ROWID;
    CREATE TABLE reuse (
      number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
      key TEXT NOT NULL,
      job TEXT NOT NULL REFERENCES job(id) ON DELETE CASCADE,
      outputs TEXT NOT NULL,
      UNIQUE (key, job)
    );
    CREATE INDEX reuse_of_job ON reuse(job);
    """,
    """
    CREATE TABLE document (
      shelf TEXT NOT NULL,
      key TEXT NOT NULL,
      body BLOB NOT NULL,
      PRIMARY KEY (shelf, key)
    ) WITHOUT ROWID;
    """,
    "CREATE INDEX unfinished_jobs ON job(created) WHERE ended IS NULL;",
  ]

  static var version: Int { steps.count }

  /// The version of the tables that are there; 0 in a new file.
  ///
  /// Asked of the file itself: what GRDB remembers of the schema is old as soon as another process
  /// has made the tables.
  static func version(_ database: Database) throws -> Int {
    let isThere = try Bool.fetchOne(
      database,
      sql: "SELECT COUNT(*) > 0 FROM sqlite_master WHERE type = 'table' AND name = 'moira_schema'")
    guard isThere == true else { return 0 }
    return try Int.fetchOne(database, sql: "SELECT version FROM moira_schema") ?? 0
  }

  /// Takes the steps that are missing.
  ///
  /// - Throws: `UnknownSchemaVersion` when the file is newer than this build.
  static func migrate(_ database: Database) throws {
    let old = try version(database)
    if old > version { throw UnknownSchemaVersion(version: old) }
    if old == version { return }
    try database.execute(
      sql: "CREATE TABLE IF NOT EXISTS moira_schema (version INTEGER NOT NULL)")
    for step in steps[old...] { try database.execute(sql: step) }
    try database.execute(sql: "DELETE FROM moira_schema")
    try database.execute(
      sql: "INSERT INTO moira_schema (version) VALUES (?)", arguments: [version])
  }
}

/// The database was made by a Moira that knows more than this one.
struct UnknownSchemaVersion: Error {
  let version: Int
}
