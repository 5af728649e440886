public import MoiraCrypto
public import MoiraModel

/// The `keys` folder of a member: what it proves itself with.
///
/// `tls.key` (readable by its user alone) and `request.pem` are made here; `certificate.pem`,
/// `consortium.pem` and `revoked.json` come from the consortium. The identity key lies beside them and
/// is handed in.
public struct MemberFolder: Hashable, Sendable {
  public static let name = "keys"

  public let path: String
  public init(_ path: String) { self.path = path }

  public var identityFile: String { "\(path)/identity.key" }
  public var tlsKeyFile: String { "\(path)/tls.key" }
  public var requestFile: String { "\(path)/request.pem" }
  public var certificateFile: String { "\(path)/certificate.pem" }
  public var rootFile: String { "\(path)/consortium.pem" }
  public var revocationFile: String { "\(path)/revoked.json" }

  /// Changes when the certificate, its key or the root is replaced.
  public var stamp: [String] { [certificateFile, tlsKeyFile, rootFile].map(MemberFile.stamp) }

  /// Whether a request was made here.
  public var hasRequest: Bool { MemberFile.exists(requestFile) }

  /// Makes the folder, for its user alone.
  ///
  /// - Throws: `storage-unwritable`.
  public func make() throws(Failure) { try MemberFile.makeFolder(path, mode: 0o700) }

  /// Makes a request, and the TLS key where there is none.
  ///
  /// - Throws: `party-name`, `admission-form`, `keys-unreadable`, `keys-exposed`,
  ///   `storage-unwritable`.
  public func request(
    _ id: PartyID, _ kind: MemberKind, hosts: [MemberHost] = [], identity: IdentityKeyPair
  ) throws(Failure) -> MemberRequest {
    let there = try tlsKey()
    let key = there ?? TLSKey()
    let request = try MemberRequest(id, kind, hosts: hosts, identity: identity, tls: key)
    if there == nil { try MemberFile.write(key.pem, to: tlsKeyFile, mode: 0o600) }
    try MemberFile.write(request.pem, to: requestFile)
    return request
  }

  private func tlsKey() throws(Failure) -> TLSKey? {
    guard let text = try MemberFile.readSecret(tlsKeyFile) else { return nil }
    guard let key = try? TLSKey(pem: text) else {
      throw .keysUnreadable(tlsKeyFile, "it is no key of P-256 in PEM")
    }
    return key
  }

  // MARK: What comes from the consortium

  /// Passes unless the folder is that of a member of another consortium.
  ///
  /// - Throws: `keys-mismatch`.
  public func checkRoot(_ root: ConsortiumRoot) throws(Failure) {
    if let there = try? self.root(), there != root {
      throw .rootMismatch(rootFile, there: there.name, admitting: root.name)
    }
  }

  /// Puts what the consortium sent into the folder.
  ///
  /// - Throws: `keys-mismatch`, `storage-unwritable`.
  public func install(_ admission: ConsortiumAuthority.Admission) throws(Failure) {
    try checkRoot(admission.root)
    try MemberFile.write(admission.root.pem, to: rootFile)
    try MemberFile.write(admission.revocations.json, to: revocationFile)
    try MemberFile.write(admission.certificate, to: certificateFile)
  }

  /// Puts a newer list of revocations in place of the one that is there.
  ///
  /// - Throws: `revocations-old`, `certificate-foreign`, `storage-unwritable`.
  public func replace(_ list: RevocationList) throws(Failure) {
    let root = try root()
    if let known = try revocations(root) {
      try MemberFile.write(known.replaced(by: list).json, to: revocationFile)
    } else {
      guard list.root == root.fingerprint else { throw .certificateForeign }
      try MemberFile.write(list.json, to: revocationFile)
    }
  }

  func root() throws(Failure) -> ConsortiumRoot {
    guard let text = try MemberFile.read(rootFile) else {
      throw .certificateMissing(rootFile, request: requestFile)
    }
    return try ConsortiumRoot(pem: text)
  }

  /// The list that lies here now; nil where none does. A hub reads it anew from time to time.
  ///
  /// - Throws: `revocations-form`, `keys-unreadable`.
  public func revocations(_ root: ConsortiumRoot) throws(Failure) -> RevocationList? {
    guard let text = try MemberFile.read(revocationFile) else { return nil }
    return try RevocationList(json: text, root: root)
  }

  /// The TLS key, which must be there.
  func presentKey() throws(Failure) -> TLSKey {
    guard let key = try tlsKey() else { throw .keysUnreadable(tlsKeyFile, "it is not there") }
    return key
  }
}
