import Foundation
import MoiraCrypto
import MoiraModel
import Testing

@testable import MoiraWire

@Suite struct MemberFolderTests {
  private let place: TestConsortium
  private let now = TestConsortium.now
  private let identity = TestConsortium.identity(1)

  init() throws { place = try TestConsortium() }

  private func made(_ name: String = "a") throws -> (MemberFolder, MemberRequest) {
    let keys = place.keys(name)
    try keys.make()
    return (keys, try keys.request("hospital-a", .party, identity: identity))
  }

  private func outcome(_ keys: MemberFolder, _ identity: IdentityKeyPair? = nil) -> Failure? {
    do {
      _ = try keys.credentials(identity: (identity ?? self.identity).publicKey, at: now)
      return nil
    } catch {
      return error
    }
  }

  @Test func aFolderThatWasFilledGivesWhatTLSNeeds() throws {
    let (keys, request) = try made()
    let admission = try place.authority.admit(request, at: now)
    try keys.install(admission)
    let credentials = try keys.credentials(identity: identity.publicKey, at: now)
    #expect(credentials.member == admission.member)
    #expect(credentials.certificatePEM == admission.certificate)
    #expect(credentials.certificateDER == (try TestConsortium.der(admission)))
    #expect(credentials.key.publicBytes == request.keyBytes)
    #expect(credentials.verifier.root == place.authority.root)
    #expect(try TLSKey(pem: credentials.key.pem).der == credentials.key.der)
    #expect(try place.folder.mode("a") == 0o700)
    #expect(try place.folder.mode("a/tls.key") == 0o600)
  }

  @Test func aNewRequestKeepsTheKeyThatIsThere() throws {
    let (keys, first) = try made()
    let second = try keys.request(
      "hospital-a", .party, hosts: [try #require(MemberHost("a.org"))], identity: identity)
    #expect(first.keyBytes == second.keyBytes)
    #expect(second.hosts.count == 1)
  }

  @Test func whoWaitsForTheConsortiumIsToldWhatToDo() throws {
    let (keys, _) = try made()
    let failure = try #require(outcome(keys))
    #expect(failure.code == "certificate-missing")
    #expect(
      failure.message
        == "'\(keys.path)/certificate.pem' is not there: the consortium has not admitted this member yet"
    )
    #expect(failure.hint?.contains("send '\(keys.path)/request.pem'") == true)
    #expect(failure.hint?.contains("'moira consortium admit'") == true)
  }

  @Test func aCertificateOfOtherKeysIsRefused() throws {
    let (keys, request) = try made()
    let (others, otherRequest) = try made("b")
    try keys.install(try place.authority.admit(otherRequest, at: now))
    #expect(outcome(keys)?.code == "keys-mismatch")
    try others.install(try place.authority.admit(otherRequest, at: now))
    #expect(outcome(others)?.code == nil)
    #expect(outcome(others, TestConsortium.identity(2))?.code == "keys-mismatch")
    try keys.install(try place.authority.admit(request, at: now))
    #expect(outcome(keys) == nil)
  }

  @Test func aKeyThatEverybodyMayReadIsRefused() throws {
    let (keys, request) = try made()
    try keys.install(try place.authority.admit(request, at: now))
    chmod(keys.tlsKeyFile, 0o604)
    #expect(outcome(keys)?.code == "keys-exposed")
    // A group may read it: so secrets are mounted where containers run.
    chmod(keys.tlsKeyFile, 0o640)
    #expect(outcome(keys) == nil)
  }

  @Test func damagedFilesAreRefusedByName() throws {
    let (keys, request) = try made()
    let admission = try place.authority.admit(request, at: now)
    let files = [
      (keys.tlsKeyFile, "keys-unreadable"), (keys.certificateFile, "keys-unreadable"),
      (keys.rootFile, "certificate-form"), (keys.revocationFile, "revocations-form"),
    ]
    for (file, code) in files {
      try keys.install(admission)
      let good = try String(contentsOfFile: file, encoding: .utf8)
      try "nothing".write(toFile: file, atomically: false, encoding: .utf8)
      #expect(outcome(keys)?.code == code, "\(file)")
      try good.write(toFile: file, atomically: false, encoding: .utf8)
      #expect(outcome(keys) == nil)
    }
    for file in [keys.rootFile, keys.revocationFile] {
      try FileManager.default.removeItem(atPath: file)
      #expect(outcome(keys)?.code == "certificate-missing")
      try keys.install(admission)
    }
  }

  @Test func theListOfRevocationsGoesForwardOnly() throws {
    let (keys, request) = try made()
    let admission = try place.authority.admit(request, at: now)
    try keys.install(admission)
    try place.admit("hospital-b", identity: 2)
    let newer = try place.authority.revoke("hospital-b", at: now)
    try keys.replace(newer)
    let held = try keys.credentials(identity: identity.publicKey, at: now).verifier.revocations
    #expect(held == newer)
    #expect(code { try keys.replace(admission.revocations) } == "revocations-old")
    let other = try TestConsortium("other")
    let foreign = try other.authority.revocations()
    #expect(code { try keys.replace(foreign) } == "certificate-foreign")
    #expect(
      try keys.credentials(identity: identity.publicKey, at: now).verifier.revocations == newer)
  }

  @Test func aMemberOfAnotherConsortiumKeepsItsFiles() throws {
    let (keys, request) = try made()
    try keys.install(try place.authority.admit(request, at: now))
    let other = try TestConsortium("other")
    let admission = try other.authority.admit(request, at: now)
    #expect(code { try keys.install(admission) } == "keys-mismatch")
    #expect(outcome(keys) == nil)
  }

  @Test func aRevokedMemberLearnsItFromItsOwnFolder() throws {
    let (keys, request) = try made()
    try keys.install(try place.authority.admit(request, at: now))
    try keys.replace(try place.authority.revoke("hospital-a", at: now))
    #expect(outcome(keys)?.code == "certificate-revoked")
  }
}
