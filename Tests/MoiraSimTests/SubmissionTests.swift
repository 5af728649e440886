import MoiraConfig
import MoiraModel
import MoiraPlan
import MoiraRuntime
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
}

/// Takes its time, so that whatever was submitted together is looked at together.
private struct SlowPlanner: JobPlanner {
  func plan(_ source: PipelineSource) async throws(Failure) -> Plan {
    for _ in 0..<200 { await Task.yield() }
    return try await StagePlanner().plan(source)
  }
}
