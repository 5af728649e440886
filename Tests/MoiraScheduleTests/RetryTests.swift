import MoiraModel
import MoiraSchedule
import Testing

/// Back-offs, timeouts, and whose failure counts.
@Suite struct RetryTests {
  static let policy = TaskPolicy(retries: 2, backoff: plainBackoff, timeout: .seconds(30))
  let two = [TaskShape("x", ["a", "b"], policy: policy)]

  @Test func `a transient failure backs off, and starts anew with the next attempt`() throws {
    var job = ScriptedJob()
    let timeout = job.now + .seconds(30)
    #expect(
      try job.submit(two) == [
        .start("x", 1, "a"), .start("x", 1, "b"), .setTimer("x", 1, .timeout, at: timeout),
      ])
    #expect(
      job.fail("x", 1, "b", transient: true) == [
        .cancelTimer("x", 1, .timeout), .cancel("x", 1, "a"),
        .setTimer("x", 1, .backOff, at: job.now + .seconds(1)),
      ])
    #expect(try job.task("x").state == .backingOff)
    #expect(try job.task("x").nextAttemptAt == job.now + .seconds(1))
    job.now = job.now + .seconds(1)
    #expect(
      job.fire("x", 1, .backOff) == [
        .start("x", 2, "a"), .start("x", 2, "b"),
        .setTimer("x", 2, .timeout, at: job.now + .seconds(30)),
      ])
    #expect(job.succeed("x", 1, "a") == [])
    #expect(job.succeed("x", 2, "a") == [])
    #expect(job.succeed("x", 2, "b") == [.cancelTimer("x", 2, .timeout), .ended(.succeeded)])
  }

  @Test func `when the retries are used up the task fails`() throws {
    var job = try ScriptedJob([TaskShape("x", policy: .init(retries: 2, backoff: plainBackoff))])
    for (attempt, wait) in [(1, 1), (2, 2)] {
      let due = job.now + .seconds(wait)
      #expect(
        job.fail("x", attempt, code: "boom-\(attempt)", transient: true) == [
          .setTimer("x", attempt, .backOff, at: due)
        ])
      #expect(job.fire("x", attempt, .backOff) == [.start("x", attempt + 1)])
    }
    #expect(job.fail("x", 3, code: "boom-3", transient: true) == [.ended(.failed)])
    #expect(try job.task("x").failures.map(\.code) == ["boom-1", "boom-2", "boom-3"])
    #expect(try job.task("x").failures.map(\.attempt) == [1, 2, 3])
  }

  @Test func `a lasting failure is not tried again`() throws {
    var job = try ScriptedJob([TaskShape("x", policy: .init(retries: 9))])
    #expect(job.fail("x") == [.ended(.failed)])
  }

  @Test func `a task that backs off leaves its place to others`() throws {
    var job = ScriptedJob()
    let tasks = [
      TaskShape("x", policy: .init(retries: 1, backoff: plainBackoff)), TaskShape("y"),
      TaskShape("z"),
    ]
    #expect(try job.submit(tasks, parallelism: 1) == [.start("x")])
    #expect(job.fail("x", transient: true).last == .start("y"))
    #expect(job.fire("x", 1, .backOff) == [])
    #expect(try job.task("x").state == .ready)
    #expect(job.succeed("y") == [.start("x", 2)])
  }

  @Test func `a timeout is a transient failure that names who is late`() throws {
    var job = try ScriptedJob([
      TaskShape("x", ["a", "b", "c"], policy: .init(retries: 1, timeout: .milliseconds(1500)))
    ])
    _ = job.succeed("x", 1, "b")
    let actions = job.fire("x", 1, .timeout)
    #expect(actions.prefix(2) == [.cancel("x", 1, "a"), .cancel("x", 1, "c")])
    let failure = try #require(try job.task("x").failures.first)
    #expect(failure.code == "task-timeout")
    #expect(failure.message == "'a', 'c' had not ended after 1500 ms")
    #expect(failure.isTransient)
    #expect(try job.task("x").state == .backingOff)
    #expect(try job.task("x").failure == nil)
  }

  @Test func `an echo waits for the cause, but not longer than the grace`() throws {
    var job = try ScriptedJob(two)
    let grace = job.now + JobMachine.settlingGrace
    #expect(
      job.fail("x", 1, "b", code: "peer-failed", transient: true) == [
        .cancelTimer("x", 1, .timeout), .cancel("x", 1, "a"),
        .setTimer("x", 1, .settle, at: grace),
      ])
    #expect(try job.task("x").state == .running)
    #expect(try job.task("x").parts["a"]?.state == .cancelling)
    #expect(job.fire("x", 1, .timeout) == [])
    let actions = job.fire("x", 1, .settle)
    #expect(actions == [.setTimer("x", 1, .backOff, at: job.now + .seconds(1))])
    #expect(try job.task("x").failures.map(\.code) == ["peer-failed"])
  }

  @Test func `the cause that comes within the grace is the one that is kept`() throws {
    var job = try ScriptedJob(two)
    _ = job.fail("x", 1, "b", code: "peer-failed", transient: true)
    #expect(
      job.fail("x", 1, "a", code: "loss-not-finite") == [
        .cancelTimer("x", 1, .settle), .ended(.failed),
      ])
    let failure = try #require(try job.task("x").failure)
    #expect(failure.code == "loss-not-finite")
    #expect(failure.party == "a")
    #expect(try job.task("x").parts["b"]?.failure?.code == "peer-failed")
  }

  @Test func `no instant overflows`() throws {
    var job = ScriptedJob()
    job.now = Instant(milliseconds: .max)
    let actions = try job.submit(two)
    #expect(actions.last == .setTimer("x", 1, .timeout, at: Instant(milliseconds: .max)))
  }
}
