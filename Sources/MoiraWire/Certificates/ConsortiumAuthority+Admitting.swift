internal import MoiraCrypto
public import MoiraModel
internal import X509

extension ConsortiumAuthority {
  /// What a member is sent.
  public struct Admission: Hashable, Sendable {
    public let member: Member
    /// In PEM.
    public let certificate: String
    public let root: ConsortiumRoot
    public let revocations: RevocationList
  }

  /// Signs a certificate for a request; for a member that has one already it is a renewal.
  ///
  /// - Parameter validity: from now; a root that ends before ends it.
  /// - Throws: `member-exists` if the id has another identity key or the identity another id,
  ///   `certificate-revoked` if the request's key had a certificate that was taken back,
  ///   `certificate-expired` if the root has.
  public func admit(
    _ request: MemberRequest, validity: Duration = Self.validity, at now: Instant
  ) throws(Failure) -> Admission {
    try MemberFile.locked(folder) { () throws(Failure) in
      var ledger = try ledger()
      return try issue(request.names, request.publicKey, validity, now, &ledger)
    }
  }

  /// New certificates for the keys that a member has, one of each kind.
  ///
  /// - Throws: `member-unknown`, and as `admit`.
  public func renew(
    _ id: PartyID, validity: Duration = Self.validity, at now: Instant
  ) throws(Failure) -> [Admission] {
    try MemberFile.locked(folder) { () throws(Failure) in
      var ledger = try ledger()
      let latest = ledger.latest(of: id)
      if latest.isEmpty {
        throw .memberUnknown(id, among: ledger.standing.map(\.member).uniqued)
      }
      var admissions: [Admission] = []
      for one in latest {
        let old = try certificate(of: one)
        let member = try verifier(of: ledger).member(of: old)
        admissions.append(
          try issue(MemberNames(member), old.publicKey, validity, now, &ledger))
      }
      return admissions
    }
  }

  /// Takes back every certificate of a member.
  ///
  /// - Throws: `member-unknown`.
  public func revoke(
    _ id: PartyID, reason: String? = nil, at now: Instant
  ) throws(Failure) -> RevocationList {
    try MemberFile.locked(folder) { () throws(Failure) in
      var ledger = try ledger()
      try ledger.revoke(id, reason: reason, at: now)
      try write(ledger)
      return try revocations(of: ledger)
    }
  }

  private func issue(
    _ names: MemberNames, _ publicKey: Certificate.PublicKey, _ validity: Duration, _ now: Instant,
    _ ledger: inout AuthorityLedger
  ) throws(Failure) -> Admission {
    let hash = sha256(p256Bytes(publicKey) ?? []).text
    try ledger.checkAdmission(names, key: hash)
    let certificate = try CertificateIssue.member(
      names, key: publicKey, from: max(CertificateIssue.start(now), root.notBefore),
      to: min(now + validity, root.notAfter), by: root, key)
    let verifier = try verifier(of: ledger)
    let member = try verifier.member(of: certificate)
    try verifier.check(member, at: now)
    ledger.certificates.append(
      AdmittedCertificate(
        serial: member.serial, member: member.id, kind: member.kind, identity: member.identity,
        key: hash, admitted: now, notBefore: member.notBefore, notAfter: member.notAfter))
    try write(ledger)
    let text = try keep(certificate, of: member)
    return Admission(
      member: member, certificate: text, root: root, revocations: verifier.revocations)
  }

  private func verifier(of ledger: AuthorityLedger) throws(Failure) -> MemberVerifier {
    try MemberVerifier(root: root, revocations: revocations(of: ledger))
  }

  private func certificateFile(_ kind: MemberKind, _ id: PartyID) -> String {
    "\(folder)/certificates/\(kind.rawValue)-\(id).pem"
  }

  private func keep(_ certificate: Certificate, of member: Member) throws(Failure) -> String {
    guard let text = try? PEM.text(certificate) else {
      throw .certificateForm("a certificate cannot be written as PEM")
    }
    try MemberFile.makeFolder("\(folder)/certificates")
    try MemberFile.write(text, to: certificateFile(member.kind, member.id))
    return text
  }

  private func certificate(of one: AdmittedCertificate) throws(Failure) -> Certificate {
    let file = certificateFile(one.kind, one.member)
    guard let text = try MemberFile.read(file), let certificate = PEM.read(Certificate.self, text)
    else { throw .consortiumUnreadable(file, "it is no certificate") }
    return certificate
  }
}

extension MemberNames {
  /// The names of a member's next certificate.
  fileprivate init(_ member: Member) {
    self.init(
      id: member.id, kind: member.kind, identity: member.identity, sealing: member.sealing,
      hosts: member.hosts, proof: nil)
  }
}
