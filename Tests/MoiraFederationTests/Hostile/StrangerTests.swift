import Foundation
import MoiraModel
import MoiraRelay
import MoiraRuntime
import MoiraSim
import Testing

@testable import MoiraWire

@Suite("Whoever is no party is not let in")
struct StrangerTests {
  @Test(
    "An expired, a revoked and another consortium's certificate are refused by name in the handshake"
  )
  func handshake() async throws {
    let consortium = try SiegeConsortium()
    let hub = try await SiegeHub(consortium)
    let good = try consortium.member("hospital-a")
    let expired = try consortium.member("hospital-b", isExpired: true)
    let foreign = try SiegeConsortium("other").member("hospital-a")
    let revoked = try consortium.member("hospital-c")
    try hub.member.trust.replace(
      consortium.authority.revoke("hospital-c", at: consortium.clock.now()))
    for stranger in [expired, revoked] {
      #expect(await !RawAgent(stranger, at: hub).isWelcome())
    }
    // It does not believe the hub either, and says so first.
    let failure = await RawAgent(foreign, at: hub).talk([])
    #expect(failure?.code == "certificate-foreign")
    // Each dials again until it is given up, so a refusal may be noted more than once.
    #expect(
      Set(hub.refusals.all).isSuperset(of: ["certificate-expired", "certificate-revoked"]))
    #expect(await RawAgent(good, at: hub).isWelcome())
    await hub.end()
  }

  @Test(
    "A submitter and a hub hold no agent's stream; a party's stream is its own, whatever it claims")
  func kinds() async throws {
    let consortium = try SiegeConsortium()
    let hub = try await SiegeHub(consortium)
    for member in [
      try consortium.member("alice", .submitter),
      try consortium.member("other-hub", .hub, hosts: ["127.0.0.1"]),
    ] {
      let agent = RawAgent(member, at: hub)
      let failure = await agent.talk([Moira_V1_AgentFrame(agent.hello())])
      #expect(failure?.code == "peer-identity-mismatch")
    }
    let parties = await hub.hub.parties()
    #expect(parties.isEmpty)
    #expect(try await RawAgent(consortium.member("hospital-a"), at: hub).isWelcome())
    #expect(await hub.hub.parties().map(\.party) == ["hospital-a"])
    await hub.end()
  }

  @Test("A member that is revoked while it is connected is cut off with its next message")
  func revokedWhileConnected() async throws {
    let consortium = try SiegeConsortium()
    let hub = try await SiegeHub(consortium)
    let member = try consortium.member("hospital-a")
    let agent = RawAgent(member, at: hub)
    let list = try consortium.authority.revoke("hospital-a", at: consortium.clock.now())
    let trust = hub.member.trust
    _ = await agent.talk([Moira_V1_AgentFrame(agent.hello())]) { message, say in
      guard case .welcome = message else { return true }
      try? trust.replace(list)
      say(.beat)
      return true
    }
    #expect(await hub.hub.parties().map(\.isConnected) == [false])
    #expect(await !agent.isWelcome())
    await hub.end()
  }

  @Test(
    "An agent does not believe a hub of another consortium, a party, or a hub at another address")
  func impostors() async throws {
    let consortium = try SiegeConsortium()
    let agent = try consortium.member("hospital-a")
    let foreign = try await SiegeHub(SiegeConsortium("other"))
    #expect(await RawAgent(agent, at: foreign).talk([])?.code == "certificate-foreign")
    let hub = try await SiegeHub(consortium)
    let elsewhere = try #require(HubAddress("localhost:\(hub.address.port)"))
    let failure = await WireDialer(elsewhere, trust: agent.trust).failure()
    #expect(failure?.code == "peer-identity-mismatch")
    #expect(
      failure?.message
        == "the certificate of 'coordinator' is for '127.0.0.1', but 'localhost' was dialled"
    )
    await foreign.end()
    await hub.end()
  }
}

extension WireDialer {
  /// Why a connection does not come about.
  fileprivate func failure() async -> Failure? {
    let hello = Hello(
      build: "", components: [:], slots: 1, memory: 1, jobs: [], firstTold: 1)
    do {
      try await connect(hello, outgoing: OutgoingMessages()) { _ in }
      return nil
    } catch {
      return error as? Failure
    }
  }
}
