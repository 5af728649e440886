import MoiraModel
import MoiraSchedule
import Testing

/// The way of tasks from waiting to their end.
@Suite struct JobMachineTests {
  @Test func `a chain runs one after another, and the job succeeds`() throws {
    var job = ScriptedJob()
    let first = try job.submit([TaskShape("x"), TaskShape("y", needs: ["x"])])
    #expect(first == [.start("x")])
    #expect(job.machine.state(of: "y") == .waiting)
    #expect(job.succeed("x", made: [artifact("1")]) == [.start("y")])
    #expect(job.machine.outputs(of: "x") == ["a": [artifact("1")]])
    #expect(job.machine.outputs(of: "y") == nil)
    #expect(job.succeed("y") == [.ended(.succeeded)])
    #expect(job.machine.state == .succeeded)
  }

  @Test func `a task starts all its parts, and waits for all of them`() throws {
    var job = ScriptedJob()
    let tasks = [TaskShape("x", ["c", "a"]), TaskShape("y", needs: ["x"])]
    #expect(try job.submit(tasks) == [.start("x", 1, "c"), .start("x", 1, "a")])
    #expect(job.succeed("x", 1, "a") == [])
    #expect(try job.task("x").parts.mapValues(\.state) == ["a": .succeeded, "c": .running])
    #expect(job.succeed("x", 1, "c") == [.start("y")])
  }

  @Test func `a task with two needs waits for both`() throws {
    var job = try ScriptedJob([
      TaskShape("x"), TaskShape("y"), TaskShape("z", needs: ["x", "y"]),
    ])
    #expect(job.succeed("y") == [])
    #expect(job.succeed("x") == [.start("z")])
  }

  @Test func `no more than the parallelism run; priority goes first, then order`() throws {
    var job = ScriptedJob()
    let tasks = [
      TaskShape("low", policy: .init(priority: -1)), TaskShape("one"), TaskShape("two"),
      TaskShape("high", policy: .init(priority: 5)),
    ]
    #expect(try job.submit(tasks, parallelism: 2) == [.start("high"), .start("one")])
    #expect(job.machine.state(of: "two") == .ready)
    #expect(job.succeed("one") == [.start("two")])
    #expect(job.succeed("high") == [.start("low")])
  }

  @Test func `a job without tasks succeeds at once`() throws {
    var job = ScriptedJob()
    #expect(try job.submit([]) == [.ended(.succeeded)])
  }

  @Test func `a failure skips what follows and lets the rest go on`() throws {
    var job = try ScriptedJob([
      TaskShape("x"), TaskShape("y", needs: ["x"]), TaskShape("z", needs: ["y"]), TaskShape("w"),
    ])
    #expect(job.fail("x") == [])
    let reason = SkipReason(upstream: "x", state: .failed)
    #expect(try job.task("y").skipReason == reason)
    #expect(try job.task("z").skipReason == reason)
    #expect("\(reason)" == "'x' failed")
    #expect(try job.task("x").failure?.code == "boom")
    #expect(try job.task("x").failure?.party == "a")
    #expect(job.machine.state(of: "w") == .running)
    #expect(job.succeed("w") == [.ended(.failed)])
  }

  @Test func `a task with a need that failed and one that runs is skipped once`() throws {
    var job = try ScriptedJob([
      TaskShape("x"), TaskShape("y"), TaskShape("z", needs: ["x", "y"]),
    ])
    #expect(job.fail("x") == [])
    #expect(job.fail("y") == [.ended(.failed)])
    #expect(try job.task("z").skipReason?.upstream == "x")
  }

  @Test func `the instants are those that the driver gave`() throws {
    var job = try ScriptedJob([TaskShape("x"), TaskShape("y", needs: ["x"])])
    let begin = job.now
    job.now = begin + .seconds(3)
    _ = job.succeed("x")
    let x = try job.task("x")
    #expect(x.started == begin)
    #expect(x.ended == job.now)
    #expect(try job.task("y").started == job.now)
    #expect(job.machine.snapshot?.submitted == begin)
  }
}

/// Asking whether an earlier job made it already.
@Suite struct ReuseTests {
  static let cacheable = TaskPolicy(retries: 1, backoff: plainBackoff, cacheable: true)
  let tasks = [TaskShape("x", ["a", "b"], policy: cacheable), TaskShape("y", needs: ["x"])]

  @Test func `a hit gives the outputs without a run`() throws {
    var job = ScriptedJob()
    #expect(try job.submit(tasks) == [.lookUp("x")])
    #expect(try job.task("x").isLookingUp)
    let reuse: [PartyID: [ArtifactReference]] = ["a": [artifact("1")], "b": []]
    #expect(job.answer("x", reuse) == [.start("y")])
    #expect(job.machine.state(of: "x") == .reused)
    #expect(job.machine.outputs(of: "x") == reuse)
    #expect(job.succeed("y") == [.ended(.succeeded)])
  }

  static let misses: [[PartyID: [ArtifactReference]]?] = [
    nil, [:], ["a": []], ["a": [], "b": [], "c": []],
  ]

  @Test(arguments: misses)
  func `a miss, or an answer for other parties, starts it`(
    reuse: [PartyID: [ArtifactReference]]?
  ) throws {
    var job = try ScriptedJob(tasks)
    #expect(job.answer("x", reuse) == [.start("x", 1, "a"), .start("x", 1, "b")])
  }

  @Test func `it is asked once, not before every attempt`() throws {
    var job = try ScriptedJob([TaskShape("x", policy: Self.cacheable)])
    #expect(job.answer("x", nil) == [.start("x")])
    _ = job.fail("x", transient: true)
    #expect(job.fire("x", 1, .backOff) == [.start("x", 2)])
  }

  @Test func `a lookup holds a place`() throws {
    var job = ScriptedJob()
    let tasks = [TaskShape("x", policy: Self.cacheable), TaskShape("y")]
    #expect(try job.submit(tasks, parallelism: 1) == [.lookUp("x")])
    #expect(job.answer("x", ["a": []]) == [.start("y")])
  }
}
