import Foundation
import MoiraConfig
import MoiraCrypto
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRelay
import MoiraRuntime
import MoiraSchedule
import MoiraSim
import MoiraTable
import Synchronization
import Testing

@testable import MoiraWire

@Suite("A hub that lies gets nothing to run, to open or to leave", .timeLimit(.minutes(2)))
struct LyingHubTests {
  private struct Scene {
    let consortium: SiegeConsortium
    let a: SiegeMember
    let b: SiegeMember
    let alice: SiegeMember
    let site: SiegeSite
    let agent: AgentService
    let plan: Plan

    init() async throws {
      consortium = try SiegeConsortium()
      a = try consortium.member("hospital-a")
      b = try consortium.member("hospital-b")
      alice = try consortium.member("alice", .submitter)
      site = SiegeSite(a, ["breast": Array("id,x,y\n1,0.5,1\n2,0.25,0\n".utf8)])
      agent = try await site.agent()
      plan = try await TwoHospitals.plan()
    }

    func proposal(
      _ job: JobID, inside: JobID? = nil, _ certificates: [PartyID: [UInt8]]
    ) -> HubMessage {
      TwoHospitals.proposal(
        job, inside: inside, plan, alice.submission(inside ?? job, of: plan), certificates)
    }

    var honest: [PartyID: [UInt8]] { ["hospital-a": a.certificate, "hospital-b": b.certificate] }

    func order(_ job: JobID, task: TaskID = "reader_0", seat: PartyID = "hospital-a") -> StartOrder
    {
      StartOrder(
        key: OrderKey(PartKey(task: task, attempt: 1, party: seat), of: job), inputs: [:],
        absent: [])
    }

    /// Says all of it, and goes on until the agent has said enough: so many words, or that a part ended.
    ///
    /// - Parameter decisions: whether these count; an agent says them again on every connection.
    func hear(
      _ words: Int = .max, decisions: Bool = false, of messages: [HubMessage]
    ) async -> [AgentMessage] {
      let heard = Mutex<[AgentMessage]>([])
      await LyingHub(first: messages) { message in
        switch message {
        case .decided where decisions: break
        case .told, .answered, .receipt, .letter: break
        default: return ([], false)
        }
        let count = heard.withLock {
          $0.append(message)
          return $0.count
        }
        var answers: [HubMessage] = []
        var hasEnded = false
        if case .told(let number, let telling) = message {
          answers = [.noted(number)]
          if case .ended = telling { hasEnded = words == .max }
        }
        return (answers, count >= words || hasEnded)
      }.deceive(agent)
      return heard.withLock { $0 }
    }
  }

