import Foundation
import MoiraCrypto
import MoiraModel
import Testing

@testable import MoiraWire

@Suite struct AdmissionTests {
  private let place: TestConsortium
  private let now = TestConsortium.now

  init() throws { place = try TestConsortium() }

  @Test(arguments: [
    ("hospital-a", MemberKind.party, []), ("hospital-b", .party, ["b.example.org"]),
    ("hub", .hub, ["hub.example.org", "192.0.2.7", "2001:db8::7"]), ("alice", .submitter, []),
  ])
  func whoeverIsAdmittedIsKnownByItsCertificate(
    id: String, kind: MemberKind, hosts: [String]
  ) throws {
    let admission = try place.admit(PartyID(id), kind, hosts: hosts, identity: 7)
    let member = try place.verifier.member(ofDER: TestConsortium.der(admission), at: now)
    #expect(member == admission.member)
    #expect(member.id.text == id)
    #expect(member.kind == kind)
    #expect(member.hosts.map(\.description) == hosts)
    let identity = TestConsortium.identity(7)
    #expect(member.identity == identity.publicKey)
    #expect(member.sealing == SealingKeyPair(of: identity).publicKey)
    #expect(member.serial.text.utf8.count == 40)
    #expect(now - member.notBefore == TestConsortium.day)
    #expect(member.notAfter - now == ConsortiumAuthority.validity)
  }

  @Test func aRequestReadsAsItWasWritten() throws {
    let made = try TestConsortium.request("hub", .hub, hosts: ["hub.example.org", "127.0.0.1"])
    let read = try MemberRequest(pem: made.pem)
    #expect(read == made)
  }

  @Test func anIdStaysWithItsOwner() throws {
    try place.admit("hospital-a", identity: 1)
    #expect(code { try place.admit("hospital-a", identity: 2) } == "member-exists")
    #expect(code { try place.admit("hospital-a", .submitter, identity: 2) } == "member-exists")
    // Not even when its certificate has long expired.
    let later = now + .seconds(800 * 86_400)
    #expect(code { try place.admit("hospital-a", identity: 2, at: later) } == "member-exists")
    #expect(try place.authority.certificates().count == 1)
  }

  @Test func anIdentityHasOneId() throws {
    try place.admit("hospital-a", identity: 1)
    #expect(code { try place.admit("hospital-b", identity: 1) } == "member-exists")
    try place.admit("hospital-a", .hub, hosts: ["localhost"], identity: 1)
    #expect(try place.authority.certificates().map(\.kind) == [.party, .hub])
  }

  @Test func afterARevocationTheIdIsFreeButNotTheKey() throws {
    let old = try TestConsortium.request("hospital-a", identity: 1)
    _ = try place.authority.admit(old, at: now)
    _ = try place.authority.revoke("hospital-a", reason: "lost", at: now)
    #expect(code { _ = try place.authority.admit(old, at: now) } == "certificate-revoked")
    let new = try place.admit("hospital-a", identity: 2)
    let member = try place.verifier.member(ofDER: TestConsortium.der(new), at: now)
    #expect(member.identity == TestConsortium.identity(2).publicKey)
    let all = try place.authority.certificates()
    #expect(all.map { $0.standing(at: now) } == [.revoked, .valid])
    #expect(all[0].revoked == .init(time: now, reason: "lost"))
  }

  @Test func theSameRequestAgainRenewsAndBothCertificatesAreValid() throws {
    let request = try TestConsortium.request("hospital-a")
    let first = try place.authority.admit(request, at: now)
    let later = now + .seconds(300 * 86_400)
    let second = try place.authority.admit(request, at: later)
    #expect(first.member.serial != second.member.serial)
    #expect(second.member.notAfter > first.member.notAfter)
    for one in [first, second] {
      #expect(try place.verifier.member(ofDER: TestConsortium.der(one), at: later) == one.member)
    }
  }

  @Test func aRenewalIsForTheSameKeysAndNames() throws {
    let admission = try place.admit("hub", .hub, hosts: ["hub.example.org"])
    try place.admit("hospital-a", identity: 2)
    let later = now + .seconds(364 * 86_400)
    let renewed = try place.authority.renew("hub", at: later)
    #expect(renewed.count == 1)
    let member = try place.verifier.member(
      ofDER: TestConsortium.der(renewed[0]), at: later + .seconds(300 * 86_400))
    #expect(member.hosts == admission.member.hosts)
    #expect(member.sealing == admission.member.sealing)
    let all = try place.authority.certificates()
    #expect(all[0].key == all[2].key)
    #expect(code { _ = try place.authority.renew("nobody", at: now) } == "member-unknown")
    _ = try place.authority.revoke("hub", at: later)
    #expect(code { _ = try place.authority.renew("hub", at: later) } == "member-unknown")
  }

