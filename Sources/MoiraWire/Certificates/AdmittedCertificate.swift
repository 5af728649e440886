public import MoiraCrypto
public import MoiraModel

/// A certificate that the authority has signed, as it keeps it in mind.
public struct AdmittedCertificate: Hashable, Codable, Sendable {
  /// That a certificate was taken back.
  public struct Revocation: Hashable, Codable, Sendable {
    public let time: Instant
    public let reason: String?
  }

  public let serial: CertificateSerial
  public let member: PartyID
  public let kind: MemberKind
  public let identity: IdentityPublicKey
  /// SHA-256 of the TLS key's X9.63 bytes.
  public let key: String
  public let admitted: Instant
  public let notBefore: Instant
  public let notAfter: Instant
  public var revoked: Revocation?

  enum CodingKeys: String, CodingKey {
    case serial, member, kind, identity, key, admitted, revoked
    case notBefore = "not_before"
    case notAfter = "not_after"
  }

  /// What it is worth.
  public enum Standing: String, Sendable { case valid, expired, revoked }

  public func standing(at now: Instant) -> Standing {
    if revoked != nil { return .revoked }
    return now > notAfter ? .expired : .valid
  }
}

/// What the authority keeps in `members.json`: every certificate that it has signed, and the number of
/// its list of revocations, which follows from them.
struct AuthorityLedger: Hashable, Codable, Sendable {
  static let version = 1
  /// How long after its end a revoked certificate stays on the list.
  static let revocationTail = Duration.seconds(24 * 3600)

  var version = AuthorityLedger.version
  var name: String
  var revocationNumber = 1
  var revocationTime: Instant
  var certificates: [AdmittedCertificate] = []

  enum CodingKeys: String, CodingKey {
    case version = "moira_consortium"
    case name, certificates
    case revocationNumber = "revocation_number"
    case revocationTime = "revocation_time"
  }

  /// Those that are not taken back, expired ones too: an id stays with its owner until it is revoked.
  var standing: [AdmittedCertificate] { certificates.filter { $0.revoked == nil } }

  /// Whether the owner of these names may have a certificate for this key.
  ///
  /// - Throws: `member-exists`, `certificate-revoked`.
  func checkAdmission(_ names: MemberNames, key: String) throws(Failure) {
    for one in certificates where one.revoked != nil && one.key == key {
      throw .keyRevoked(one.member)
    }
    for one in standing {
      if one.member == names.id, one.identity != names.identity {
        throw .memberExists(names.id, one.kind, asked: names.kind)
      }
      if one.identity == names.identity, one.member != names.id {
        throw .identityTaken(by: one.member)
      }
    }
  }

  /// Takes back every certificate of a member.
  ///
  /// - Throws: `member-unknown` if there is none.
  mutating func revoke(_ id: PartyID, reason: String?, at now: Instant) throws(Failure) {
    let places = certificates.indices.filter {
      certificates[$0].member == id && certificates[$0].revoked == nil
    }
    guard !places.isEmpty else {
      throw .memberUnknown(id, among: standing.map(\.member).uniqued)
    }
    for place in places { certificates[place].revoked = .init(time: now, reason: reason) }
    revocationNumber += 1
    revocationTime = now
  }

  /// What the list of `revocationNumber` holds.
  var revocations: [RevocationList.Entry] {
    certificates.filter {
      $0.revoked != nil && $0.notAfter + Self.revocationTail >= revocationTime
    }.map { RevocationList.Entry(serial: $0.serial, member: $0.member) }
  }

  /// The last certificate of each kind that the member has.
  func latest(of id: PartyID) -> [AdmittedCertificate] {
    MemberKind.allCases.compactMap { kind in
      standing.last { $0.member == id && $0.kind == kind }
    }
  }
}

extension [PartyID] {
  /// In order, each once.
  var uniqued: [PartyID] { Set(self).sorted() }
}
