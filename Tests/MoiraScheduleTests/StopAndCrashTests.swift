import MoiraModel
import MoiraSchedule
import Testing

@Suite struct StopTests {
  @Test func `a stop ends the job at once, and says of each task why`() throws {
    let retrying = TaskPolicy(retries: 1, backoff: plainBackoff)
    var job = try ScriptedJob(
      [
        TaskShape("done"), TaskShape("backing", policy: retrying), TaskShape("runs", ["a", "b"]),
        TaskShape("asked", policy: .init(cacheable: true)), TaskShape("ready"),
        TaskShape("next", needs: ["runs"]), TaskShape("after", needs: ["done", "next"]),
      ], parallelism: 4)
    _ = job.succeed("done")
    _ = job.fail("backing", transient: true)
    _ = job.succeed("runs", 1, "b")
    #expect(
      job.tell(.stopRequested(.init(reason: "stopped by a"))) == [
        .cancelTimer("backing", 1, .backOff), .cancel("runs", 1, "a"), .cancel("ready", 1, "a"),
        .ended(.stopped),
      ])
    let snapshot = try #require(job.machine.snapshot)
    #expect(snapshot.stopReason == "stopped by a")
    #expect(
      snapshot.tasks.map(\.state) == [
        .succeeded, .stopped, .stopped, .stopped, .stopped, .skipped, .skipped,
      ])
    let reason = SkipReason(upstream: "runs", state: .stopped)
    #expect(snapshot.tasks.suffix(2).map(\.skipReason) == [reason, reason])
    #expect("\(reason)" == "'runs' was stopped")
    #expect(!job.machine.isWanted(PartKey("runs", 1, "a")))
    #expect(job.succeed("runs", 1, "a") == [])
    #expect(job.machine.snapshot == snapshot)
  }
}

@Suite struct CrashTests {
  @Test func `an attempt that a crash cut off is made again, and does not count`() throws {
    var job = try ScriptedJob([TaskShape("x", ["a", "b"])])
    _ = job.succeed("x", 1, "a")
    #expect(job.machine.isWanted(PartKey("x", 1, "b")))
    #expect(
      job.tell(.resumed) == [.cancel("x", 1, "b"), .start("x", 2, "a"), .start("x", 2, "b")])
    #expect(!job.machine.isWanted(PartKey("x", 1, "b")))
    #expect(job.machine.isWanted(PartKey("x", 2, "b")))
    #expect(job.succeed("x", 1, "b") == [])
    #expect(job.succeed("x", 2, "a") == [])
    #expect(job.succeed("x", 2, "b") == [.ended(.succeeded)])
    #expect(try job.task("x").lostAttempts == 1)
    #expect(try job.task("x").failures == [])
  }

  @Test func `what may not start again fails with its attempt`() throws {
    var job = try ScriptedJob([
      TaskShape("x", policy: .init(retries: 5, restartable: false)), TaskShape("y", needs: ["x"]),
    ])
    #expect(job.tell(.resumed) == [.cancel("x", 1, "a"), .ended(.failed)])
    let failure = try #require(try job.task("x").failure)
    #expect(failure.code == "attempt-lost")
    #expect(
      failure.message
        == "the process ended while the attempt ran, and the task is not restartable")
    #expect(try job.task("x").parts["a"]?.state == .lost)
    #expect(try job.task("y").skipReason?.upstream == "x")
  }

  @Test func `lookups are asked and timers are set once more`() throws {
    var job = try ScriptedJob([
      TaskShape("x", policy: .init(cacheable: true)),
      TaskShape("y", ["a", "b"], policy: .init(retries: 1, backoff: plainBackoff)),
    ])
    _ = job.fail("y", 1, "b", transient: true)
    let due = job.now + .seconds(1)
    job.now = job.now + .seconds(-500)
    #expect(
      job.tell(.resumed) == [
        .lookUp("x"), .cancel("y", 1, "a"), .setTimer("y", 1, .backOff, at: due),
      ])
    #expect(job.answer("x", nil) == [.start("x")])
    #expect(job.answer("x", nil) == [])
  }

  @Test func `an attempt that was failing without a cause is made again`() throws {
    var job = try ScriptedJob([TaskShape("x", ["a", "b"])])
    _ = job.fail("x", 1, "a", code: "peer-failed")
    #expect(
      job.tell(.resumed) == [
        .cancel("x", 1, "b"), .cancelTimer("x", 1, .settle),
        .start("x", 2, "a"), .start("x", 2, "b"),
      ])
    #expect(job.fail("x", 2, "b", code: "boom") == [.cancel("x", 2, "a"), .ended(.failed)])
    #expect(try job.task("x").failures.map(\.code) == ["boom"])
  }

  @Test func `if it may not start again it is settled by its echo`() throws {
    var job = try ScriptedJob([TaskShape("x", ["a", "b"], policy: .init(restartable: false))])
    _ = job.fail("x", 1, "a", code: "peer-failed", transient: true)
    #expect(
      job.tell(.resumed) == [
        .cancel("x", 1, "b"), .cancelTimer("x", 1, .settle), .ended(.failed),
      ])
    #expect(try job.task("x").failure?.code == "peer-failed")
    #expect(try job.task("x").lostAttempts == 0)
  }
}

