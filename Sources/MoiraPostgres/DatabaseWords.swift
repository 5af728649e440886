internal import MoiraModel
internal import MoiraSchedule

/// The failures that come of a database, in words.
struct DatabaseWords: Sendable {
  /// The database, as in `the database 'moira' at 'db.example'`.
  let place: String

  func failure(_ error: any Error, isWriting: Bool) -> Failure {
    switch error {
    case let failure as Failure: failure
    case let fault as DatabaseFault: failure(fault, isWriting)
    case let unknown as CommitUnknown: commitUnknown(unknown.fault)
    case let newer as UnknownSchemaVersion:
      version("\(place) has version \(newer.version)", DatabaseSchema.version)
    case let newer as UnknownJournalVersion:
      version("an entry in \(place) has version \(newer.version)", JournalEntry.version)
    default:
      Failure(
        "journal-unreadable", "\(place) holds an entry that is not of its form", cause: "\(error)")
    }
  }

  private func version(_ fact: String, _ own: Int) -> Failure {
    Failure(
      "journal-version", "\(fact), but this build reads version \(own)",
      hint: "it was written by a newer moira; run that one")
  }

  private func commitUnknown(_ fault: DatabaseFault) -> Failure {
    Failure(
      "commit-unknown",
      "the connection to \(place) broke during a commit, and whether that was kept is not known",
      hint: "start this process again: it reads what is there", cause: fault.detail)
  }

  private func failure(_ fault: DatabaseFault, _ isWriting: Bool) -> Failure {
    switch fault {
    case .disconnected, .silent, .undecided: return unreachable(fault, "it does not answer")
    case .refused(let state, _):
      if let fact = Self.passing[state] ?? Self.passing[String(state.prefix(2))] {
        return unreachable(fault, fact)
      }
      if let refusal = Self.refusals[state] ?? Self.refusals[String(state.prefix(2))] {
        return Failure(
          "database-refused", "\(place) refuses: \(refusal.fact)", hint: refusal.hint,
          cause: fault.detail)
      }
      return unusable(fault, state, isWriting)
    }
  }

  private func unreachable(_ fault: DatabaseFault, _ fact: String) -> Failure {
    Failure(
      "database-unreachable", "\(place) cannot be used now: \(fact)",
      hint: "see whether the server runs and can be reached; 'pg_isready' asks it",
      cause: fault.detail, isTransient: true)
  }

  private func unusable(_ fault: DatabaseFault, _ state: String, _ isWriting: Bool) -> Failure {
    let isDamaged = ["XX001", "XX002"].contains(state)
    let fact =
      switch state {
      case "53100": "no space is left on its disk"
      case "53200": "it has no memory left"
      default: isDamaged ? "it is damaged" : "PostgreSQL refuses with \(state)"
      }
    let isUnwritable = isWriting && !isDamaged
    return Failure(
      isUnwritable ? "journal-unwritable" : "journal-unreadable",
      "\(place) cannot be \(isUnwritable ? "written" : "read"): \(fact)", cause: fault.detail)
  }

  /// Facts by SQLSTATE, or by its class, that may be others a little later.
  private static let passing = [
    "08": "the connection broke", "57P01": "it is shutting down", "57P02": "it is starting again",
    "57P03": "it is starting or shutting down", "25P03": "it waited too long for this process",
    "25006": "it is a standby that takes no writes", "53300": "all its connections are taken",
    "40": "other transactions are in the way", "55P03": "other transactions are in the way",
    "57014": "another transaction kept it waiting for too long",
  ]

  private static let refusals: [String: (fact: String, hint: String)] = [
    "28": ("the user may not log in", "look at the URL's user, its password and 'pg_hba.conf'"),
    "3D": ("there is no such database", "'createdb' makes it"),
    "3F": ("there is no such schema", "'CREATE SCHEMA' makes it"),
    "42501": (
      "the user lacks a permission",
      "the database's user needs to create and use tables in its schema"
    ),
    "22021": ("a text holds a character that PostgreSQL does not keep", "leave out NUL"),
  ]
}
