import MoiraConfig
import MoiraCrypto
import MoiraModel
import MoiraRelay
import MoiraRuntime
import MoiraSchedule
import MoiraSim
import Synchronization
import Testing

/// Parties that are connected and do not answer, and those whose answers wait for their disk.
@Suite(.serialized, .timeLimit(.minutes(3))) struct HubSilenceTests {
  @Test func `a connected party that never decides on a job ends it by name`() async throws {
    let stage = HubStage()
    stage.deafen("c") { if case .consider = $0 { true } else { false } }
    let hub = try await stage.startAll()
    let job = try await stage.submit(HubTests.tasks, to: hub)
    let end = try await stage.outcome(of: job)
    #expect(end.state == .failed)
    #expect(end.refusals?.map(\.code) == ["answer-overdue"])
    #expect(
      end.refusals?.map(\.message) == [
        "'c' is connected, but has not decided on the job '\(job)' within 600 seconds"
      ])
    for site in stage.sites.values { #expect(site.log.isEmpty) }
    await stage.end()
  }

  @Test
  func `a connected party that never says what its part stands on costs the reuse, not the job`()
    async throws
  {
    let stage = HubStage()
    stage.deafen("b") { if case .ask(_, .fingerprint) = $0 { true } else { false } }
    let hub = try await stage.startAll()
    let job = try await stage.submit(HubTests.tasks, to: hub)
    let end = try await stage.outcome(of: job)
    #expect(end.state == .succeeded)
    await stage.end()
  }

  @Test func `whoever fetches an artifact from a silent party is told so, and waits no longer`()
    async throws
  {
    let stage = HubStage()
    stage.deafen("a") { if case .ask(_, .artifact) = $0 { true } else { false } }
    let hub = try await stage.startAll()
    let job = try await stage.submit(HubTests.tasks, to: hub)
    let end = try await stage.outcome(of: job)
    let made = try #require(end.tasks.first { $0.id == "source_0" }?.outputs["a"]?.first)
    let request = ArtifactRequest(job: job, seat: "a", task: "source_0", reference: made)
    let pieces = try await hub.artifact(request, for: stage.submitter)
    let passing = stage.passing()
    defer { passing.cancel() }
    await #expect(
      throws: Failure(
        "answer-overdue", "'a' is connected, but has not answered the hub within 120 seconds",
        hint: "the log of its agent says what that does", isTransient: true)
    ) {
      for try await _ in pieces {}
    }
    await stage.end()
  }

  @Test
  func `what waited for the disk while the connection changed does not overtake what is said anew`()
    async throws
  {
    let stage = HubStage()
    // What is not noted is said again on the next connection, from the first on.
    stage.deafen("a") { if case .noted = $0 { true } else { false } }
    let hub = try await stage.startAll()
    let job = try await stage.submit(HubTests.gated, to: hub)
    await stage.waitFor("started gate_0/1")
    let disk = try #require(stage.documents["a"])
    disk.shut()
    Probe.letThrough(job)
    while disk.waiting == 0 { await stage.pass() }
    stage.dialers["a"]?.cut()
    while await hub.parties().first(where: { $0.party == "a" })?.isConnected != false {
      await stage.pass()
    }
    await stage.connected(hub)
    await stage.pass()
    disk.open()
    let end = try await stage.outcome(of: job)
    #expect(end.state == .succeeded)
    #expect(end.tasks.allSatisfy { $0.attempt == 1 })
    #expect(stage.refusals.withLock { $0 } == [])
    await stage.end()
  }

  @Test func `connections that are opened anew while a job runs cost it nothing`() async throws {
    let stage = HubStage()
    let hub = try await stage.startAll()
    let job = try await stage.submit(HubTests.gated, to: hub)
    await stage.waitFor("started gate_0/1")
    for round in 0..<9 {
      let party = HubStage.parties[round % 3]
      let since = await hub.parties().first { $0.party == party }?.since
      await stage.agents.withLock { $0[party] }?.renewConnection()
      while await hub.parties().first(where: { $0.party == party && $0.isConnected })?.since
        ?? since == since
      { await stage.pass() }
      if round == 3 { Probe.letThrough(job) }
    }
    let end = try await stage.outcome(of: job)
    #expect(end.state == .succeeded)
    #expect(end.tasks.allSatisfy { $0.attempt == 1 && $0.lostAttempts == 0 })
    #expect(try await stage.number("rally_0", "a", end) == 3)
    #expect(stage.refusals.withLock { $0 } == [])
    await stage.end()
  }

  @Test func `an answer that is being given is given before the connection is opened anew`()
    async throws
  {
    let stage = HubStage()
    let hub = try await stage.startAll()
    let job = try await stage.submit(HubTests.tasks, to: hub)
    let end = try await stage.outcome(of: job)
    let made = try #require(end.tasks.first { $0.id == "source_0" }?.outputs["a"]?.first)
    let agent = try #require(stage.agents.withLock { $0["a"] })
    stage.sites["a"]?.whenAsked.withLock { $0 = { await agent.renewConnection() } }
    let request = ArtifactRequest(job: job, seat: "a", task: "source_0", reference: made)
    let before = await hub.parties().first { $0.party == "a" }?.since
    let passing = stage.passing()
    defer { passing.cancel() }
    var pieces = 0
    for try await _ in try await hub.artifact(request, for: stage.submitter) { pieces += 1 }
    #expect(pieces == 2)
    while await hub.parties().first(where: { $0.party == "a" && $0.isConnected })?.since
      ?? before == before
    { await Task.yield() }
    await stage.end()
  }
}

extension HubStage {
  /// Some time passes.
  func pass() async {
    clock.advance(by: .milliseconds(50))
    for _ in 0..<50 { await Task.yield() }
  }

  /// Time passes until cancelled.
  func passing() -> Task<Void, Never> {
    Task { while !Task.isCancelled { await pass() } }
  }
}
