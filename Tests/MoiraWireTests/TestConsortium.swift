import Foundation
import MoiraCrypto
import MoiraModel
import X509

@testable import MoiraWire

/// A folder of its own; removed at the end.
final class TestFolder {
  let path = NSTemporaryDirectory() + "moira-wire-\(UUID().uuidString)"

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func mode(_ file: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(file)")
    return attributes[.posixPermissions] as? Int ?? -1
  }
}

/// A consortium at a moment that stands still.
struct TestConsortium {
  static let now = Instant(milliseconds: 1_800_000_000_000)
  static let day = Duration.seconds(86_400)

  let folder: TestFolder
  let authority: ConsortiumAuthority

  init(_ name: String = "heart") throws {
    folder = try TestFolder()
    authority = try ConsortiumAuthority.create(
      named: name, in: "\(folder.path)/ca", at: Self.now)
  }

  var verifier: MemberVerifier {
    get throws {
      try MemberVerifier(root: authority.root, revocations: authority.revocations())
    }
  }

  func keys(_ name: String) -> MemberFolder { MemberFolder("\(folder.path)/\(name)") }

  static func identity(_ seed: UInt64) -> IdentityKeyPair {
    var generator = SeededGenerator(seed: seed)
    return IdentityKeyPair(using: &generator)
  }

  static func request(
    _ id: PartyID, _ kind: MemberKind = .party, hosts: [String] = [], identity: UInt64 = 1,
    tls: TLSKey = TLSKey()
  ) throws -> MemberRequest {
    try MemberRequest(
      id, kind, hosts: hosts.compactMap { MemberHost($0) }, identity: Self.identity(identity),
      tls: tls)
  }

  @discardableResult
  func admit(
    _ id: PartyID, _ kind: MemberKind = .party, hosts: [String] = [], identity: UInt64 = 1,
    validity: Duration = ConsortiumAuthority.validity, at moment: Instant = now
  ) throws -> ConsortiumAuthority.Admission {
    try authority.admit(
      Self.request(id, kind, hosts: hosts, identity: identity), validity: validity, at: moment)
  }

  static func der(_ admission: ConsortiumAuthority.Admission) throws -> [UInt8] {
    try der(ofPEM: admission.certificate)
  }

  /// What stands between the first line and the last.
  static func der(ofPEM text: String) throws -> [UInt8] {
    let lines = text.split(separator: "\n").dropFirst().dropLast()
    guard let data = Data(base64Encoded: lines.joined()) else {
      throw CocoaError(.coderInvalidValue)
    }
    return Array(data)
  }
}

/// The code of what is thrown; nil if nothing is.
func code(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch let failure as Failure {
    return failure.code
  } catch {
    return "\(error)"
  }
}

/// A certificate as an authority that does not mind its rules would sign it.
struct Forgery {
  var names: [GeneralName]
  var isAuthority = false
  var usage = KeyUsage(digitalSignature: true)
  var purposes: [ExtendedKeyUsage.Usage] = [.clientAuth]
  var extras: [Certificate.Extension] = []
  var start = TestConsortium.now.date
  var end = (TestConsortium.now + TestConsortium.day).date
  var algorithm = Certificate.SignatureAlgorithm.ecdsaWithSHA256

  /// - Parameter seed: of the identity that is named.
  init(_ id: PartyID, _ kind: MemberKind = .party, identity seed: UInt64 = 1) {
    let identity = TestConsortium.identity(seed)
    names =
      MemberNames(
        id: id, kind: kind, identity: identity.publicKey,
        sealing: SealingKeyPair(of: identity).publicKey, hosts: [], proof: nil
      ).generalNames
  }

  func certificate(
    of key: TLSKey = TLSKey(), by issuer: Certificate, _ issuerKey: TLSKey
  ) throws -> Certificate {
    try certificate(of: key.certificateKey.publicKey, by: issuer, issuerKey)
  }

  func certificate(
    of key: Certificate.PublicKey, by issuer: Certificate, _ issuerKey: TLSKey
  ) throws -> Certificate {
    var extensions = try Certificate.Extensions {
      if isAuthority {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
      } else {
        Critical(BasicConstraints.notCertificateAuthority)
      }
      Critical(usage)
      try ExtendedKeyUsage(purposes)
      SubjectAlternativeNames(names)
      AuthorityKeyIdentifier(
        keyIdentifier: try issuer.extensions.subjectKeyIdentifier?.keyIdentifier)
    }
    for extra in extras { try extensions.append(extra) }
    return try Certificate(
      version: .v3, serialNumber: .init(), publicKey: key,
      notValidBefore: start, notValidAfter: end, issuer: issuer.subject,
      subject: DistinguishedName { CommonName("forged") }, signatureAlgorithm: algorithm,
      extensions: extensions, issuerPrivateKey: issuerKey.certificateKey)
  }
}
