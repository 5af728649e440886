internal import Foundation
internal import MoiraCrypto
internal import MoiraModel
internal import X509

/// Makes the certificates of a consortium.
enum CertificateIssue {
  /// By how much certificates begin early, as clocks are not alike.
  static let clockSlack = Duration.seconds(86_400)

  static func start(_ now: Instant) -> Instant {
    Instant(milliseconds: now.milliseconds - clockSlack.milliseconds)
  }

  /// A root: P-256, an authority whose certificates are all members', for signing these and lists of
  /// revocations.
  static func root(
    name: String, key: TLSKey, from start: Instant, to end: Instant
  ) throws(Failure) -> ConsortiumRoot {
    let own = key.certificateKey
    do {
      let subject = try DistinguishedName {
        OrganizationName("Moira consortium")
        CommonName(name)
      }
      let extensions = try Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(keyCertSign: true, cRLSign: true))
        SubjectKeyIdentifier(hash: own.publicKey)
      }
      return try ConsortiumRoot(
        try Certificate(
          version: .v3, serialNumber: serial(), publicKey: own.publicKey,
          notValidBefore: start.date, notValidAfter: end.date, issuer: subject, subject: subject,
          signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions, issuerPrivateKey: own))
    } catch let failure as Failure {
      throw failure
    } catch {
      throw .certificateForm(
        "a consortium's certificate cannot be made of this name and these dates")
    }
  }

  /// A member's certificate.
  static func member(
    _ names: MemberNames, key: Certificate.PublicKey, from start: Instant, to end: Instant,
    by root: ConsortiumRoot, _ rootKey: TLSKey
  ) throws(Failure) -> Certificate {
    var names = names
    names.proof = nil
    do {
      let extensions = try Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage(names.purposes)
        SubjectAlternativeNames(names.generalNames)
        SubjectKeyIdentifier(hash: key)
        AuthorityKeyIdentifier(keyIdentifier: root.keyIdentifier)
      }
      return try Certificate(
        version: .v3, serialNumber: serial(), publicKey: key, notValidBefore: start.date,
        notValidAfter: end.date, issuer: root.certificate.subject, subject: names.subject,
        signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions,
        issuerPrivateKey: rootKey.certificateKey)
    } catch {
      throw .certificateForm("a certificate cannot be made of these names and dates")
    }
  }

  /// 20 bytes, of which 158 bits are random: positive, never shortened, as RFC 5280 (section 4.1.2.2)
  /// asks at most.
  private static func serial() -> Certificate.SerialNumber {
    var generator = SystemSecureGenerator()
    var bytes = (0..<20).map { _ in UInt8.random(in: 0...255, using: &generator) }
    bytes[0] = bytes[0] & 0x3F | 0x40
    return Certificate.SerialNumber(bytes: bytes)
  }
}
