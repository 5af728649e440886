internal import Foundation
internal import MoiraCrypto
public import MoiraModel
internal import SwiftASN1
internal import X509

/// A consortium's own certificate: the one root that its members trust.
public struct ConsortiumRoot: Hashable, Sendable {
  let certificate: Certificate
  /// The certificate, for the TLS library.
  public let der: [UInt8]
  public let pem: String
  /// The consortium's name.
  public let name: String
  public let notBefore: Instant
  public let notAfter: Instant

  /// SHA-256 of the certificate in hexadecimal digits: two members compare it to know that they are
  /// of one consortium.
  public var fingerprint: String { sha256(der).text }

  /// - Throws: `certificate-form` if it is no root as `moira consortium init` makes them.
  public init(pem text: String) throws(Failure) {
    guard let certificate = PEM.read(Certificate.self, text) else { throw .rootForm }
    try self.init(certificate)
  }

  init(_ certificate: Certificate) throws(Failure) {
    guard let name = Self.name(of: certificate), Self.isRoot(certificate),
      let der = try? PEM.der(certificate), let pem = try? PEM.text(certificate)
    else { throw .rootForm }
    self.certificate = certificate
    self.der = der
    self.pem = pem
    self.name = name
    notBefore = Instant(certificate.notValidBefore)
    notAfter = Instant(certificate.notValidAfter)
  }

  private static func isRoot(_ certificate: Certificate) -> Bool {
    let extensions = certificate.extensions
    return certificate.version == .v3 && p256Bytes(certificate.publicKey) != nil
      && certificate.issuer == certificate.subject
      && (try? extensions.basicConstraints) == .isCertificateAuthority(maxPathLength: 0)
      && (try? extensions.keyUsage?.keyCertSign) == true
      && (try? extensions.subjectKeyIdentifier) != nil
      && certificate.publicKey.isValidSignature(certificate.signature, for: certificate)
  }

  private static func name(of certificate: Certificate) -> String? {
    let attributes = certificate.subject.flatMap { $0 }
    return attributes.first { $0.type == .RDNAttributeType.commonName }
      .flatMap { String($0.value) }
  }

  /// What certificates under it say of who signed them. Every root has it: see `isRoot`.
  var keyIdentifier: ArraySlice<UInt8>? {
    (try? certificate.extensions.subjectKeyIdentifier)?.keyIdentifier
  }

  func hasSigned(_ other: Certificate) -> Bool {
    other.issuer == certificate.subject
      && certificate.publicKey.isValidSignature(other.signature, for: other)
  }

  /// Whether the consortium's key signed just these bytes.
  func isValid(_ signature: [UInt8], for bytes: [UInt8]) -> Bool {
    certificate.publicKey.isValidSignature(
      signature, for: bytes, signatureAlgorithm: .ecdsaWithSHA256)
  }
}

extension Instant {
  init(_ date: Date) {
    self.init(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
  }

  /// In whole seconds, rounded down, as certificates have them.
  var date: Date {
    Date(timeIntervalSince1970: (Double(milliseconds) / 1000).rounded(.down))
  }

  /// `2027-11-27T01:25:02Z`.
  package var isoText: String { date.formatted(.iso8601) }
}