  @Test func noCertificateOutlivesTheRootOrBeginsAfterIt() throws {
    let late = now + .seconds(3650 * 86_400)
    let admission = try place.admit("hospital-a", at: late)
    #expect(admission.member.notAfter == place.authority.root.notAfter)
    let over = now + .seconds(3700 * 86_400)
    #expect(code { try place.admit("hospital-b", identity: 2, at: over) } == "certificate-expired")
    #expect(try place.authority.certificates().count == 1)
  }

  @Test func theAuthorityIsTheSameAfterItWasLoaded() throws {
    try place.admit("hospital-a")
    let loaded = try ConsortiumAuthority.load(place.authority.folder)
    #expect(loaded.root == place.authority.root)
    #expect(loaded.root.name == "heart")
    _ = try loaded.admit(TestConsortium.request("hospital-b", identity: 2), at: now)
    #expect(try place.authority.certificates().map(\.member) == ["hospital-a", "hospital-b"])
  }

  @Test func severalThatAdmitAtOnceLoseNobody() throws {
    let folder = place.authority.folder
    DispatchQueue.concurrentPerform(iterations: 16) { number in
      let outcome = code {
        let request = try TestConsortium.request(
          PartyID("party-\(number)"), identity: UInt64(number))
        _ = try ConsortiumAuthority.load(folder).admit(request, at: TestConsortium.now)
      }
      #expect(outcome == nil)
    }
    #expect(Set(try place.authority.certificates().map(\.member.text)).count == 16)
  }

  @Test func whileOneWritesNoOtherProcessDoes() throws {
    let folder = place.authority.folder
    func isFree() -> Bool {
      let file = open("\(folder)/lock", O_RDWR)
      defer { close(file) }
      return file >= 0 && flock(file, LOCK_EX | LOCK_NB) == 0
    }
    #expect(isFree())
    let inside = try MemberFile.locked(folder) { () throws(Failure) in isFree() }
    #expect(!inside)
    #expect(isFree())
  }

  @Test func secretsAreForTheirUserAlone() throws {
    try place.admit("hospital-a")
    let modes = try ["ca/ca.key", "ca/members.json", "ca"].map { try place.folder.mode($0) }
    #expect(modes == [0o600, 0o600, 0o700])
    #expect(try place.folder.mode("ca/ca.pem") == 0o644)
    #expect(!"\(place.authority)".contains("PRIVATE"))
    #expect("\(TLSKey())" == "TLSKey(secret hidden)")
  }

  @Test func aConsortiumIsNeverWrittenOver() throws {
    let folder = place.authority.folder
    #expect(
      code { _ = try ConsortiumAuthority.create(named: "x", in: folder, at: now) }
        == "consortium-exists")
    #expect(
      code { _ = try ConsortiumAuthority.load("\(folder)/nowhere") } == "consortium-missing")
    #expect(
      code { _ = try ConsortiumAuthority.create(named: "a/b", in: "\(folder)/x", at: now) }
        == "party-name")
  }

  @Test func aDamagedAuthorityIsRefused() throws {
    let folder = place.authority.folder
    let other = try TestConsortium("other")
    try FileManager.default.removeItem(atPath: "\(folder)/ca.pem")
    try FileManager.default.copyItem(
      atPath: "\(other.authority.folder)/ca.pem", toPath: "\(folder)/ca.pem")
    #expect(code { _ = try ConsortiumAuthority.load(folder) } == "consortium-unreadable")
    try place.authority.root.pem.write(
      toFile: "\(folder)/ca.pem", atomically: true, encoding: .utf8)
    try #"{"moira_consortium": 2}"#.write(
      toFile: "\(folder)/members.json", atomically: true, encoding: .utf8)
    #expect(code { _ = try place.authority.certificates() } == "consortium-unreadable")
    chmod("\(folder)/ca.key", 0o644)
    #expect(code { _ = try ConsortiumAuthority.load(folder) } == "keys-exposed")
  }
}
