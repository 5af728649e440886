import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSchedule
import Synchronization
import Testing

/// What a hub takes of what is submitted, however much comes at once.
@Suite(.serialized, .timeLimit(.minutes(1))) struct SubmissionTests {
  /// A hub at which everything waits: one of three parties is away, and no time passes.
  private func waitingHub(_ stage: HubStage, limit: Int) async throws -> HubService {
    let hub = try await stage.startAll(waiting: limit, planner: SlowPlanner())
    await stage.killAgent("c")
    return hub
  }

  /// Submissions that come together, and what becomes of each: `job`, or the code of the refusal.
  private func together(
    _ count: Int, _ submit: @escaping @Sendable (Int) async throws -> JobID
  ) async -> [String: Int] {
    await withTaskGroup(of: String.self) { group in
      for number in 0..<count {
        group.addTask {
          do {
            _ = try await submit(number)
            return "job"
          } catch {
            return (error as? Failure)?.code ?? "\(error)"
          }
        }
      }
      return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
  }

  @Test func `no submitter has more jobs waiting than the limit, however many come at once`()
    async throws
  {
    let stage = HubStage()
    let hub = try await waitingHub(stage, limit: 3)
    let plan = try Stage().plan(HubTests.tasks)
    let first = await together(12) { _ in try await stage.submit(plan, signed: plan, to: hub) }
    #expect(first == ["job": 3, "submitter-limit": 9])
    let waiting = try await stage.jobs.unfinished()
    #expect(waiting.count == 3)
    for job in waiting.prefix(2) { try await hub.stop(job, reason: "enough", by: "alice") }
    let second = await together(12) { _ in try await stage.submit(plan, signed: plan, to: hub) }
    #expect(second == ["job": 2, "submitter-limit": 10])
    await stage.end()
  }

  @Test func `a submission that is said again, after the hub's end too, is the job that it was`()
    async throws
  {
    let stage = HubStage()
    let hub = try await waitingHub(stage, limit: 2)
    let request = try stage.request(Stage().plan(HubTests.tasks))
    let said = await together(5) { _ in try await hub.submit(request, by: stage.submitter) }
    #expect(said == ["job": 5])
    await stage.killHub()
    let next = try await stage.startHub()
    #expect(try await next.submit(request, by: stage.submitter) == request.proof.job)
    #expect(try await stage.jobs.unfinished() == [request.proof.job])
    // Somebody else's is no such submission, whatever it says.
    let mallory = HubMember(
      id: "mallory", certificate: stage.submitter.certificate, identity: stage.submitter.identity,
      validUntil: stage.submitter.validUntil)
    await #expect(throws: Failure.self) { try await next.submit(request, by: mallory) }
    await stage.end()
  }

  @Test func `a submission that comes to nothing gives its place back`() async throws {
    let stage = HubStage()
    let hub = try await waitingHub(stage, limit: 2)
    let plan = try Stage().plan(HubTests.tasks)
    let other = try Stage().plan(HubTests.gated)
    let wrong = await together(2) { _ in try await stage.submit(plan, signed: other, to: hub) }
    #expect(wrong == ["submission-unproven": 2])
    let right = await together(2) { _ in try await stage.submit(plan, signed: plan, to: hub) }
    #expect(right == ["job": 2])
    await stage.end()
  }

  @Test func `one job that is said many times at once takes one place`() async throws {
    let stage = HubStage()
    let hub = try await waitingHub(stage, limit: 1)
    let plan = try Stage().plan(HubTests.tasks)
    let all = await together(6) { _ in
      try await stage.submit(plan, signed: plan, to: hub, key: "nightly")
    }
    #expect(all == ["job": 6])
    #expect(try await stage.jobs.unfinished().count == 1)
    // Said again, it is no second job: it needs no place.
    let again = await together(2) {
      try await stage.submit(plan, signed: plan, to: hub, key: $0 == 0 ? "nightly" : nil)
    }
    #expect(again == ["job": 1, "submitter-limit": 1])
    await stage.end()
  }

  @Test func `a job that was noted runs, though the store did not let it be taken in hand`()
    async throws
  {
    let stage = HubStage()
    let hub = try await stage.startAll()
    let plan = try Stage().plan(HubTests.tasks)
    stage.jobs.flaw.withLock { $0 = Failure("journal-unreadable", "the disk is away") }
    let job = try await stage.submit(plan, signed: plan, to: hub, key: "nightly")
    #expect(try await stage.submit(plan, signed: plan, to: hub, key: "nightly") == job)
    #expect(try await stage.outcome(of: job).state == .succeeded)
    await stage.end()
  }

  // MARK: Keys

  @Test func `the same submission under one key is one job, while it runs and when it is over`()
    async throws
  {
    let stage = HubStage()
    let hub = try await stage.startAll()
    let plan = try Stage().plan(HubTests.tasks)
    for (key, from) in [("nightly", nil), ("weekly", TaskID("pass_0"))] {
      @Sendable func submit() async throws -> JobID {
        try await stage.submit(
          plan, signed: plan, to: hub, key: key, from: from, sets: ["source_0.value=40"])
      }
      async let first = submit()
      async let second = submit()
      let job = try await first
      #expect(try await second == job)
      #expect(try await stage.outcome(of: job).state == .succeeded)
      #expect(try await submit() == job)
    }
    #expect(try await stage.jobs.records().count == 2)
    await stage.end()
  }

  @Test func `another submission under the key is refused, and told which job has it and why`()
    async throws
  {
    let stage = HubStage()
    let hub = try await stage.startAll()
    let plan = try Stage().plan(HubTests.tasks)
    let other = try Stage().plan(HubTests.gated)
    let key = "nightly"
    let job = try await stage.submit(plan, signed: plan, to: hub, key: key, text: "a")
    func words(_ body: () async throws -> JobID) async -> String {
      do {
        return "job \(try await body())"
      } catch {
        return (error as? Failure).map { "\($0.message) [\($0.code)]" } ?? "\(error)"
      }
    }
    let told = [
      await words { try await stage.submit(other, signed: other, to: hub, key: key, text: "b") },
      await words {
        try await stage.submit(
          plan, signed: plan, to: hub, key: key, text: "a", sets: ["source_0.value=41"])
      },
      await words {
        try await stage.submit(plan, signed: plan, to: hub, key: key, from: "pass_0", text: "a")
      },
      // A newer build makes another plan of the same text.
      await words { try await stage.submit(other, signed: other, to: hub, key: key, text: "a") },
    ]
    let why = [
      "has another text", "has '--set source_0.value=41', but the job no '--set'",
      "has '--from pass_0', but the job no '--from'", "makes another plan now",
    ]
    #expect(
      told
        == why.map {
          "the idempotency key was used for job '\(job)': this submission \($0) [idempotency-key-reused]"
        })
    // The hub has the new build, the submitter the old one: it is the submission that was noted.
    let same = try await stage.submit(other, signed: plan, to: hub, key: key, text: "a")
    #expect(same == job)
    let unsigned = await words {
      let third = try Stage().plan(Array(HubTests.tasks.prefix(2)))
      return try await stage.submit(other, signed: third, to: hub, key: key, text: "a")
    }
    #expect(unsigned.hasSuffix("[submission-unproven]"))
    #expect(try await stage.jobs.records().count == 1)
    await stage.end()
  }
}

/// Takes its time, so that whatever was submitted together is looked at together.
private struct SlowPlanner: JobPlanner {
  func plan(_ source: PipelineSource) async throws(Failure) -> Plan {
    for _ in 0..<200 { await Task.yield() }
    return try await StagePlanner().plan(source)
  }
}