/// Events that cannot be, or come too late.
@Suite struct StaleEventTests {
  static let strange: [JobEvent] = [
    .cacheAnswered(.init(task: "x", reuse: ["a": [], "b": []])),
    .cacheAnswered(.init(task: "nobody", reuse: nil)),
    .partSucceeded(.init(part: PartKey("nobody", 1, "a"), outputs: [])),
    .partSucceeded(.init(part: PartKey("x", 1, "nobody"), outputs: [])),
    .partSucceeded(.init(part: PartKey("x", 0, "a"), outputs: [])),
    .partSucceeded(.init(part: PartKey("x", 1, "a"), outputs: [])),
    .partSucceeded(.init(part: PartKey("x", 3, "a"), outputs: [])),
    .partSucceeded(.init(part: PartKey("x", .min, "a"), outputs: [])),
    .partSucceeded(.init(part: PartKey("x", 2, "b"), outputs: [artifact("other")])),
    .partFailed(.init(part: PartKey("x", 2, "b"), failure: Failure("late", ""))),
    .partFailed(.init(part: PartKey("x", 1, "a"), failure: Failure("late", ""))),
    .partFailed(.init(part: PartKey("y", 1, "a"), failure: Failure("early", ""))),
    .timerFired(.init(task: "x", attempt: 1, purpose: .backOff)),
    .timerFired(.init(task: "x", attempt: 1, purpose: .timeout)),
    .timerFired(.init(task: "x", attempt: 2, purpose: .settle)),
    .timerFired(.init(task: "x", attempt: .max, purpose: .timeout)),
    .timerFired(.init(task: "nobody", attempt: 1, purpose: .timeout)),
  ]

  /// In its second attempt, of which b is done; `y` waits.
  func running() throws -> ScriptedJob {
    var job = try ScriptedJob([
      TaskShape("x", ["a", "b"], policy: .init(retries: 1, timeout: .seconds(9))),
      TaskShape("y", needs: ["x"]),
    ])
    _ = job.fail("x", 1, "a", transient: true)
    _ = job.fire("x", 1, .backOff)
    _ = job.succeed("x", 2, "b")
    return job
  }

  @Test(arguments: strange) func `a strange event changes nothing`(event: JobEvent) throws {
    var job = try running()
    let before = job.machine
    #expect(job.tell(event) == [])
    #expect(job.machine == before)
  }

  @Test func `a second submission changes nothing`() throws {
    var job = try running()
    let before = job.machine
    #expect(try job.submit([TaskShape("other")]) == [])
    #expect(job.machine == before)
  }

  @Test(arguments: strange + [.resumed, .stopRequested(.init(reason: ""))])
  func `nothing is heard before the job begins or after it ends`(event: JobEvent) throws {
    var unborn = ScriptedJob()
    #expect(unborn.tell(event) == [])
    #expect(unborn.machine == JobMachine())
    #expect(unborn.machine.snapshot == nil)

    var job = try running()
    #expect(job.fail("x", 2, "a").last == .ended(.failed))
    let before = job.machine
    #expect(job.tell(event) == [])
    #expect(job.machine == before)
  }
}
