/// The tables of the journal's database, as the steps that led to them. They lie in the first schema of
/// the connection's `search_path` that exists.
enum DatabaseSchema {
  /// One step for each version from 1; never edited, only added to. Keys are compared by their bytes.
  static let steps = [
    """
    CREATE TABLE job (
      id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
      place BIGINT GENERATED ALWAYS AS IDENTITY,
      created BIGINT NOT NULL,
      state TEXT NOT NULL,
      ended BIGINT,
      record TEXT NOT NULL
    );
    CREATE INDEX unfinished_jobs ON job(created, place) WHERE ended IS NULL;
    CREATE TABLE journal (
      job TEXT COLLATE "C" NOT NULL REFERENCES job(id) ON DELETE CASCADE,
      number BIGINT NOT NULL,
      at BIGINT NOT NULL,
      entry TEXT NOT NULL,
      PRIMARY KEY (job, number)
    );
    CREATE TABLE report (
      job TEXT COLLATE "C" NOT NULL REFERENCES job(id) ON DELETE CASCADE,
      number BIGINT NOT NULL,
      report TEXT NOT NULL,
      PRIMARY KEY (job, number)
    );
    CREATE TABLE reuse (
      number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      key TEXT COLLATE "C" NOT NULL,
      job TEXT COLLATE "C" NOT NULL REFERENCES job(id) ON DELETE CASCADE,
      outputs TEXT NOT NULL,
      UNIQUE (key, job)
    );
    CREATE INDEX reuse_of_job ON reuse(job);
    CREATE TABLE document (
      shelf TEXT COLLATE "C" NOT NULL,
      key TEXT COLLATE "C" NOT NULL,
      body BYTEA NOT NULL,
      PRIMARY KEY (shelf, key)
    );
    CREATE TABLE lease (
      id BIGINT PRIMARY KEY CHECK (id = 1),
      token BIGINT NOT NULL,
      holder TEXT NOT NULL,
      expires TIMESTAMPTZ NOT NULL
    );
    INSERT INTO lease (id, token, holder, expires) VALUES (1, 0, '', '-infinity');
    """
  ]

  static var version: Int { steps.count }

  /// The version of the tables that are there; 0 where there are none.
  static func version(_ connection: Connection) throws -> Int {
    let isThere = try connection.run(
      """
      SELECT EXISTS (SELECT FROM pg_catalog.pg_tables
        WHERE schemaname = current_schema() AND tablename = 'moira_schema')
      """)
    guard isThere.integer(0, 0) == 1 else { return 0 }
    let rows = try connection.run("SELECT version FROM moira_schema")
    return Int(try rows.integer(0, 0).orMissing("version"))
  }

  /// Takes the steps that are missing, in a transaction. Who does it while another does waits.
  ///
  /// - Throws: `UnknownSchemaVersion` when the database is newer than this build.
  static func migrate(_ connection: Connection) throws {
    // One lock for each database: schemas beside each other wait in turn.
    try connection.run("SELECT pg_advisory_xact_lock(hashtext('moira_schema'))")
    let old = try version(connection)
    if old > version { throw UnknownSchemaVersion(version: old) }
    if old == version { return }
    try connection.run(
      script: "CREATE TABLE IF NOT EXISTS moira_schema (version BIGINT NOT NULL)")
    for step in steps[old...] { try connection.run(script: step) }
    try connection.run(script: "DELETE FROM moira_schema")
    try connection.run(
      "INSERT INTO moira_schema (version) VALUES ($1)", [.integer(Int64(version))])
  }
}
