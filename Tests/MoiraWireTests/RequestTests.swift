import Foundation
import MoiraCrypto
import MoiraModel
import Testing
import X509

@testable import MoiraWire

@Suite struct RequestTests {
  /// A request with just these names, well signed by its TLS key.
  private func pem(_ names: [GeneralName], tls: TLSKey = TLSKey()) throws -> String {
    let extensions = try Certificate.Extensions { SubjectAlternativeNames(names) }
    let request = try CertificateSigningRequest(
      version: .v1, subject: DistinguishedName { CommonName("x") },
      privateKey: tls.certificateKey,
      attributes: .init([try .init(ExtensionRequest(extensions: extensions))]))
    return try PEM.text(request)
  }

  private func names(
    _ id: PartyID = "hospital-a", _ kind: MemberKind = .party, naming: UInt64 = 1,
    provenBy: UInt64 = 1, tls: TLSKey
  ) -> MemberNames {
    let named = TestConsortium.identity(naming)
    var names = MemberNames(
      id: id, kind: kind, identity: named.publicKey, sealing: SealingKeyPair(of: named).publicKey,
      hosts: [], proof: nil)
    names.proof = TestConsortium.identity(provenBy).sign(names.statement(for: tls.publicBytes))
    return names
  }

  private func outcome(_ text: String) -> String? { code { _ = try MemberRequest(pem: text) } }

  @Test func whatTheOwnerAsksForIsAccepted() throws {
    let tls = TLSKey()
    #expect(outcome(try pem(names(tls: tls).generalNames, tls: tls)) == nil)
  }

  @Test func nobodyAsksForTheIdentityOfAnother() throws {
    let tls = TLSKey()
    let stolen = names(naming: 1, provenBy: 2, tls: tls)
    #expect(outcome(try pem(stolen.generalNames, tls: tls)) == "admission-proof")
  }

  @Test func aProofIsForOneKeyOneIdAndOneKind() throws {
    let tls = TLSKey()
    let seen = names(tls: tls)
    #expect(outcome(try pem(seen.generalNames, tls: TLSKey())) == "admission-proof")
    var other = seen
    other.id = "hospital-b"
    #expect(outcome(try pem(other.generalNames, tls: tls)) == "admission-proof")
    other = seen
    other.kind = .submitter
    #expect(outcome(try pem(other.generalNames, tls: tls)) == "admission-proof")
    other = seen
    other.sealing = SealingKeyPair(of: TestConsortium.identity(9)).publicKey
    #expect(outcome(try pem(other.generalNames, tls: tls)) == "admission-proof")
    other = seen
    other.proof = nil
    #expect(outcome(try pem(other.generalNames, tls: tls)) == "admission-proof")
  }

  @Test func anAddressThatWasChangedOnTheWayIsRefused() throws {
    let request = try TestConsortium.request("hub", .hub, hosts: ["hub.example.org"])
    var der = try TestConsortium.der(ofPEM: request.pem)
    let name = try #require(der.firstRange(of: Array("hub.example.org".utf8)))
    der.replaceSubrange(name, with: Array("eve.example.org".utf8))
    let text =
      "-----BEGIN CERTIFICATE REQUEST-----\n"
      + Data(der).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
      + "\n-----END CERTIFICATE REQUEST-----\n"
    #expect(outcome(text) == "admission-proof")
  }

  @Test func itMustNameOneMember() throws {
    let tls = TLSKey()
    let good = names(tls: tls).generalNames
    let second = GeneralName.uniformResourceIdentifier("moira://submitter/eve")
    let wrong: [[GeneralName]] = [
      good + [second], good + [good[0]], Array(good.dropFirst()), [],
      good + [.uniformResourceIdentifier("https://example.org")],
      good + [.uniformResourceIdentifier("moira://party/a/b")],
      good + [.uniformResourceIdentifier("moira://role/guest")],
      good + [.rfc822Name("eve@example.org")], good + [.dnsName("*.example.org")],
      good.dropFirst() + [.uniformResourceIdentifier("moira://party/../hub")],
      good.dropFirst() + [.uniformResourceIdentifier("moira://party/")],
    ]
    for names in wrong { #expect(outcome(try pem(names, tls: tls)) == "admission-form") }
  }

  @Test func aSubmitterIsNotDialledAndAHubMustBe() {
    #expect(
      code { _ = try TestConsortium.request("alice", .submitter, hosts: ["a.org"]) }
        == "admission-form")
    #expect(code { _ = try TestConsortium.request("hub", .hub) } == "admission-form")
    #expect(code { _ = try TestConsortium.request("../hub") } == "party-name")
    let many = (0..<33).map { "h\($0).org" }
    #expect(code { _ = try TestConsortium.request("a", hosts: many) } == "admission-form")
  }

  @Test func whatIsNoRequestIsRefused() throws {
    let place = try TestConsortium()
    let admission = try place.admit("hospital-a")
    let good = try TestConsortium.request("hospital-a").pem
    let texts = [
      "", "hello", admission.certificate, TLSKey().pem, good + good,
      String(good.dropLast(60)), String(repeating: "A", count: 1 << 20),
    ]
    for text in texts { #expect(outcome(text) == "admission-form") }
  }

  @Test func addressesAreNamesOrNumbers() {
    for text in ["localhost", "hub.example.org", "127.0.0.1", "::1", "2001:db8::7", "a-b.c"] {
      #expect(MemberHost(text)?.description == text)
    }
    #expect(MemberHost("HUB.Example.org")?.description == "hub.example.org")
    let long = String(repeating: "a", count: 64)
    for text in ["", ".", "a..b", "-a.org", "a-.org", "1.2.3", "1.2.3.256", "a b", "*.a.org", long]
    {
      #expect(MemberHost(text) == nil, "\(text)")
    }
    for text in ["hub.example.org:7433", "127.0.0.1:1", "[::1]:65535"] {
      #expect(HubAddress(text)?.description == text)
    }
    for text in ["hub", "hub:", ":7433", "hub:0", "hub:65536", "::1:7433", "[hub]:1", "hub:+1"] {
      #expect(HubAddress(text) == nil, "\(text)")
    }
  }
}
