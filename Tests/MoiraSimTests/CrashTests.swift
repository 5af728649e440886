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

/// Jobs whose process dies, and another goes on with them.
@Suite(.timeLimit(.minutes(1))) struct CrashTests {
  enum Kind: String, CaseIterable, Sendable { case memory, sqlite }

  static let tasks: [(String, ConfigValue)] = [
    ("source_0", task("source", [("value", .int(40))])),
    ("pass_0", task("pass", data: "source_0.out")),
    ("gate_0", task("gate", data: "pass_0.out")),
    ("pass_1", task("pass", data: "gate_0.out")),
    ("rally_0", task("ping_pong", after: ["pass_1"])),
  ]

  private func withStore(
    _ kind: Kind, _ body: (any JobStore) async throws -> Void
  ) async throws {
    let path = FileManager.default.temporaryDirectory.path + "/moira-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    switch kind {
    case .memory: try await body(MemoryJobStore())
    case .sqlite: try await body(try SQLiteJobStore(path: path + "/moira.sqlite"))
    }
  }

  @Test("Finished tasks are not run again after a crash", arguments: Kind.allCases)
  func resume(_ kind: Kind) async throws {
    try await withStore(kind) { store in
      let stage = Stage(store: store)
      let id = JobID("crash-\(kind)")
      // Long enough for the first two tasks; dies at the latest when the stop is to be written.
      let dying = DyingStore(store, appends: .max)
      let first = try await stage.coordinator(over: dying).submit(
        try stage.plan(Self.tasks), as: id, source: .none)
      _ = await first.wait {
        if case .report(let one) = $0 { one.part.task == "gate_0" } else { false }
      }
      await dying.die()
      await first.driver.stop(reason: "never written")
      let last = await first.wait { if case .broken = $0 { true } else { false } }
      #expect(last != nil)
      #expect(try await store.record(of: id)?.state == .running)
      let before = Probe.begun(id)
      #expect(before.filter { $0.hasPrefix("source_0") || $0.hasPrefix("pass_0") }.count == 6)

      Probe.letThrough(id)
      let second = try await stage.coordinator.resume(id)
      let end = try #require(await second.end())
      #expect(end.state == .succeeded)
      #expect(try await stage.number("pass_1", "b", end) == 42)
      #expect(try await stage.number("rally_0", "a", end) == 3)
      let after = Probe.begun(id)
      #expect(after.filter { $0.hasPrefix("source_0") || $0.hasPrefix("pass_0") }.count == 6)
      #expect(after.contains("gate_0/a/2"))
      #expect(end.tasks[2].lostAttempts == 1)
      #expect(try await store.record(of: id)?.state == .succeeded)
    }
  }

  @Test("Whenever the process dies, the job ends as if it had not", arguments: Kind.allCases)
  func anywhere(_ kind: Kind) async throws {
    try await withStore(kind) { store in
      var deaths = 0
      for appends in 0..<40 {
        let stage = Stage(store: store)
        let id = JobID("anywhere-\(kind)-\(appends)")
        Probe.letThrough(id)
        let first = try await stage.coordinator(over: DyingStore(store, appends: appends)).submit(
          try stage.plan(Self.tasks), as: id, source: .none)
        if await first.end() != nil { break }
        deaths += 1
        let end: JobSnapshot?
        do {
          end = await (try await stage.coordinator.resume(id)).end()
        } catch let failure as Failure where failure.code == "job-ended" {
          end = JobMachine(replaying: try await store.journal(of: id)).snapshot
        }
        let done = try #require(end)
        #expect(done.state == .succeeded, "died after \(appends) appends")
        #expect(try await stage.number("pass_1", "c", done) == 42)
        #expect(try await stage.number("rally_0", "c", done) == 3)
        #expect(try await store.record(of: id)?.state == .succeeded)
      }
      #expect(deaths > 3)
    }
  }

  @Test("A resumed job leaves artifacts that a new job reuses", arguments: Kind.allCases)
  func reuseAfterResume(_ kind: Kind) async throws {
    try await withStore(kind) { store in
      let stage = Stage(store: store)
      let id = JobID("resumed-\(kind)")
      Probe.letThrough(id)
      let first = try await stage.coordinator(over: DyingStore(store, appends: 3)).submit(
        try stage.plan(Self.tasks), as: id, source: .none)
      #expect(await first.end() == nil)
      _ = await (try await stage.coordinator.resume(id)).end()
      let next = try #require(
        await (try await stage.submit(Self.tasks, as: JobID("next-\(kind)"))).end())
      #expect(next.tasks.allSatisfy { $0.state == .reused })
    }
  }

  @Test("What was made from data that changed during a crash is not taken for the new data's")
  func changedData() async throws {
    let stage = Stage()
    let tasks: [(String, ConfigValue)] = [
      ("outside_0", task("outside", [("name", .string("drift"))])),
      ("gate_0", task("gate", data: "outside_0.out")),
      ("pass_0", task("pass", data: "gate_0.out")),
    ]
    Probe.change("drift", to: 10)
    let dying = DyingStore(stage.store, appends: .max)
    let first = try await stage.coordinator(over: dying).submit(
      try stage.plan(tasks), as: "drift-1", source: .none)
    _ = await first.wait { if case .report = $0 { true } else { false } }
    await dying.die()
    await first.driver.stop(reason: "never written")
    _ = await first.wait { if case .broken = $0 { true } else { false } }

    Probe.change("drift", to: 20)
    for id in ["drift-1", "drift-2"] as [JobID] { Probe.letThrough(id) }
    let old = try #require(await (try await stage.coordinator.resume("drift-1")).end())
    #expect(try await stage.number("pass_0", "a", old) == 11)
    let new = try #require(await (try await stage.submit(tasks, as: "drift-2")).end())
    #expect(try await stage.number("pass_0", "a", new) == 21)
  }
}
