import Foundation
import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSchedule
import MoiraSim
import MoiraStorage
import Testing

/// Whole jobs: coordinator, driver, agents and lanes, in memory.
@Suite(.timeLimit(.minutes(1))) struct JobRunTests {
  static let chain: [(String, ConfigValue)] = [
    ("source_0", task("source", [("value", .int(40))])),
    ("pass_0", task("pass", data: "source_0.out")),
    ("pass_1", task("pass", data: "pass_0.out")),
    ("rally_0", task("ping_pong", after: ["pass_1"])),
  ]

  @Test("A job runs every part, and its artifacts are what the components made")
  func succeeds() async throws {
    let stage = Stage()
    let running = try await stage.submit(Self.chain, as: "run-1")
    let end = try #require(await running.end())
    #expect(end.state == .succeeded)
    #expect(end.tasks.allSatisfy { $0.state == .succeeded && $0.attempt == 1 })
    for party in ["a", "b", "c"] as [PartyID] {
      #expect(try await stage.number("pass_1", party, end) == 42)
      #expect(try await stage.number("rally_0", party, end) == 3)
    }
    #expect(Probe.begun("run-1").count == 12)
    let record = try #require(try await stage.store.record(of: "run-1"))
    #expect(record.state == .succeeded)
    #expect(record.ended == end.ended)
    let reports = try await stage.store.reports(of: "run-1", after: 0)
    #expect(reports.map(\.report.part.party).sorted() == ["a", "b", "c"])
    let replayed = JobMachine(replaying: try await stage.store.journal(of: "run-1"))
    #expect(replayed.snapshot == end)
  }

  @Test("A second job reuses all; one with a changed parameter runs that task and what follows")
  func reuse() async throws {
    let stage = Stage()
    _ = await (try await stage.submit(Self.chain, as: "reuse-1")).end()
    let same = try #require(await (try await stage.submit(Self.chain, as: "reuse-2")).end())
    #expect(same.tasks.allSatisfy { $0.state == .reused })
    #expect(Probe.begun("reuse-2").isEmpty)
    #expect(try await stage.number("pass_1", "a", same) == 42)

    var changed = Self.chain
    changed[3].1 = task("ping_pong", [("rounds", .int(5))], after: ["pass_1"])
    let other = try #require(await (try await stage.submit(changed, as: "reuse-3")).end())
    #expect(other.tasks.map(\.state) == [.reused, .reused, .reused, .succeeded])
    changed[0].1 = task("source", [("value", .int(41))])
    let all = try #require(await (try await stage.submit(changed, as: "reuse-4")).end())
    #expect(all.tasks.prefix(3).map(\.state) == [.succeeded, .succeeded, .succeeded])
    #expect(try await stage.number("pass_1", "c", all) == 43)
  }

  @Test("What lies no longer at one party is made again")
  func lostArtifact() async throws {
    let stage = Stage()
    let first = try #require(await (try await stage.submit(Self.chain, as: "lost-1")).end())
    let made = try #require(first.tasks[1].outputs["b"]?.first)
    await stage.artifacts["b"]?.remove(made.hash)
    let second = try #require(await (try await stage.submit(Self.chain, as: "lost-2")).end())
    #expect(second.tasks.map(\.state) == [.reused, .succeeded, .reused, .reused])
  }

  @Test("A job whose caching is off runs everything")
  func cacheOff() async throws {
    let stage = Stage()
    _ = await (try await stage.submit(Self.chain, as: "off-1")).end()
    var options = Coordinator.Options()
    options.useCache = false
    let running = try await stage.coordinator.submit(
      try stage.plan(Self.chain), as: "off-2", source: .none, options: options)
    #expect(await running.end()?.tasks.allSatisfy { $0.state == .succeeded } == true)
  }

  @Test("A transient failure is tried again after its wait, with new lanes for all parts")
  func retry() async throws {
    let stage = Stage()
    let running = try await stage.submit(
      [
        (
          "faulty_0",
          task(
            "faulty", [("party", .string("b")), ("attempts", .int(2))],
            conf: [("retries", .int(3)), ("backoff", .double(8))])
        )
      ], as: "retry-1")
    let ending = Task { await running.end() }
    for longest in [8000, 16000] as [Int64] {
      await stage.clock.sleepers(1)
      let wait = try #require(stage.clock.alarms.first) - stage.clock.now()
      #expect((longest * 8 / 10...longest).contains(wait.milliseconds))
      stage.clock.advanceToNextAlarm()
    }
    let end = try #require(await ending.value)
    #expect(end.state == .succeeded)
    #expect(end.tasks[0].attempt == 3)
    #expect(end.tasks[0].failures.map(\.code) == ["broken", "broken"])
    #expect(end.tasks[0].failures.map(\.party) == ["b", "b"])
    #expect(try await stage.number("faulty_0", "c", end) == 3)
    #expect(Probe.begun("retry-1").count == 9)
  }

  @Test("A failure ends the other parts, keeps its cause, and skips what follows and nothing else")
  func failure() async throws {
    let stage = Stage()
    let running = try await stage.submit(
      [
        ("source_0", task("source")),
        (
          "faulty_0",
          task(
            "faulty", [("party", .string("c")), ("transient", .bool(false))], after: ["source_0"])
        ),
        ("pass_0", task("pass", data: "faulty_0.out")),
        ("pass_1", task("pass", data: "pass_0.out")),
        ("pass_2", task("pass", data: "source_0.out")),
      ], as: "fail-1")
    let end = try #require(await running.end())
    #expect(end.state == .failed)
    #expect(end.tasks.map(\.state) == [.succeeded, .failed, .skipped, .skipped, .succeeded])
    let failure = try #require(end.tasks[1].failure)
    #expect(failure.code == "broken")
    #expect(failure.cause == "secret")
    #expect(failure.party == "c")
    #expect(failure.task == "faulty_0")
    #expect(end.tasks[3].skipReason == SkipReason(upstream: "faulty_0", state: .failed))
    #expect(Probe.begun("fail-1").filter { $0.hasPrefix("pass_0") }.isEmpty)
    #expect(try await stage.store.record(of: "fail-1")?.state == .failed)
  }

  @Test("An error that no component named is a failure with a code")
  func unnamed() async throws {
    let stage = Stage()
    let running = try await stage.submit(
      [("faulty_0", task("faulty", [("unnamed", .bool(true))]))], as: "unnamed-1")
    let end = try #require(await running.end())
    #expect(end.tasks[0].failure?.code == "component-fault")
    #expect(end.tasks[0].failure?.party == "a")
  }

  @Test("A stopped job ends its parts and runs nothing more")
  func stop() async throws {
    let stage = Stage()
    let running = try await stage.submit(
      [("gate_0", task("gate")), ("pass_0", task("pass", data: "gate_0.out"))], as: "stop-1")
    _ = await running.wait { if case .report = $0 { true } else { false } }
    await running.driver.stop(reason: "enough")
    let end = try #require(await running.end())
    #expect(end.state == .stopped)
    #expect(end.stopReason == "enough")
    #expect(end.tasks.allSatisfy { $0.state == .stopped || $0.state == .skipped })
    #expect(try await stage.store.record(of: "stop-1")?.state == .stopped)
    let failure = await #expect(throws: Failure.self) {
      try await stage.coordinator.resume("stop-1")
    }
    #expect(failure?.code == "job-ended")
  }

  @Test("A job with a time limit fails when it is over")
  func timeout() async throws {
    let stage = Stage()
    let running = try await stage.submit(
      [("gate_0", task("gate", conf: [("timeout", .double(30))]))], as: "timeout-1")
    let ending = Task { await running.end() }
    await stage.clock.sleepers(1)
    stage.clock.advance(by: .seconds(30))
    let end = try #require(await ending.value)
    #expect(end.state == .failed)
    #expect(end.tasks[0].failure?.code == "task-timeout")
  }

  @Test("A job that is not there cannot be resumed")
  func unknown() async throws {
    let failure = await #expect(throws: Failure.self) {
      try await Stage().coordinator.resume("nowhere")
    }
    #expect(failure?.code == "job-unknown")
  }
}
