/// What went wrong between us and the server.
enum DatabaseFault: Error {
  /// There is no connection, or there is none any more.
  case disconnected(detail: String)
  /// The server kept the connection, but did not answer within the bound; the connection is given up.
  case silent
  /// The server would not do it; with its SQLSTATE (PostgreSQL manual, appendix A).
  case refused(state: String, detail: String)
  /// A commit whose answer was cut off is still under way at the server.
  case undecided

  /// Whether nothing can be asked over the same connection any more.
  var endsConnection: Bool {
    switch self {
    case .disconnected, .silent: true
    // The server is going down or starting, or has become a standby: another one may answer next.
    case .refused(let state, _): state.hasPrefix("57P") || state == "25006" || state == "25P03"
    case .undecided: false
    }
  }

  /// Whether the same thing may succeed a little later.
  var mayPass: Bool {
    switch self {
    case .disconnected, .silent, .undecided: true
    case .refused(let state, _):
      // 08: connection; 40001, 40P01: lost against another transaction; 53300: all connections taken.
      endsConnection || state.hasPrefix("08")
        || ["40001", "40P01", "53300"].contains(state)
    }
  }

  var state: String? {
    if case .refused(let state, _) = self { state } else { nil }
  }

  /// For a failure's cause: the server's primary message, which names tables and columns and no value.
  var detail: String {
    switch self {
    case .disconnected(let detail): detail
    case .silent: "no answer within the time"
    case .refused(let state, let detail): "\(state): \(detail)"
    case .undecided: "the commit is still under way"
    }
  }
}

/// The lease that a write was to prove is another's.
struct LeaseTaken: Error {
  let holder: String?
}

/// The connection broke while a commit was under way, and the server never said how it ended.
struct CommitUnknown: Error {
  let fault: DatabaseFault
}

/// The database was made by a Moira that knows more than this one.
struct UnknownSchemaVersion: Error {
  let version: Int
}
