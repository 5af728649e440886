import Foundation
import MoiraModel
import MoiraPlan
import MoiraRelay
import MoiraRuntime
import MoiraSim
import Testing

@testable import MoiraWire

@Suite(
  "Whoever dials a party past the hub is believed in its own name alone", .timeLimit(.minutes(2)))
struct DirectStrangerTests {
  /// A party in this process that listens, and has agreed to two jobs, one of them with direct links.
  private final class Scene: Sendable {
    let consortium: SiegeConsortium
    let a: SiegeMember
    let b: SiegeMember
    let alice: SiegeMember
    let site: SiegeSite
    let refusals = NotedRefusals()
    let address: HubAddress
    private let serving: Task<Void, Never>

    init() async throws {
      consortium = try SiegeConsortium()
      a = try consortium.member("hospital-a", hosts: ["127.0.0.1"])
      b = try consortium.member("hospital-b")
      site = SiegeSite(a)
      let agent = try await site.agent()
      let refusals = refusals
      a.trust.whenRefusing { refusals.note($0.code) }
      let certificates = [a.id: a.certificate, b.id: b.certificate]
      alice = try consortium.member("alice", .submitter)
      var proposals: [HubMessage] = []
      for job: JobID in ["direct", "plain"] {
        let plan = try await TwoHospitals.plan(direct: job == "direct")
        proposals.append(
          TwoHospitals.proposal(job, plan, alice.submission(job, of: plan), certificates))
      }
      await Self.agree(agent, proposals)
      let trust = a.trust
      (address, serving) = try await listening {
        try await DirectServer(agent, trust: trust, listening: $0).run($1)
      }
    }

    private static func agree(_ agent: AgentService, _ proposals: [HubMessage]) async {
      let decisions = NotedRefusals()
      await LyingHub(first: proposals) { message in
        if case .decided(let job, _) = message { decisions.note(job.text) }
        return ([], Set(decisions.all).count == proposals.count)
      }.deceive(agent)
    }

    func end() async {
      serving.cancel()
      await serving.value
    }

    /// Dials, says the letters, and goes.
    ///
    /// - Parameter whenLinked: done before the letters are said.
    /// - Returns: why it was not let in, or was cut off.
    func say(
      _ letters: [Letter], as member: SiegeMember,
      whenLinked: @escaping @Sendable () -> Void = {}
    ) async -> Failure? {
      let link = OutgoingMessages<AgentMessage>()
      do {
        // Many tests share two threads: a handshake may take a while.
        try await WireDirectDialer(trust: member.trust, patience: .seconds(100)).connect(
          "\(address)", to: "hospital-a", outgoing: link,
          linked: {
            whenLinked()
            for letter in letters { link.add(.letter(letter)) }
            link.end()
          }, incoming: { _ in })
        return nil
      } catch {
        return error as? Failure ?? Failure("other", "\(error)")
      }
    }

    /// What was refused, as soon as it is so many times.
    func refused(_ count: Int) async -> [String] {
      var found: [String] = []
      for _ in 0..<1_000_000 where found.count < count {
        await Task.yield()
        found = site.events.filter { $0.hasPrefix("refused") }
      }
      return found
    }
  }

  private func letter(
    _ job: JobID, from: PartyID = "hospital-b", to: PartyID = "hospital-a"
  ) -> Letter {
    Letter(
      address: LaneAddress(job: job, task: "reader_0", attempt: 1, from: from, to: to), number: 0,
      endsMessage: false, sealed: [1])
  }

  @Test(
    "A member that is not the lane's sender is refused by name, and so is what is not agreed to")
  func lanes() async throws {
    let scene = try await Scene()
    let c = try scene.consortium.member("hospital-c")
    #expect(await scene.say([letter("direct")], as: c) == nil)
    #expect(await scene.refused(1) == ["refused forged-sender"])
    #expect(
      await scene.say(
        [
          letter("direct", from: "hospital-a"), letter("unknown"),
          letter("direct", to: "hospital-b"), letter("plain"),
        ], as: scene.b) == nil)
    #expect(
      await scene.refused(5).sorted() == [
        "refused forged-sender", "refused forged-sender", "refused misrouted", "refused misrouted",
        "refused without-consent",
      ])
    // Its own letter is not refused: it waits for the part to begin.
    #expect(await scene.say([letter("direct")], as: scene.b) == nil)
    #expect(scene.site.events.filter { $0.hasPrefix("refused") }.count == 5)
    await scene.end()
  }

  @Test("An expired, a revoked, a foreign and a submitter's certificate are refused by name")
  func certificates() async throws {
    let scene = try await Scene()
    let revoked = try scene.consortium.member("hospital-c")
    try scene.a.trust.replace(
      scene.consortium.authority.revoke("hospital-c", at: scene.consortium.clock.now()))
    for stranger in [try scene.consortium.member("hospital-d", isExpired: true), revoked] {
      #expect(await scene.say([letter("direct")], as: stranger) != nil)
    }
    #expect(
      Set(scene.refusals.all).isSuperset(of: ["certificate-expired", "certificate-revoked"]))
    let foreign = try SiegeConsortium("other").member("hospital-b")
    #expect(await scene.say([], as: foreign)?.code == "certificate-foreign")
    #expect(await scene.say([], as: scene.alice)?.code == "peer-identity-mismatch")
    #expect(scene.site.events.allSatisfy { !$0.hasPrefix("refused") })
    await scene.end()
  }

  @Test("A party that is revoked while it is linked is cut off with its next letter, on both sides")
  func revokedWhileLinked() async throws {
    let first = try await Scene()
    let list = try first.consortium.authority.revoke(
      "hospital-b", at: first.consortium.clock.now())
    let trust = first.a.trust
    let cut = await first.say([letter("unknown")], as: first.b) { try? trust.replace(list) }
    #expect(cut?.code == "certificate-revoked")
    await first.end()

    let second = try await Scene()
    let other = try second.consortium.authority.revoke(
      "hospital-a", at: second.consortium.clock.now())
    let own = second.b.trust
    let kept = await second.say([letter("unknown")], as: second.b) { try? own.replace(other) }
    #expect(kept?.code == "certificate-revoked", "\(String(describing: kept))")
    #expect(second.site.events.allSatisfy { !$0.hasPrefix("refused") })
    await second.end()
  }
}
