internal import Foundation
public import MoiraModel
internal import MoiraPlan
internal import X509

/// The authority of a consortium, in a folder: it says who is a member.
///
/// `ca.key` (P-256, readable by its user alone) signs everything; `ca.pem` is the root that all members
/// have; `members.json` tells every certificate that was signed; `revoked.json` is the list of those
/// taken back; `certificates/` has the last one of each member. Several processes may work in it: they
/// wait for each other.
public struct ConsortiumAuthority: Sendable {
  /// For how long a root is valid: ten years.
  public static let lifetime = Duration.seconds(3652 * 86_400)
  /// For how long a member's certificate is valid, unless told otherwise: 365 days.
  public static let validity = Duration.seconds(365 * 86_400)

  public let folder: String
  public let root: ConsortiumRoot
  let key: TLSKey

  private init(folder: String, root: ConsortiumRoot, key: TLSKey) {
    self.folder = folder
    self.root = root
    self.key = key
  }

  // MARK: Its folder

  private static func keyFile(_ folder: String) -> String { "\(folder)/ca.key" }
  private static func rootFile(_ folder: String) -> String { "\(folder)/ca.pem" }
  private var ledgerFile: String { "\(folder)/members.json" }
  private var revocationFile: String { "\(folder)/revoked.json" }

  /// Makes a consortium in a folder that has none.
  ///
  /// - Throws: `party-name` if the name cannot be one, `consortium-exists`, `storage-unwritable`.
  public static func create(
    named name: String, in folder: String, at now: Instant
  ) throws(Failure) -> ConsortiumAuthority {
    guard isPartyName(name) else {
      throw Failure(
        "party-name", "'\(name)' is not a name for a consortium",
        hint: "letters, digits, '-', '_' and '.', beginning with a letter or digit, 64 at most")
    }
    try MemberFile.makeFolder(folder, mode: 0o700)
    return try MemberFile.locked(folder) { () throws(Failure) in
      for file in [keyFile(folder), rootFile(folder)] where MemberFile.exists(file) {
        throw Failure(
          "consortium-exists", "'\(file)' is there already",
          hint: "'--folder' names another folder for a second consortium")
      }
      let key = TLSKey()
      let root = try CertificateIssue.root(
        name: name, key: key, from: CertificateIssue.start(now), to: now + lifetime)
      let authority = ConsortiumAuthority(folder: folder, root: root, key: key)
      let ledger = AuthorityLedger(name: name, revocationTime: now)
      try MemberFile.write(key.pem, to: keyFile(folder), mode: 0o600)
      try authority.write(ledger)
      _ = try authority.revocations(of: ledger)
      // Last: a folder without it is one that was never finished, and may be begun anew.
      try MemberFile.write(root.pem, to: rootFile(folder))
      return authority
    }
  }

  /// - Throws: `consortium-missing`, `consortium-unreadable`, `keys-unreadable`, `keys-exposed`.
  public static func load(_ folder: String) throws(Failure) -> ConsortiumAuthority {
    guard let rootText = try MemberFile.read(rootFile(folder)),
      let keyText = try MemberFile.readSecret(keyFile(folder))
    else {
      throw Failure(
        "consortium-missing", "there is no consortium's authority in '\(folder)'",
        hint: "'moira consortium init NAME' makes one; '--consortium' says where it lies")
    }
    guard let root = try? ConsortiumRoot(pem: rootText) else {
      throw .consortiumUnreadable(rootFile(folder), "it is no root of a consortium")
    }
    guard let key = try? TLSKey(pem: keyText) else {
      throw .consortiumUnreadable(keyFile(folder), "it is no key of P-256 in PEM")
    }
    guard p256Bytes(root.certificate.publicKey) == key.publicBytes else {
      throw .consortiumUnreadable(keyFile(folder), "it is not the key of '\(rootFile(folder))'")
    }
    return ConsortiumAuthority(folder: folder, root: root, key: key)
  }

  func ledger() throws(Failure) -> AuthorityLedger {
    guard let text = try MemberFile.read(ledgerFile) else {
      throw .consortiumUnreadable(ledgerFile, "it is not there")
    }
    guard let ledger = try? JSONDecoder().decode(AuthorityLedger.self, from: Data(text.utf8)) else {
      throw .consortiumUnreadable(ledgerFile, "it is no list of members")
    }
    guard ledger.version == AuthorityLedger.version else {
      throw .consortiumUnreadable(
        ledgerFile,
        "it is of version \(ledger.version), but this build reads "
          + "\(AuthorityLedger.version)")
    }
    return ledger
  }

  func write(_ ledger: AuthorityLedger) throws(Failure) {
    try MemberFile.write(jsonText(ledger), to: ledgerFile, mode: 0o600)
  }

  // MARK: What it says

  /// Every certificate that was ever signed, in order.
  public func certificates() throws(Failure) -> [AdmittedCertificate] { try ledger().certificates }

  /// The newest list of revocations.
  public func revocations() throws(Failure) -> RevocationList {
    try MemberFile.locked(folder) { () throws(Failure) in try revocations(of: ledger()) }
  }

  /// The ledger rules: a list of another number was left behind by a crash, and is made anew.
  func revocations(of ledger: AuthorityLedger) throws(Failure) -> RevocationList {
    if let text = try MemberFile.read(revocationFile),
      let list = try? RevocationList(json: text, root: root),
      list.number == ledger.revocationNumber, list.entries == ledger.revocations
    {
      return list
    }
    let list = try RevocationList(
      number: ledger.revocationNumber, at: ledger.revocationTime, ledger.revocations, root: root,
      signedBy: key)
    try MemberFile.write(list.json, to: revocationFile)
    return list
  }
}
