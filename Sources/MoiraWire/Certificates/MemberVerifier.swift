internal import Foundation
public import MoiraModel
internal import SwiftASN1
internal import X509

/// Says whom a certificate names, or why it is not believed.
///
/// A chain is one certificate long: the authority signs members' certificates itself. So what RFC 5280
/// (section 6) asks of a path is checked here, on one certificate, without waiting: version, algorithm,
/// issuer and signature, dates, constraints, usages, critical extensions, and the alternative names.
public struct MemberVerifier: Sendable {
  public let root: ConsortiumRoot
  public private(set) var revocations: RevocationList

  /// - Throws: `certificate-foreign` if the list is another consortium's.
  public init(root: ConsortiumRoot, revocations: RevocationList) throws(Failure) {
    guard revocations.root == root.fingerprint else { throw .certificateForeign }
    self.root = root
    self.revocations = revocations
  }

  /// Takes a newer list of revocations.
  ///
  /// - Throws: `certificate-foreign`, `revocations-old`; the old list stays.
  public mutating func replace(_ revocations: RevocationList) throws(Failure) {
    self.revocations = try self.revocations.replaced(by: revocations)
  }

  /// The member that a certificate names.
  ///
  /// - Parameter der: as it came in the TLS handshake, which proves that the peer has its key.
  /// - Complexity: one verification of P-256 and one X25519.
  /// - Throws: `certificate-form`, `certificate-foreign`, `certificate-expired`, `certificate-not-yet`,
  ///   `certificate-revoked`.
  public func member(ofDER der: [UInt8], at now: Instant) throws(Failure) -> Member {
    guard let certificate = PEM.certificate(der: der) else {
      throw .certificateForm("a member's certificate must be one of X.509, but is not")
    }
    let member = try member(of: certificate)
    try check(member, at: now)
    return member
  }

  /// Whether a member that was believed once is to be believed still: for links that live long.
  ///
  /// - Complexity: O(1).
  /// - Throws: `certificate-expired`, `certificate-not-yet`, `certificate-revoked`.
  public func check(_ member: Member, at now: Instant) throws(Failure) {
    try Self.check("the consortium", root.notBefore, root.notAfter, now)
    try Self.check("'\(member.id)'", member.notBefore, member.notAfter, now)
    if revocations.contains(member.serial) { throw .certificateRevoked(member.id) }
  }

  private static func check(
    _ whose: String, _ start: Instant, _ end: Instant, _ now: Instant
  ) throws(Failure) {
    if now < start { throw .certificateNotYet(whose, start, now: now) }
    if end < now { throw .certificateExpired(whose, end, now: now) }
  }

  /// The member, whatever the time is and whether it is revoked or not.
  func member(of certificate: Certificate) throws(Failure) -> Member {
    // Nothing of it is looked at, and no word of it shown, before its signature is known to be good.
    guard certificate.signatureAlgorithm == .ecdsaWithSHA256, root.hasSigned(certificate) else {
      throw .certificateForeign
    }
    try Self.checkUsages(of: certificate)
    let names = try Self.names(of: certificate)
    try Self.checkPurposes(of: certificate, names)
    return Member(
      id: names.id, kind: names.kind, identity: names.identity, sealing: names.sealing,
      hosts: names.hosts, serial: CertificateSerial(certificate.serialNumber),
      notBefore: Instant(certificate.notValidBefore), notAfter: Instant(certificate.notValidAfter))
  }

  private static let known: Set<ASN1ObjectIdentifier> = [
    .X509ExtensionID.basicConstraints, .X509ExtensionID.keyUsage,
    .X509ExtensionID.extendedKeyUsage, .X509ExtensionID.subjectAlternativeName,
    .X509ExtensionID.subjectKeyIdentifier, .X509ExtensionID.authorityKeyIdentifier,
  ]

  private static func checkUsages(of certificate: Certificate) throws(Failure) {
    let extensions = certificate.extensions
    guard certificate.version == .v3, p256Bytes(certificate.publicKey) != nil else {
      throw .certificateForm("a member's certificate must be of version 3 for a key of P-256")
    }
    if extensions.contains(where: { $0.critical && !known.contains($0.oid) }) {
      throw .certificateForm(
        "a member's certificate has a critical extension that Moira does not know")
    }
    guard (try? extensions.basicConstraints) == .notCertificateAuthority else {
      throw .certificateForm(
        "a member's certificate must say that it is no authority's, but does not")
    }
    guard let usage = try? extensions.keyUsage, usage == KeyUsage(digitalSignature: true) else {
      throw .certificateForm("a member's key must be for signatures and nothing else, but is not")
    }
  }

  private static func checkPurposes(
    of certificate: Certificate, _ names: MemberNames
  ) throws(Failure) {
    let purposes = (try? certificate.extensions.extendedKeyUsage).map(Array.init) ?? []
    guard names.purposes.allSatisfy(purposes.contains), purposes.count == names.purposes.count
    else {
      throw .certificateForm(
        "the purposes of a \(names.kind)'s certificate must be those of TLS that it needs")
    }
  }

  private static func names(of certificate: Certificate) throws(Failure) -> MemberNames {
    guard let names = try? certificate.extensions.subjectAlternativeNames else {
      throw .certificateForm("a member's certificate must have alternative names, but has none")
    }
    do throws(MemberNameFault) {
      let read = try MemberNames(names)
      if read.proof != nil { throw .unknown }
      return read
    } catch {
      throw .certificateForm(error.words(of: "a member's certificate"))
    }
  }
}

extension MemberNames {
  /// Every member dials; whoever has an address is dialled too.
  var purposes: [ExtendedKeyUsage.Usage] {
    hosts.isEmpty ? [.clientAuth] : [.clientAuth, .serverAuth]
  }
}
