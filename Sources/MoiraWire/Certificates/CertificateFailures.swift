internal import MoiraModel

/// The words of everything that is refused around certificates.
extension Failure {
  static var certificateForeign: Failure {
    Failure(
      "certificate-foreign", "the certificate is not signed by this consortium's authority",
      hint: "both sides must have been admitted to one consortium: compare their consortium.pem")
  }

  static func certificateForm(_ rule: String) -> Failure {
    Failure(
      "certificate-form", rule,
      hint: "'moira consortium admit' makes certificates as they must be")
  }

  static var rootForm: Failure {
    .certificateForm("a consortium's certificate must be one that 'moira consortium init' made")
  }

  static func certificateExpired(_ whose: String, _ end: Instant, now: Instant) -> Failure {
    Failure(
      "certificate-expired",
      "the certificate of \(whose) is valid until \(end.isoText), but it is \(now.isoText)",
      hint: "'moira consortium renew' makes a new one; if the clock here is wrong, set it")
  }

  static func certificateNotYet(_ whose: String, _ start: Instant, now: Instant) -> Failure {
    Failure(
      "certificate-not-yet",
      "the certificate of \(whose) is valid from \(start.isoText), but it is \(now.isoText)",
      hint: "compare the clocks: those of a consortium may be a day apart, and no more")
  }

  static func certificateRevoked(_ id: PartyID) -> Failure {
    Failure(
      "certificate-revoked", "the consortium has revoked the certificate of '\(id)'",
      hint: "whoever keeps the consortium's authority says why: 'moira consortium list'")
  }

  static func certificateMissing(_ path: String, request: String) -> Failure {
    Failure(
      "certificate-missing",
      "'\(path)' is not there: the consortium has not admitted this member yet",
      hint:
        "send '\(request)' to the consortium, which runs 'moira consortium admit', and put what "
        + "comes back beside it")
  }

  static func identityMismatch(
    isOf member: Member, expected kind: MemberKind, _ id: PartyID?
  ) -> Failure {
    let whom = id.map { "the \(kind.rawValue) '\($0)'" } ?? "a \(kind.rawValue)"
    return Failure(
      "peer-identity-mismatch",
      "the certificate names the \(member.kind.rawValue) '\(member.id)', but \(whom) is expected",
      hint: "it may be the address of somebody else")
  }

  // MARK: Requests

  static func admissionForm(_ rule: String) -> Failure {
    Failure(
      "admission-form", rule,
      hint: "'moira party init ID --hub HOST:PORT' and 'moira hub init' write requests")
  }

  static var admissionProof: Failure {
    Failure(
      "admission-proof", "the request is not signed by the keys that it names",
      hint: "it was changed on its way, or names somebody else's identity: have it sent anew")
  }

  /// - Parameters:
  ///   - kind: in which the id is taken.
  ///   - asked: in which it is asked for.
  static func memberExists(_ id: PartyID, _ kind: MemberKind, asked: MemberKind) -> Failure {
    Failure(
      "member-exists", "'\(id)' is a \(kind.rawValue) already, with another identity key",
      hint: kind == asked
        ? "if it has lost its key: 'moira consortium revoke \(id)', then admit it anew"
        : "give one of the two another id, or, if they are one organization, the same identity.key")
  }

  static func identityTaken(by id: PartyID) -> Failure {
    Failure(
      "member-exists", "the identity key of the request is that of the member '\(id)'",
      hint: "a member has a key of its own: make a folder for it with 'moira party init'")
  }

  static func keyRevoked(_ id: PartyID) -> Failure {
    Failure(
      "certificate-revoked", "a certificate of '\(id)' for the request's key has been revoked",
      hint: "remove keys/tls.key and keys/request.pem there, and make new ones with the command "
        + "that made these")
  }

  static func memberUnknown(_ id: PartyID, among ids: [PartyID]) -> Failure {
    Failure(
      "member-unknown", "'\(id)' has no certificate of this consortium that is not revoked",
      hint: nearestName(to: id.text, among: ids.map(\.text)).map { "did you mean '\($0)'?" }
        ?? "'moira consortium list' shows the members")
  }

  // MARK: Revocations

  static func revocationsForm(_ rule: String) -> Failure {
    Failure(
      "revocations-form", rule,
      hint: "take the consortium's revoked.json anew")
  }

  static func revocationsOld(_ number: Int, known: Int) -> Failure {
    Failure(
      "revocations-old",
      "the revocation list has number \(number), but number \(known) is here already",
      hint: "the consortium's own revoked.json is the newest")
  }

  // MARK: Files

  static func keysUnreadable(_ path: String, _ why: String) -> Failure {
    Failure(
      "keys-unreadable", "'\(path)' cannot be used: \(why)",
      hint: "bring it back from a backup, or make new keys and have them admitted")
  }

  static func keysMismatch(_ what: String) -> Failure {
    Failure(
      "keys-mismatch", what,
      hint: "put the three files that the consortium sent back for this request beside it")
  }

  static func rootChanged(_ id: PartyID, from name: String) -> Failure {
    Failure(
      "keys-mismatch",
      "the files in 'keys' are of another consortium than '\(name)', in which the process runs as '\(id)'",
      hint: "start it again to change the consortium")
  }

  static func rootMismatch(_ path: String, there: String, admitting: String) -> Failure {
    Failure(
      "keys-mismatch",
      "'\(path)' is the root of the consortium '\(there)', but another one, '\(admitting)', admits",
      hint: "remove that file to leave '\(there)'; a member of two has two folders")
  }

  static func keysExposed(_ path: String) -> Failure {
    Failure(
      "keys-exposed", "everybody on this machine may read '\(path)'",
      hint: "chmod 600 \(path); if others have accounts here, make new keys")
  }

  static func consortiumUnreadable(_ path: String, _ why: String) -> Failure {
    Failure(
      "consortium-unreadable", "'\(path)' cannot be used: \(why)",
      hint: "bring the consortium's folder back from a backup")
  }
}

extension MemberNameFault {
  /// The rule, and the fact.
  ///
  /// - Parameter what: `a request`, `a member's certificate`.
  func words(of what: String) -> String {
    switch self {
    case .memberCount(let count): "\(what) must name one member, but names \(count)"
    case .missing(let name): "\(what) must have the name 'moira://\(name)', but has none"
    case .twice(let name): "\(what) must have the name 'moira://\(name)' once, but has it twice"
    case .malformed(let name): "the name 'moira://\(name)' of \(what) is not of its form"
    case .unknown: "\(what) has a name that means nothing to Moira, or too many"
    }
  }
}