  @Test("A proposal with another's, a foreign, an expired or no certificate is refused by name")
  func proposals() async throws {
    let scene = try await Scene()
    let foreign = try SiegeConsortium("other").member("hospital-b")
    let expired = try scene.consortium.member("hospital-c", isExpired: true)
    var second = scene.honest
    second["hospital-b"] = scene.a.certificate
    var strange = scene.honest
    strange["hospital-b"] = foreign.certificate
    var late = scene.honest
    late["hospital-c"] = expired.certificate
    let heard = await scene.hear(
      6, decisions: true,
      of: [
        scene.proposal("mismatch", second), scene.proposal("foreign", strange),
        scene.proposal("expired", late),
        scene.proposal("lacking", ["hospital-a": scene.a.certificate]),
        .consider("garbage", proposal: Array("{}".utf8)),
        scene.proposal("other", inside: "mine", scene.honest),
      ])
    #expect(heard.count == 6)
    #expect(
      Set(scene.site.events) == [
        "decided mismatch peer-identity-mismatch", "decided foreign certificate-foreign",
        "decided expired certificate-expired", "decided lacking proposal-form",
        "decided garbage proposal-form", "decided other proposal-form",
      ])
  }

  @Test("A job is in the name of whoever signed just it: the id, the plan and the time")
  func submissions() async throws {
    let scene = try await Scene()
    let plan = scene.plan
    let now = scene.consortium.clock.now()
    let direct = try await TwoHospitals.plan(direct: true)
    let foreign = try SiegeConsortium("other").member("alice", .submitter)
    let expired = try scene.consortium.member("bob", .submitter, isExpired: true)
    let mallory = try scene.consortium.member("mallory", .submitter)
    let right = scene.alice.submission("right", of: plan)
    func shown(_ job: JobID, _ submission: Submission, _ plan: Plan) -> HubMessage {
      TwoHospitals.proposal(job, plan, submission, scene.honest)
    }
    /// The signature of one, with the name and the certificate of another.
    func claimed(_ signer: SiegeMember, _ job: JobID, as member: SiegeMember) -> Submission {
      Submission(
        submitter: member.id.text, proof: signer.submission(job, of: plan).proof,
        certificate: member.certificate)
    }
    let hub = try scene.consortium.member("coordinator", .hub, hosts: ["127.0.0.1"])
    let heard = await scene.hear(
      14, decisions: true,
      of: [
        shown("right", right, plan),
        shown("bare", Submission(submitter: "alice", certificate: scene.alice.certificate), plan),
        // What she has signed, for another job; and another plan than the one she has signed.
        shown("moved", right, plan),
        shown("changed", scene.alice.submission("changed", of: plan), direct),
        shown("forged", claimed(mallory, "forged", as: scene.alice), plan),
        shown(
          "renamed",
          Submission(
            submitter: "alice", proof: mallory.submission("renamed", of: plan).proof,
            certificate: mallory.certificate), plan),
        shown("foreign", foreign.submission("foreign", of: plan), plan),
        shown("expired", expired.submission("expired", of: plan), plan),
        shown("old", scene.alice.submission("old", of: plan, at: now + .seconds(-605_000)), plan),
        shown(
          "coming", scene.alice.submission("coming", of: plan, at: now + .seconds(90_000)), plan),
        shown(
          "first", scene.alice.submission("first", of: plan, at: Instant(milliseconds: .min)), plan),
        shown(
          "last", scene.alice.submission("last", of: plan, at: Instant(milliseconds: .max)), plan),
        // In its own name a hub may ask for nothing, whoever may submit.
        shown("own", hub.submission("own", of: plan), plan),
        // Clocks differ, and parties are waited for.
        shown("late", scene.alice.submission("late", of: plan, at: now + .seconds(-600_000)), plan),
      ])
    #expect(heard.count == 14)
    #expect(
      Set(scene.site.events) == [
        "decided right ", "decided late ", "decided bare submission-unproven",
        "decided moved submission-unproven", "decided changed submission-unproven",
        "decided forged submission-unproven", "decided renamed peer-identity-mismatch",
        "decided foreign certificate-foreign", "decided expired certificate-expired",
        "decided old submission-stale", "decided coming submission-stale",
        "decided first submission-stale", "decided last submission-stale",
        "decided own peer-identity-mismatch",
      ])
  }

  @Test("What a decision reserved that nobody waits for any more is given back")
  func forgottenWhileItDecides() async throws {
    let consortium = try SiegeConsortium()
    let a = try consortium.member("hospital-a")
    let b = try consortium.member("hospital-b")
    let alice = try consortium.member("alice", .submitter)
    let site = SiegeSite(a, decidesSlowly: true)
    let agent = try await site.agent()
    let plan = try await TwoHospitals.plan()
    let proposal = TwoHospitals.proposal(
      "slow", plan, alice.submission("slow", of: plan),
      [a.id: a.certificate, b.id: b.certificate])
    let hub = LyingHub(first: [proposal, .forget("slow")]) { _ in ([], false) }
    let talking = Task { await hub.deceive(agent) }
    // By the word that the job is over, and by the decision that comes too late.
    for _ in 0..<1_000_000 where site.settled.all.count < 2 { await Task.yield() }
    talking.cancel()
    await talking.value
    #expect(site.settled.all == ["slow", "slow"])
  }

  @Test("An order of a job that was not agreed to, or that the plan does not have, runs nothing")
  func orders() async throws {
    let scene = try await Scene()
    let agreed = scene.proposal("agreed", scene.honest)
    var heard = await scene.hear(1, of: [.start(scene.order("unknown"), turn: 1)])
    #expect(heard.contains { $0.code == "consent-missing" })
    heard = await scene.hear(1, decisions: true, of: [agreed])
    heard = await scene.hear(
      3,
      of: [
        .start(scene.order("agreed", task: "exfiltrate_0"), turn: 2),
        .start(scene.order("agreed", seat: "hospital-b"), turn: 3),
        .start(scene.order("agreed", seat: "../../etc"), turn: 4),
      ])
    #expect(heard.filter { $0.code == "order-unknown" }.count == 3, "\(heard)")
    #expect(!scene.site.events.contains { $0.hasPrefix("started") }, "\(scene.site.events)")
  }

  @Test("Questions about seats that are not its own, and about jobs it does not know, tell nothing")
  func questions() async throws {
    let scene = try await Scene()
    _ = await scene.hear(
      1, decisions: true, of: [scene.proposal("agreed", scene.honest)])
    let heard = await scene.hear(
      4,
      of: [
        .ask(1, .holds("unknown", seat: "hospital-a", [])),
        .ask(2, .holds("agreed", seat: "hospital-b", ["aa"])),
        .ask(3, .holds("agreed", seat: "../../../tmp/x", ["../../etc/passwd"])),
        .ask(4, .fingerprint(scene.order("agreed", task: "no_0"))),
      ])
    #expect(
      heard.map(\.code).sorted() == [
        "consent-missing", "order-unknown", "order-unknown", "order-unknown",
      ])
  }

  @Test(
    "Letters of a job not agreed to, to another, unsealed or sealed by a stranger are not opened")
  func letters() async throws {
    let scene = try await Scene()
    _ = await scene.hear(
      1, decisions: true, of: [scene.proposal("agreed", scene.honest)])
    let stranger = try scene.consortium.member("hospital-c")
    func address(_ job: JobID, from: PartyID = "hospital-b", to: PartyID = "hospital-a")
      -> LaneAddress
    {
      LaneAddress(job: job, task: "reader_0", attempt: 1, from: from, to: to)
    }
    let own = address("agreed")
    var seals = LaneSeals(
      from: SealingKeyPair(of: stranger.identity), to: scene.a.trust.credentials.member.sealing,
      context: [])
    let long = [UInt8](repeating: 1, count: LaneLimits.sealedBytes + 1)
    let letters = [
      Letter(address: address("unknown"), number: 0, endsMessage: false, sealed: [1]),
      Letter(
        address: address("agreed", to: "hospital-b"), number: 0, endsMessage: false, sealed: [1]),
      Letter(
        address: address("agreed", from: "nobody"), number: 0, endsMessage: false, sealed: [1]),
      Letter(address: own, number: 0, endsMessage: false, sealed: long),
      Letter(address: own, number: 0, endsMessage: false, sealed: []),
      Letter(address: own, number: 0, endsMessage: false, sealed: seals.opening),
      // The opening of a lane proves nothing yet; what is sealed with it does not open.
      Letter(address: own, number: 1, endsMessage: true, sealed: seals.seal([1], isLast: true)),
      // From the future: not the next one, which is said.
      Letter(address: own, number: 1 << 40, endsMessage: true, sealed: [1]),
    ]
    let heard = await scene.hear(2, of: letters.map { .letter($0) })
    let next = heard.map { message -> UInt64? in
      if case .receipt(let receipt) = message { receipt.next } else { nil }
    }
    #expect(next.count == 2 && next.allSatisfy { ($0 ?? .max) <= 1 })
    for _ in 0..<100_000 where scene.site.events.count < 3 { await Task.yield() }
    let refused = scene.site.events.filter { $0.hasPrefix("refused") }
    #expect(
      // What comes for a part that does not run is not even looked into.
      refused.sorted() == ["refused too-long", "refused without-consent"])
  }
}

extension AgentMessage {
  /// The code of a failure that it tells; empty for anything else.
  fileprivate var code: String {
    switch self {
    case .told(_, .ended(_, .failed(let failure))), .answered(_, .failed(let failure)): failure.code
    default: ""
    }
  }
}
