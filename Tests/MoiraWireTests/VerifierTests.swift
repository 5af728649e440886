import Crypto
import Foundation
import MoiraCrypto
import MoiraModel
import Testing
import X509

@testable import MoiraWire

@Suite struct VerifierTests {
  private let place: TestConsortium
  private let rootKey: TLSKey
  private let now = TestConsortium.now

  init() throws {
    place = try TestConsortium()
    rootKey = try TLSKey(
      pem: String(contentsOfFile: "\(place.authority.folder)/ca.key", encoding: .utf8))
  }

  private func outcome(_ certificate: Certificate, at moment: Instant? = nil) throws -> String? {
    let der = try PEM.der(certificate)
    let verifier = try place.verifier
    return code { _ = try verifier.member(ofDER: der, at: moment ?? now) }
  }

  private func signed(_ forgery: Forgery) throws -> Certificate {
    try forgery.certificate(by: place.authority.root.certificate, rootKey)
  }

  @Test func whatTheRootSignsByTheRulesIsBelieved() throws {
    #expect(try outcome(signed(Forgery("hospital-a"))) == nil)
  }

  @Test func aCertificateOfAnotherConsortiumIsForeign() throws {
    let other = try TestConsortium()
    let admission = try other.admit("hospital-a")
    let verifier = try place.verifier
    #expect(
      code { _ = try verifier.member(ofDER: TestConsortium.der(admission), at: now) }
        == "certificate-foreign")
    #expect(
      code {
        _ = try MemberVerifier(
          root: place.authority.root, revocations: other.authority.revocations())
      } == "certificate-foreign")
  }

  @Test func anImpostorWithTheRootsNameIsForeign() throws {
    let key = TLSKey()
    let root = place.authority.root
    let fake = try CertificateIssue.root(
      name: root.name, key: key, from: root.notBefore, to: root.notAfter)
    #expect(
      try outcome(Forgery("a").certificate(by: fake.certificate, key)) == "certificate-foreign")
    #expect(
      try outcome(Forgery("a").certificate(by: root.certificate, key)) == "certificate-foreign")
  }

  @Test func aLeafSignsNobody() throws {
    let key = TLSKey()
    let leaf = try Forgery("hospital-a").certificate(
      of: key, by: place.authority.root.certificate, rootKey)
    let below = try Forgery("hospital-b").certificate(by: leaf, key)
    #expect(try outcome(below) == "certificate-foreign")
    #expect(code { _ = try ConsortiumRoot(pem: PEM.text(leaf)) } == "certificate-form")
  }

  @Test func anIntermediateAuthorityIsRefusedItselfAndInItsLeaves() throws {
    var forgery = Forgery("hospital-a")
    forgery.isAuthority = true
    let key = TLSKey()
    let middle = try forgery.certificate(of: key, by: place.authority.root.certificate, rootKey)
    #expect(try outcome(middle) == "certificate-form")
    #expect(
      try outcome(Forgery("hospital-b").certificate(by: middle, key)) == "certificate-foreign")
    #expect(try outcome(place.authority.root.certificate) == "certificate-form")
  }

  @Test func datesAreKeptToTheSecond() throws {
    let admission = try place.admit("hospital-a")
    let member = admission.member
    let der = try TestConsortium.der(admission)
    let verifier = try place.verifier
    func outcome(_ milliseconds: Int64) -> String? {
      code { _ = try verifier.member(ofDER: der, at: Instant(milliseconds: milliseconds)) }
    }
    #expect(outcome(member.notBefore.milliseconds - 1) == "certificate-not-yet")
    #expect(outcome(member.notBefore.milliseconds) == nil)
    #expect(outcome(member.notAfter.milliseconds) == nil)
    #expect(outcome(member.notAfter.milliseconds + 1) == "certificate-expired")
  }

  @Test func clocksMayBeAnHourApart() throws {
    let admission = try place.admit("hospital-a")
    let early = Instant(milliseconds: now.milliseconds - 3_600_000)
    #expect(
      try place.verifier.member(ofDER: TestConsortium.der(admission), at: early)
        == admission.member)
  }

  @Test func theRootsEndIsTheEndOfAll() throws {
    var forgery = Forgery("hospital-a")
    forgery.end = (place.authority.root.notAfter + TestConsortium.day).date
    let over = place.authority.root.notAfter + .seconds(1)
    #expect(try outcome(signed(forgery), at: over) == "certificate-expired")
  }

  @Test func whatIsRevokedIsRefusedFromThenOn() throws {
    let admission = try place.admit("hospital-a")
    let der = try TestConsortium.der(admission)
    var verifier = try place.verifier
    let member = try verifier.member(ofDER: der, at: now)
    let list = try place.authority.revoke("hospital-a", at: now)
    try verifier.replace(list)
    #expect(code { try verifier.check(member, at: now) } == "certificate-revoked")
    #expect(code { _ = try verifier.member(ofDER: der, at: now) } == "certificate-revoked")
  }

  @Test func namesMustBeThoseOfOneMember() throws {
    let good = Forgery("hospital-a")
    let proof = String(repeating: "ab", count: 64)
    let extras = [
      "moira://party/hospital-b", "moira://party/hospital-a", "moira://hub/hospital-a",
      "moira://identity/" + String(repeating: "ab", count: 32), "moira://proof/" + proof,
      "spiffe://moira/hospital-a", "moira://party", "moira:party/x",
    ]
    for extra in extras {
      var forgery = good
      forgery.names.append(.uniformResourceIdentifier(extra))
      #expect(try outcome(signed(forgery)) == "certificate-form", "\(extra)")
    }
    for place in good.names.indices {
      var forgery = good
      forgery.names.remove(at: place)
      #expect(try outcome(signed(forgery)) == "certificate-form")
    }
  }

  @Test func usagesMustBeThoseOfAMember() throws {
    let good = Forgery("hospital-a")
    var wrong: [Forgery] = []
    for purposes in [[.serverAuth], [.clientAuth, .serverAuth], [.any], [.codeSigning], []]
      as [[ExtendedKeyUsage.Usage]]
    {
      var forgery = good
      forgery.purposes = purposes
      wrong.append(forgery)
    }
    for usage in [
      KeyUsage(keyCertSign: true), KeyUsage(digitalSignature: true, keyCertSign: true), KeyUsage(),
    ] {
      var forgery = good
      forgery.usage = usage
      wrong.append(forgery)
    }
    var forgery = good
    forgery.extras = [.init(oid: .RDNAttributeType.commonName, critical: true, value: [5, 0])]
    wrong.append(forgery)
    for forgery in wrong { #expect(try outcome(signed(forgery)) == "certificate-form") }
  }

  @Test func keysAndSignaturesAreOfOneKind() throws {
    let root = place.authority.root.certificate
    let keys = [
      Certificate.PublicKey(P384.Signing.PrivateKey().publicKey),
      Certificate.PublicKey(Curve25519.Signing.PrivateKey().publicKey),
    ]
    for key in keys {
      let certificate = try Forgery("hospital-a").certificate(of: key, by: root, rootKey)
      #expect(try outcome(certificate) == "certificate-form")
    }
    var forgery = Forgery("hospital-a")
    forgery.algorithm = .ecdsaWithSHA512
    #expect(try outcome(signed(forgery)) == "certificate-foreign")
  }

  @Test func aMemberIsWhoWasExpectedOrRefused() throws {
    let member = try place.admit("hospital-a").member
    #expect(code { try member.expected(.party, "hospital-a") } == nil)
    #expect(code { try member.expected(.party) } == nil)
    #expect(code { try member.expected(.hub) } == "peer-identity-mismatch")
    #expect(code { try member.expected(.hub, "hospital-a") } == "peer-identity-mismatch")
    #expect(code { try member.expected(.party, "hospital-b") } == "peer-identity-mismatch")
  }

  @Test func bytesThatAreNoCertificateAreRefused() throws {
    let der = try TestConsortium.der(place.admit("hospital-a"))
    let verifier = try place.verifier
    for count in 0..<der.count {
      #expect(
        code { _ = try verifier.member(ofDER: Array(der.prefix(count)), at: now) }
          == "certificate-form")
    }
    for bytes in [der + [0], der + der, [UInt8](repeating: 0x30, count: 1 << 20)] {
      #expect(code { _ = try verifier.member(ofDER: bytes, at: now) } == "certificate-form")
    }
  }
}
