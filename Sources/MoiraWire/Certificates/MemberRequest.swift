public import MoiraCrypto
public import MoiraModel
internal import MoiraPlan
internal import X509

/// A member's request to be admitted: PKCS#10 (RFC 2986), signed by its TLS key, with the names that
/// its certificate is to carry and a proof that it holds the identity it names.
///
/// A value exists only once both signatures were checked.
public struct MemberRequest: Hashable, Sendable {
  /// `CERTIFICATE REQUEST` in PEM: what is sent to the consortium.
  public let pem: String
  let names: MemberNames
  let publicKey: Certificate.PublicKey
  /// X9.63.
  let keyBytes: [UInt8]

  public var id: PartyID { names.id }
  public var kind: MemberKind { names.kind }
  public var identity: IdentityPublicKey { names.identity }
  public var sealing: SealingPublicKey { names.sealing }
  public var hosts: [MemberHost] { names.hosts }

  /// Makes and signs a request.
  ///
  /// - Throws: `party-name`; `admission-form` if there are more than 32 hosts, or a hub has none.
  public init(
    _ id: PartyID, _ kind: MemberKind, hosts: [MemberHost] = [], identity: IdentityKeyPair,
    tls: TLSKey
  ) throws(Failure) {
    var names = MemberNames(
      id: id, kind: kind, identity: identity.publicKey,
      sealing: SealingKeyPair(of: identity).publicKey, hosts: hosts, proof: nil)
    try names.checkMember()
    names.proof = identity.sign(names.statement(for: tls.publicBytes))
    do {
      pem = try PEM.text(Self.signed(names, tls))
    } catch {
      throw .admissionForm("a request cannot be made of these names")
    }
    self.names = names
    publicKey = tls.certificateKey.publicKey
    keyBytes = tls.publicBytes
  }

  private static func signed(
    _ names: MemberNames, _ tls: TLSKey
  ) throws -> CertificateSigningRequest {
    let extensions = try Certificate.Extensions {
      SubjectAlternativeNames(names.generalNames)
    }
    let attribute = try CertificateSigningRequest.Attribute(
      ExtensionRequest(extensions: extensions))
    return try CertificateSigningRequest(
      version: .v1, subject: names.subject, privateKey: tls.certificateKey,
      attributes: CertificateSigningRequest.Attributes([attribute]))
  }

  /// Reads a request and checks its signatures.
  ///
  /// - Throws: `admission-form`, `admission-proof`.
  public init(pem text: String) throws(Failure) {
    guard let request = PEM.read(CertificateSigningRequest.self, text),
      let keyBytes = p256Bytes(request.publicKey), request.signatureAlgorithm == .ecdsaWithSHA256
    else {
      throw .admissionForm("the file must be one request in PEM for a key of P-256, but is not")
    }
    guard request.publicKey.isValidSignature(request.signature, for: request) else {
      throw .admissionProof
    }
    names = try Self.names(of: request)
    try names.checkMember()
    guard let proof = names.proof,
      names.identity.isValid(proof, for: names.statement(for: keyBytes)),
      let pem = try? PEM.text(request)
    else { throw .admissionProof }
    self.pem = pem
    self.keyBytes = keyBytes
    publicKey = request.publicKey
  }

  private static func names(of request: CertificateSigningRequest) throws(Failure) -> MemberNames {
    guard request.attributes.count == 1,
      let extensions = try? request.attributes.extensionRequest?.extensions, extensions.count == 1,
      let names = try? extensions.subjectAlternativeNames
    else { throw .admissionForm("a request must ask for alternative names and for nothing else") }
    do throws(MemberNameFault) {
      return try MemberNames(names)
    } catch {
      throw .admissionForm(error.words(of: "a request"))
    }
  }
}

extension MemberNames {
  /// For people who look at the certificate with other tools; Moira looks at the alternative names.
  var subject: DistinguishedName {
    get throws {
      try DistinguishedName {
        CommonName(id.text)
        OrganizationalUnitName(kind.rawValue)
      }
    }
  }

  fileprivate func checkMember() throws(Failure) {
    if !isPartyName(id.text) {
      throw Failure(
        "party-name", "'\(id)' is not a name for a member",
        hint: "letters, digits, '-', '_' and '.', beginning with a letter or digit, 64 at most")
    }
    if hosts.count > Self.hostLimit {
      throw .admissionForm("a member may have \(Self.hostLimit) addresses, but has \(hosts.count)")
    }
    if kind == .hub, hosts.isEmpty {
      throw .admissionForm("a hub must have an address at which it is dialled, but has none")
    }
    if kind == .submitter, !hosts.isEmpty {
      throw .admissionForm("a submitter is dialled by nobody, but has an address")
    }
  }
}
