import MoiraModel
import Testing

@testable import MoiraWire

/// What people read, as they read it.
@Suite struct CertificateWordsTests {
  private let start = Instant(milliseconds: 1_795_739_102_000)

  @Test func timesAreOfTheWorld() {
    #expect(start.isoText == "2026-11-27T00:25:02Z")
  }

  @Test func eachFailureNamesTheThingTheRuleAndTheFact() throws {
    let place = try TestConsortium()
    let staging = try place.admit("hospital-a-staging").member
    let later = start + .seconds(3600)
    let expected: [(Failure, String)] = [
      (
        .certificateForeign, "the certificate is not signed by this consortium's authority"
      ),
      (
        .rootForm,
        "a consortium's certificate must be one that 'moira consortium init' made"
      ),
      (
        .certificateExpired("'hospital-a'", start, now: later),
        "the certificate of 'hospital-a' is valid until 2026-11-27T00:25:02Z, but it is 2026-11-27T01:25:02Z"
      ),
      (
        .certificateNotYet("the consortium", later, now: start),
        "the certificate of the consortium is valid from 2026-11-27T01:25:02Z, but it is 2026-11-27T00:25:02Z"
      ),
      (
        .certificateRevoked("hospital-b"),
        "the consortium has revoked the certificate of 'hospital-b'"
      ),
      (
        .identityMismatch(isOf: staging, expected: .party, "hospital-a"),
        "the certificate names the party 'hospital-a-staging', but the party 'hospital-a' is expected"
      ),
      (
        .identityMismatch(isOf: staging, expected: .hub, nil),
        "the certificate names the party 'hospital-a-staging', but a hub is expected"
      ),
      (.admissionProof, "the request is not signed by the keys that it names"),
      (
        .memberExists("hub", .hub, asked: .party),
        "'hub' is a hub already, with another identity key"
      ),
      (
        .identityTaken(by: "hospital-a"),
        "the identity key of the request is that of the member 'hospital-a'"
      ),
      (
        .keyRevoked("hospital-b"),
        "a certificate of 'hospital-b' for the request's key has been revoked"
      ),
      (
        .memberUnknown("hospitl-a", among: ["hospital-a"]),
        "'hospitl-a' has no certificate of this consortium that is not revoked"
      ),
      (
        .revocationsOld(2, known: 3),
        "the revocation list has number 2, but number 3 is here already"
      ),
      (
        .keysExposed("keys/tls.key"), "everybody on this machine may read 'keys/tls.key'"
      ),
      (
        .rootMismatch("keys/consortium.pem", there: "lung", admitting: "heart"),
        "'keys/consortium.pem' is the root of the consortium 'lung', but another one, 'heart', admits"
      ),
    ]
    for (failure, message) in expected { #expect(failure.message == message) }
    #expect(
      Failure.memberUnknown("hospitl-a", among: ["hospital-a"]).hint == "did you mean 'hospital-a'?"
    )
  }

  @Test(arguments: [
    (MemberNameFault.memberCount(2), "a request must name one member, but names 2"),
    (.missing("sealing"), "a request must have the name 'moira://sealing', but has none"),
    (.twice("party"), "a request must have the name 'moira://party' once, but has it twice"),
    (.malformed("identity"), "the name 'moira://identity' of a request is not of its form"),
    (.unknown, "a request has a name that means nothing to Moira, or too many"),
  ])
  func eachFaultOfNamesIsSaid(fault: MemberNameFault, words: String) {
    #expect(fault.words(of: "a request") == words)
  }
}
