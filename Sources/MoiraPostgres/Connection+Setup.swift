internal import CPostgres
internal import MoiraModel

/// What every connection is told first, and what it must find.
extension Connection {
  /// 13 brought the 64-bit numbers by which the end of a commit is asked for.
  private static let oldest = 13

  /// - Throws: `database-refused` when commits would not survive a power cut, the server is too old, or
  ///   there is no schema for the tables.
  func prepareSession(at place: String) throws {
    let version = Int(PQserverVersion(handle)) / 10_000
    guard version >= Self.oldest else {
      throw refusal(
        place, "PostgreSQL must be at least version \(Self.oldest), but is \(version)",
        "move the database to a newer server")
    }
    // A server's or user's setting may not weaken what a commit promises.
    let facts = try run(
      """
      SELECT current_setting('fsync'), current_schema()::text,
        set_config('statement_timeout', $1::bigint::text, false),
        set_config('idle_in_transaction_session_timeout', $2::bigint::text, false),
        set_config('tcp_user_timeout', $2::bigint::text, false),
        set_config('default_transaction_read_only', 'off', false),
        set_config('synchronous_commit', CASE current_setting('synchronous_commit')
          WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false)
      """,
      [.integer(bounds.statement.milliseconds), .integer(bounds.idle.milliseconds)])
    guard facts.text(0, 0) == "on" else {
      throw refusal(
        place, "commits must survive a power cut, but 'fsync' is off", "set 'fsync = on'")
    }
    guard facts.text(0, 1) != nil else {
      throw refusal(
        place, "no schema of its 'search_path' exists", "'CREATE SCHEMA' makes it")
    }
  }

  private func refusal(_ place: String, _ fact: String, _ hint: String) -> Failure {
    Failure("database-refused", "\(place) refuses: \(fact)", hint: hint)
  }
}
