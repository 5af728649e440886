import MoiraConfig
import MoiraCrypto
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSchedule
import MoiraSim
import Testing

/// A hub and agents, with memory in place of the wire.
@Suite(.serialized, .timeLimit(.minutes(2))) struct HubTests {
  static let tasks: [(String, ConfigValue)] = [
    ("source_0", task("source", [("value", .int(40))])),
    ("pass_0", task("pass", data: "source_0.out")),
    ("pass_1", task("pass", data: "pass_0.out")),
    ("rally_0", task("ping_pong", after: ["pass_1"])),
  ]
  /// The same with a gate that stands until a test opens it.
  static let gated: [(String, ConfigValue)] = [
    ("source_0", task("source", [("value", .int(40))])),
    ("gate_0", task("hold", data: "source_0.out")),
    ("pass_1", task("pass", data: "gate_0.out")),
    ("rally_0", task("ping_pong", after: ["pass_1"])),
  ]

  @Test func aJobRunsAcrossAgentsAndItsLettersAreSealed() async throws {
    let stage = HubStage()
    let hub = try await stage.startAll()
    let job = try await stage.submit(Self.tasks, to: hub)
    let end = try await stage.outcome(of: job)
    #expect(end.state == .succeeded)
    #expect(try await stage.number("pass_1", "b", end) == 42)
    #expect(try await stage.number("rally_0", "a", end) == 3)
    let plain = [Ball(1), Ball(2), Ball(3)].map(\.wireBytes)
    #expect(stage.relayed.count > 6)
    for letter in stage.relayed {
      #expect(plain.allSatisfy { letter != $0 && !letter.contains($0) })
    }
    await stage.end()
  }

  @Test func whatItsSubmitterHasNotSignedIsNoJob() async throws {
    let stage = HubStage()
    let hub = try await stage.startAll()
    let plan = try Stage().plan(Self.tasks)
    let other = try Stage().plan(Self.gated)
    let week = Duration.seconds(8 * 86_400)
    let codes = [
      await code { try await stage.submit(plan, signed: other, to: hub) },
      await code { try await stage.submit(plan, signed: plan, by: "bob", to: hub) },
      // The id that belongs to bob's key.
      await code { try await stage.submit(plan, signed: plan, by: "bob", to: hub, key: "nightly") },
      await code { try await stage.submit(plan, signed: plan, age: week, to: hub) },
    ]
    #expect(
      codes == [
        "submission-unproven", "submission-unproven", "submission-unproven", "submission-stale",
      ])
    #expect(try await stage.jobs.records().isEmpty)
    await stage.end()
  }

  private func code(_ body: () async throws -> JobID) async -> String {
    do {
      return "job \(try await body())"
    } catch {
      return (error as? Failure)?.code ?? "\(error)"
    }
  }

  @Test func aStopIsNotLostAtWhateverMomentItComes() async throws {
    let stage = HubStage()
    let hub = try await stage.startAll()
    for moments in 0..<60 {
      let job = try await stage.submit(Self.gated, to: hub)
      for _ in 0..<moments { await Task.yield() }
      try await hub.stop(job, reason: "enough", by: "alice")
      #expect(try await stage.outcome(of: job).state == .stopped)
    }
    await stage.end()
  }

  @Test func nothingRunsWhereOnePartyRefuses() async throws {
    let stage = HubStage(refusing: ["c"])
    let hub = try await stage.startAll()
    let job = try await stage.submit(Self.tasks, to: hub)
    let end = try await stage.outcome(of: job)
    #expect(end.state == .failed)
    #expect(end.refusals?.map(\.code) == ["policy-submitter"])
    #expect(end.refusals?.map(\.party) == ["c"])
    for site in stage.sites.values { #expect(site.log.isEmpty) }
    await stage.end()
  }

  @Test func partsGoOnWhileTheHubIsGone() async throws {
    let stage = HubStage()
    let hub = try await stage.startAll()
    let job = try await stage.submit(Self.gated, to: hub)
    await stage.waitFor("started gate_0/1")
    await stage.killHub()
    Probe.letThrough(job)
    let next = try await stage.startHub()
    await stage.connected(next)
    let end = try await stage.outcome(of: job)
    #expect(end.state == .succeeded)
    #expect(end.tasks.allSatisfy { $0.attempt == 1 && $0.lostAttempts == 0 })
    for site in stage.sites.values {
      #expect(site.log.filter { $0.hasPrefix("started source_0") }.count == 1)
      #expect(site.log.filter { $0.hasPrefix("started gate_0") } == ["started gate_0/1"])
    }
    await stage.end()
  }

  @Test func aHubThatComesBackSaysItsOrdersFirstAndThenAsksWhatCanBeReused() async throws {
    let stage = HubStage()
    let hub = try await stage.startAll()
    let job = try await stage.submit(Self.gated, to: hub)
    await stage.waitFor("started gate_0/1")
    await stage.killHub()
    let next = try await stage.startHub()
    // What the last process made is asked for beside, not before the orders are said again: agents would be
    // let in without them, and end what runs.
    await stage.connected(next)
    Probe.letThrough(job)
    #expect(try await stage.outcome(of: job).state == .succeeded)
    let again = try await stage.submit(Self.gated, to: next)
    Probe.letThrough(again)
    let end = try await stage.outcome(of: again)
    #expect(end.tasks.first(where: { $0.id == "source_0" })?.state == .reused)
    #expect(end.tasks.first(where: { $0.id == "pass_1" })?.state == .reused)
    await stage.end()
  }

  @Test func anAgentThatDiesCostsOneAttemptAndNoFinishedTask() async throws {
    let stage = HubStage()
    let hub = try await stage.startAll()
    let job = try await stage.submit(Self.gated, to: hub)
    await stage.waitFor("started gate_0/1")
    await stage.killAgent("b")
    try await stage.startAgent("b")
    await stage.connected(hub)
    await stage.waitFor("started gate_0/2")
    Probe.letThrough(job)
    let end = try await stage.outcome(of: job)
    #expect(end.state == .succeeded)
    #expect(end.tasks.first { $0.id == "gate_0" }?.lostAttempts == 1)
    #expect(end.tasks.first { $0.id == "source_0" }?.attempt == 1)
    #expect(try await stage.number("pass_1", "b", end) == 41)
    await stage.end()
  }

  @Test func aCutCableCostsNothing() async throws {
    let stage = HubStage()
    let hub = try await stage.startAll()
    let job = try await stage.submit(Self.gated, to: hub)
    await stage.waitFor("started gate_0/1")
    for party in HubStage.parties { stage.dialers[party]?.cut() }
    Probe.letThrough(job)
    let end = try await stage.outcome(of: job)
    #expect(end.state == .succeeded)
    #expect(end.tasks.allSatisfy { $0.attempt == 1 })
    await stage.end()
  }

  @Test func aPartyThatStaysAwayFailsItsTaskByName() async throws {
    let stage = HubStage()
    let hub = try await stage.startAll()
    let job = try await stage.submit(
      Self.gated, to: hub, conf: .map([("wait_for_party", .int(3))]))
    await stage.waitFor("started gate_0/1")
    await stage.killAgent("c")
    let end = try await stage.outcome(of: job)
    #expect(end.state == .failed)
    let failure = end.tasks.first { $0.id == "gate_0" }?.failure
    #expect(failure?.code == "party-unreachable")
    #expect(failure?.message.contains("'c'") == true)
    await stage.end()
  }

  @Test func whoeverWatchesLateHearsTheWholeJob() async throws {
    let stage = HubStage()
    let hub = try await stage.startAll()
    let job = try await stage.submit(Self.tasks, to: hub)
    _ = try await stage.outcome(of: job)
    var last: JobSnapshot?
    for await update in try await hub.updates(of: job) {
      if case .ended(let snapshot) = update { last = snapshot }
    }
    #expect(last?.state == .succeeded)
    await #expect(throws: Failure.self) { _ = try await hub.updates(of: "nothing") }
    await stage.end()
  }

  @Test func anArtifactIsWhatItsPartMadeAndNothingElse() async throws {
    let stage = HubStage()
    let hub = try await stage.startAll()
    let job = try await stage.submit(Self.tasks, to: hub)
    let end = try await stage.outcome(of: job)
    let made = try #require(end.tasks.first { $0.id == "source_0" }?.outputs["a"]?.first)
    let lies = [
      ArtifactReference(port: made.port, kind: .model, hash: made.hash, bytes: made.bytes),
      ArtifactReference(port: made.port, kind: made.kind, hash: "00", bytes: made.bytes),
    ]
    for lie in lies {
      let request = ArtifactRequest(job: job, seat: "a", task: "source_0", reference: lie)
      var code: String?
      do {
        for try await _ in try await hub.artifact(request, for: stage.submitter) {}
      } catch {
        code = (error as? Failure)?.code
      }
      #expect(code == "artifact-unknown")
    }
    await #expect(throws: Failure.self) {
      let request = ArtifactRequest(job: job, seat: "../a", task: "source_0", reference: made)
      _ = try await hub.artifact(request, for: stage.submitter)
    }
    await stage.end()
  }

  @Test func aJobIsStoppedByItsSubmitterOrAPartyAndNobodyElse() async throws {
    let stage = HubStage()
    let hub = try await stage.startAll()
    let job = try await stage.submit(Self.gated, to: hub)
    await stage.waitFor("started gate_0/1")
    await #expect(throws: Failure.self) {
      try await hub.stop(job, reason: "no", by: "mallory")
    }
    try await hub.stop(job, reason: "enough", by: "alice")
    let end = try await stage.outcome(of: job)
    #expect(end.state == .stopped)
    #expect(end.stopReason == "enough")
    await stage.end()
  }
}

extension HubStage {
  /// Returns when all parties have noted it; time passes meanwhile.
  func waitFor(_ event: String) async {
    while !sites.values.allSatisfy({ $0.log.contains(event) }) {
      clock.advance(by: .milliseconds(50))
      for _ in 0..<50 { await Task.yield() }
    }
  }
}

extension [UInt8] {
  /// Whether the bytes stand anywhere in it.
  fileprivate func contains(_ part: [UInt8]) -> Bool {
    guard !part.isEmpty, part.count <= count else { return false }
    return (0...count - part.count).contains { Array(self[$0..<$0 + part.count]) == part }
  }
}
