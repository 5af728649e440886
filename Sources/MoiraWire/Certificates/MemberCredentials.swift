public import MoiraCrypto
public import MoiraModel
internal import X509

/// What a member needs to speak with the others: its certificate with the key, and what it believes
/// others by.
public struct MemberCredentials: Sendable {
  /// Who it is itself.
  public let member: Member
  /// The key of the certificate: PEM and DER, PKCS#8.
  public let key: TLSKey
  /// The certificate, PEM and DER.
  public let certificatePEM: String
  public let certificateDER: [UInt8]
  /// The root that is trusted, and the certificates that were taken back.
  public let verifier: MemberVerifier
}

extension MemberFolder {
  /// Reads everything, and checks that it fits together.
  ///
  /// - Parameter identity: of whose folder it is.
  /// - Throws: `certificate-missing` with what to do, `keys-unreadable`, `keys-exposed`,
  ///   `keys-mismatch` if the certificate is for other keys, `revocations-form`, and what
  ///   `MemberVerifier.member` throws of the member's own certificate.
  public func credentials(
    identity: IdentityPublicKey, at now: Instant
  ) throws(Failure) -> MemberCredentials {
    guard let text = try MemberFile.read(certificateFile) else {
      throw .certificateMissing(certificateFile, request: requestFile)
    }
    guard let certificate = PEM.read(Certificate.self, text), let der = try? PEM.der(certificate)
    else { throw .keysUnreadable(certificateFile, "it is no certificate in PEM") }
    let root = try root()
    guard let list = try revocations(root) else {
      throw .certificateMissing(revocationFile, request: requestFile)
    }
    let verifier = try MemberVerifier(root: root, revocations: list)
    let key = try presentKey()
    let member = try verifier.member(ofDER: der, at: now)
    guard p256Bytes(certificate.publicKey) == key.publicBytes else {
      throw .keysMismatch("'\(certificateFile)' is not for the key '\(tlsKeyFile)'")
    }
    guard member.identity == identity else {
      throw .keysMismatch("'\(certificateFile)' is not for the identity '\(identityFile)'")
    }
    return MemberCredentials(
      member: member, key: key, certificatePEM: text, certificateDER: der, verifier: verifier)
  }
}
