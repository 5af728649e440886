/// The one row of `lease`: who has it, under which number, and until when by the server's clock.
extension Connection {
  /// How the lease stands for somebody who wants it.
  enum LeaseStanding {
    case free
    /// It ends so many milliseconds from now, unless it is renewed.
    case held(rest: Int64)
    /// It is over, but a transaction of its holder is not.
    case locked
  }

  /// - Returns: a number above all that were given before; nil while somebody has the lease, or ends a
  ///   transaction under it.
  func takeLease(as holder: String, for length: Duration) throws -> Int64? {
    let rows = try run(
      """
      WITH free AS (
        SELECT id FROM lease WHERE expires <= clock_timestamp() FOR UPDATE SKIP LOCKED)
      UPDATE lease SET token = token + 1, holder = $1,
        expires = clock_timestamp() + $2::bigint * interval '1 millisecond'
      FROM free WHERE lease.id = free.id RETURNING token
      """, [.text(holder), .integer(length.milliseconds)])
    return rows.isEmpty ? nil : try rows.integer(0, 0).orMissing("token")
  }

  /// - Returns: false if the lease is another's by now.
  func renewLease(_ token: Int64, for length: Duration) throws -> Bool {
    try run(
      """
      UPDATE lease SET expires = clock_timestamp() + $2::bigint * interval '1 millisecond'
      WHERE token = $1
      """, [.integer(token), .integer(length.milliseconds)]
    ).affected == 1
  }

  /// Ends the lease, by a new number so that nothing under the old one is taken any more, and tells
  /// those who wait.
  func endLease(_ token: Int64) throws {
    let ended = try run(
      "UPDATE lease SET token = token + 1, holder = '', expires = '-infinity' WHERE token = $1",
      [.integer(token)])
    if ended.affected == 1 { try run("SELECT pg_notify('moira_lease', current_schema()::text)") }
  }

  func leaseHolder() throws -> String? {
    let rows = try run("SELECT holder FROM lease WHERE expires > clock_timestamp()")
    return rows.isEmpty ? nil : rows.text(0, 0)
  }

  func leaseStanding() throws -> LeaseStanding {
    let rest = try run(
      """
      SELECT CASE WHEN expires > clock_timestamp()
        THEN ceil(extract(epoch FROM expires - clock_timestamp()) * 1000)::bigint END FROM lease
      """)
    if let rest = rest.integer(0, 0) { return .held(rest: rest) }
    return try run("SELECT id FROM lease FOR UPDATE SKIP LOCKED").isEmpty ? .locked : .free
  }

  /// Waits until the lease may be free: it was given back, or ran out.
  ///
  /// - Parameter wake: a descriptor; as soon as it can be read, the waiting ends.
  /// - Returns: whether the lease was free a moment ago.
  func awaitFreeLease(wake: Int32) throws -> Bool {
    // Before the look, so that nothing is missed between that and the waiting.
    try run("LISTEN moira_lease")
    let schema = try run("SELECT current_schema()::text").text(0, 0).orMissing("schema")
    let rest: Duration
    switch try leaseStanding() {
    case .free: return true
    case .held(let milliseconds): rest = .milliseconds(milliseconds)
    case .locked: rest = .milliseconds(100)
    }
    try awaitNotification(schema, or: wake, atMost: rest)
    return false
  }
}
