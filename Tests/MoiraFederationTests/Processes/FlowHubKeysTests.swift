import Foundation
import MoiraCrypto
import MoiraModel
import MoiraSim
import MoiraStorage
import MoiraWire
import Testing

@Suite("The keys of a server of FATE's API over a hub", .serialized)
struct FlowHubKeysTests {
  @Test("A renewed certificate counts for the next submission, and an expired one is named")
  func renewal() async throws {
    let federation = try LocalFederation.clinic()
    let keys = MemberFolder("\(federation.path)/submitters/alice/keys")
    let clock = SystemClock()
    let identity = try IdentityFile.key(at: keys.identityFile).publicKey
    func certificate() throws -> [UInt8] {
      try keys.credentials(identity: identity, at: clock.now()).certificateDER
    }
    let door = try FlowDoor(federation)
    let old = try certificate()
    let job = try await door.submit(HospitalDAG.train())
    #expect(try await door.end(of: job).status == "success")
    try federation.renew("alice", at: "submitters/alice")
    _ = door.server.log.first { $0.contains("took a renewed certificate, valid until") }
    let new = try certificate()
    #expect(try await door.post("/job/rerun", ["job_id": job]).code == 0)
    #expect(try await door.end(of: job).status == "success")
    let alice = try HubVoice(federation)
    #expect(try await alice.certificate(of: "flow-\(job)") == old)
    #expect(try await alice.certificate(of: "flow-\(job)-2") == new && new != old)

    // One that has been over for a while does not count, and is told; the server goes on with the other.
    let halfAnHourAgo = Instant(milliseconds: clock.now().milliseconds - 30 * 60_000)
    let expired = try ConsortiumAuthority.load("\(federation.path)/consortium").renew(
      "alice", validity: .seconds(60), at: halfAnHourAgo)
    try keys.install(#require(expired.first))
    let told = door.server.log.first { $0.contains("do not count") }
    #expect(told?.contains("[certificate-expired]") == true, "\(told ?? "")")
    #expect(try await door.post("/job/submit", ["dag_schema": HospitalDAG.train()]).code == 0)
    // A new server has nothing else, and does not begin.
    let refused = try federation.ask("flow", "serve", "--port", "0", "--home", "other")
    #expect(refused.status == 77 && refused.errors.contains("[certificate-expired]"))
  }
}
