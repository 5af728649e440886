import Foundation
import MoiraCrypto
import MoiraModel
import MoiraRelay
import MoiraRuntime
import MoiraSchedule
import MoiraSim
import Testing

@testable import MoiraWire

@Suite("A renewed certificate counts while its process runs, and a wrong one does not")
struct CertificateRenewalTests {
  private func renewed(
    _ member: SiegeMember, _ consortium: SiegeConsortium, days: Int64 = 30
  ) throws -> MemberCredentials {
    let now = consortium.clock.now()
    let made = try consortium.authority.renew(
      member.id, validity: .seconds(days * 86_400), at: now)
    try member.keys.install(#require(made.first))
    return try member.keys.credentials(identity: member.identity.publicKey, at: now)
  }

  @Test("A hub shows its new certificate to whoever dials from then on, and cuts nobody off")
  func hub() async throws {
    let consortium = try SiegeConsortium()
    let hub = try await SiegeHub(consortium)
    let agent = RawAgent(try consortium.member("hospital-a"), at: hub)
    let old = hub.member.trust.credentials.member
    let new = try renewed(hub.member, consortium)
    #expect(new.member.serial != old.serial)
    let failure = await agent.talk([Moira_V1_AgentFrame(agent.hello())]) { message, say in
      switch message {
      case .welcome:
        #expect(throws: Never.self) { try #expect(hub.member.trust.replace(new)) }
        // On the connection that was there before.
        say(.told(1, .ended(Self.key, .lost)))
        return true
      case .noted: return false
      default: return true
      }
    }
    #expect(failure == nil)
    #expect(try await shown(by: hub, to: agent.member) == new.member.serial)
    #expect(try !hub.member.trust.replace(new))
    await hub.end()
  }

  @Test("A party shows its new certificate on its next connection")
  func party() async throws {
    let consortium = try SiegeConsortium()
    let hub = try await SiegeHub(consortium)
    let member = try consortium.member("hospital-a")
    let agent = RawAgent(member, at: hub)
    #expect(await agent.isWelcome())
    let before = await hub.hub.parties().first?.validUntil
    let new = try renewed(member, consortium)
    #expect(try member.trust.replace(new))
    #expect(await agent.isWelcome())
    let after = await hub.hub.parties().first?.validUntil
    #expect(before != after && after == new.member.notAfter)
    await hub.end()
  }

  @Test(
    "A submitter's own expired certificate is named, and a renewed one serves for the next call")
  func submitter() async throws {
    let consortium = try SiegeConsortium()
    let hub = try await SiegeHub(consortium)
    let alice = try consortium.member("alice", .submitter, isExpired: true)
    let client = HubClient(hub.address, trust: alice.trust)
    do {
      _ = try await client.parties()
      Issue.record("the hub has let an expired certificate in")
    } catch {
      #expect(error.code == "certificate-expired" && error.message.contains("'alice'"))
    }
    #expect(try alice.trust.replace(renewed(alice, consortium)))
    #expect(try await client.parties().isEmpty)
    await hub.end()
    // Whoever has nothing to renew is told of the hub.
    do {
      _ = try await client.parties()
    } catch {
      #expect(error.code == "hub-unreachable")
    }
  }

  @Test(
    "Another member's, another kind's and another consortium's certificates are refused by name")
  func wrong() throws {
    let consortium = try SiegeConsortium()
    let member = try consortium.member("hospital-a")
    let own = member.trust.credentials.certificateDER
    for other in [
      try consortium.member("hospital-b"), try consortium.member("hospital-z", .submitter),
      try SiegeConsortium("other").member("hospital-a"),
    ] {
      var code: String?
      do {
        _ = try member.trust.replace(other.trust.credentials)
      } catch {
        code = error.code
      }
      #expect(code == "keys-mismatch")
      #expect(member.trust.credentials.certificateDER == own)
    }
  }

  private static let key = OrderKey(.init(task: "t", attempt: 1, party: "hospital-a"), of: "nojob")

  /// The certificate that the hub shows to a member.
  private func shown(by hub: SiegeHub, to member: SiegeMember) async throws -> CertificateSerial? {
    let channel = HubChannel(hub.address, member.trust)
    _ = try? await channel.call { try await Moira_V1_Jobs.Client(wrapping: $0).parties(.init()) }
    return channel.peer?.serial
  }
}
