internal import CPostgres
internal import MoiraModel

/// Where a database is.
///
/// The URL may hold a password: it goes to libpq and nowhere else. Messages name `place`.
struct DatabaseAddress: Sendable {
  let url: String
  /// As in `the database 'moira' at 'db.example:5432'`: no user, no password, no options.
  let place: String

  /// - Throws: `database-url`. What libpq says of a malformed URL may quote a password, so it is dropped.
  init(_ url: String) throws(Failure) {
    guard url.hasPrefix("postgresql://") || url.hasPrefix("postgres://"), !url.contains("\0") else {
      throw Self.malformed("it does not begin with 'postgresql://'")
    }
    guard let options = PQconninfoParse(url, nil) else {
      throw Self.malformed("libpq cannot read it")
    }
    defer { PQconninfoFree(options) }
    var given: [String: String] = [:]
    var next = options
    while let keyword = next.pointee.keyword {
      if let value = next.pointee.val { given[String(cString: keyword)] = String(cString: value) }
      next += 1
    }
    self.url = url
    place = Self.place(given)
  }

  private static func malformed(_ fact: String) -> Failure {
    Failure(
      "database-url", "the database's URL must name a PostgreSQL database, but \(fact)",
      hint: "'postgresql://user@host:5432/name?sslmode=verify-full' is one")
  }

  private static func place(_ given: [String: String]) -> String {
    let name = given["dbname"].map { "the database '\($0)'" } ?? "the user's own database"
    guard let host = given["host"] ?? given["hostaddr"], !host.isEmpty else {
      return "\(name) on this machine"
    }
    return given["port"].map { "\(name) at '\(host):\($0)'" } ?? "\(name) at '\(host)'"
  }

  /// What the URL does not say and what it may not say otherwise, as libpq's keywords; the last of two
  /// values of a keyword holds.
  var parameters: [(keyword: String, value: String)] {
    [
      // Seconds for each host; a cut cable is noticed after about 25 s.
      ("connect_timeout", "3"), ("keepalives_idle", "10"), ("keepalives_interval", "5"),
      ("keepalives_count", "3"), ("tcp_user_timeout", "15000"),
      ("fallback_application_name", "moira"),
      ("dbname", url),
      ("client_encoding", "UTF8"),
    ]
  }
}
