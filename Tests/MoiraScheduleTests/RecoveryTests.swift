import Foundation
import MoiraModel
import Testing

@testable import MoiraSchedule

/// A hub that dies while agents go on, agents that die while the hub goes on, and jobs that never begin.
@Suite struct RecoveryTests {
  func key(_ attempt: Int, _ party: PartyID) -> PartKey { PartKey("x", attempt, party) }

  @Test func `recovered asks again for what runs, and only for that`() throws {
    var job = try ScriptedJob([TaskShape("x", ["a", "b"]), TaskShape("y", needs: ["x"])])
    _ = job.succeed("x", 1, "a")
    #expect(job.tell(.recovered) == [.start("x", 1, "b")])
    _ = job.succeed("x", 1, "b")
    #expect(job.tell(.recovered) == [.start("y")])
    #expect(try job.task("x").lostAttempts == 0)
  }

  @Test func `recovered twice changes nothing more`() throws {
    var job = try ScriptedJob([
      TaskShape("x", ["a", "b"], policy: .init(timeout: .seconds(30))),
      TaskShape("y", policy: .init(cacheable: true)),
      TaskShape("z", policy: .init(retries: 1, backoff: plainBackoff)),
    ])
    _ = job.fail("z", transient: true)
    let first = job.tell(.recovered)
    let machine = job.machine
    #expect(job.tell(.recovered) == first)
    #expect(job.machine == machine)
    #expect(
      first == [
        .setTimer("x", 1, .timeout, at: job.now + .seconds(30)), .start("x", 1, "a"),
        .start("x", 1, "b"), .lookUp("y"), .setTimer("z", 1, .backOff, at: job.now + .seconds(1)),
      ])
  }

  @Test func `a part that was told to end is told so again`() throws {
    var job = try ScriptedJob([TaskShape("x", ["a", "b", "c"])])
    _ = job.fail("x", 1, "a", code: "cancelled")
    let due = job.now + JobMachine.settlingGrace
    #expect(
      job.tell(.recovered) == [
        .setTimer("x", 1, .settle, at: due), .start("x", 1, "b"), .cancel("x", 1, "b"),
        .start("x", 1, "c"), .cancel("x", 1, "c"),
      ])
  }

  @Test func `by a clock an hour behind no wait is longer than it ever was`() throws {
    var job = try ScriptedJob([
      TaskShape("x", ["a", "b"], policy: .init(timeout: .seconds(30))),
      TaskShape("y", policy: .init(retries: 1, backoff: plainBackoff)),
      TaskShape("z", ["a", "b"]),
    ])
    _ = job.fail("y", transient: true)
    _ = job.fail("z", 1, "a", code: "cancelled")
    job.now = job.now + .seconds(-3600)
    let actions = job.tell(.recovered)
    #expect(actions.contains(.setTimer("x", 1, .timeout, at: job.now + .seconds(30))))
    #expect(actions.contains(.setTimer("y", 1, .backOff, at: job.now + .seconds(10))))
    #expect(actions.contains(.setTimer("z", 1, .settle, at: job.now + .seconds(5))))
    #expect(try job.task("y").nextAttemptAt == job.now + .seconds(10))
  }

  @Test func `a lost part begins a new attempt, and does not count against the retries`() throws {
    var job = try ScriptedJob([TaskShape("x", ["a", "b", "c"])])
    _ = job.succeed("x", 1, "a")
    #expect(
      job.tell(.partLost(key(1, "b"))) == [
        .cancel("x", 1, "b"), .cancel("x", 1, "c"), .start("x", 2, "a"), .start("x", 2, "b"),
        .start("x", 2, "c"),
      ])
    let task = try job.task("x")
    #expect(task.lostAttempts == 1 && task.failures.isEmpty && task.attempt == 2)
  }

  @Test func `a loss that is stale, repeated or impossible changes nothing`() throws {
    var job = try ScriptedJob([TaskShape("x", ["a", "b"])])
    _ = job.tell(.partLost(key(1, "a")))
    _ = job.succeed("x", 2, "a")
    let before = job.machine
    for part in [key(1, "a"), key(1, "b"), key(3, "b"), key(2, "a"), key(2, "z"), key(0, "a")] {
      #expect(job.tell(.partLost(part)) == [])
    }
    #expect(job.tell(.partLost(PartKey("nobody", 1, "a"))) == [])
    #expect(job.machine == before)
    _ = job.succeed("x", 2, "b")
    #expect(job.machine.state == .succeeded)
    #expect(job.tell(.partLost(key(2, "b"))) == [])
  }

  @Test func `a task that may not be restarted fails with its lost part`() throws {
    var job = try ScriptedJob([TaskShape("x", policy: .init(retries: 3, restartable: false))])
    #expect(job.tell(.partLost(key(1, "a"))).last == .ended(.failed))
    #expect(try job.task("x").failure?.code == "attempt-lost")
  }

  @Test func `a task loses a hundred attempts and no more`() throws {
    var job = try ScriptedJob([TaskShape("x")])
    for attempt in 1...JobMachine.lossLimit {
      #expect(job.tell(.partLost(key(attempt, "a"))).contains(.start("x", attempt + 1)))
    }
    let last = job.tell(.partLost(key(JobMachine.lossLimit + 1, "a")))
    #expect(last.last == .ended(.failed))
    #expect(try job.task("x").failure?.code == "attempt-lost")
  }

  @Test(arguments: [nil, "enough"])
  func `a job that is refused never begins`(reason: String?) throws {
    var job = ScriptedJob()
    let tasks = [TaskShape("x"), TaskShape("y", needs: ["x"])]
    let shape = try JobShape(id: "j", tasks: tasks, parallelism: 1, seed: 7)
    let failure = Failure("policy-refused", "'a' does not take part")
    let refusal = JobRefusal(
      shape: shape, failures: reason == nil ? [failure] : [], stopReason: reason)
    let state: JobState = reason == nil ? .failed : .stopped
    #expect(job.tell(.refused(refusal)) == [.ended(state)])
    let snapshot = try #require(job.machine.snapshot)
    #expect(snapshot.state == state && snapshot.stopReason == reason)
    #expect(snapshot.refusals == (reason == nil ? [failure] : nil))
    #expect(snapshot.tasks.allSatisfy { $0.state == .stopped && $0.attempt == 0 })
    let before = job.machine
    let late: [JobEvent] = [.refused(refusal), .submitted(shape), .recovered, .resumed]
    for event in late { #expect(job.tell(event) == []) }
    #expect(job.machine == before)
  }

  @Test func `a job that has begun cannot be refused`() throws {
    var job = try ScriptedJob([TaskShape("x")])
    let shape = try #require(job.machine.shape)
    let before = job.machine
    #expect(job.tell(.refused(JobRefusal(shape: shape, failures: []))) == [])
    #expect(job.machine == before)
  }

  @Test func `nothing is recovered before a job is submitted or after it is over`() throws {
    var job = ScriptedJob()
    #expect(job.tell(.recovered) == [] && job.tell(.partLost(key(1, "a"))) == [])
    _ = try job.submit([TaskShape("x")])
    _ = job.succeed("x")
    #expect(job.tell(.recovered) == [] && job.tell(.partLost(key(1, "a"))) == [])
  }

  @Test func `a journal with these events is the same after JSON, and replays to the same machine`()
    throws
  {
    var job = try ScriptedJob([TaskShape("x", ["a", "b"]), TaskShape("y", needs: ["x"])])
    _ = job.tell(.recovered)
    _ = job.tell(.partLost(key(1, "a")))
    _ = job.succeed("x", 2, "a")
    _ = job.tell(.recovered)
    _ = job.succeed("x", 2, "b")
    var refused = ScriptedJob()
    let shape = try #require(job.machine.shape)
    let failures = [Failure("policy-refused", "no", hint: "ask")]
    _ = refused.tell(.refused(JobRefusal(shape: shape, failures: failures, stopReason: "r")))
    for one in [job, refused] {
      let text = try JSONEncoder().encode(one.journal)
      let read = try JSONDecoder().decode([JournalEntry].self, from: text)
      #expect(read == one.journal)
      #expect(JobMachine(replaying: read) == one.machine)
    }
  }

  /// As they were written first; they must be read for ever.
  @Test func `the events of a hub are written as they always were`() throws {
    let text = #"""
      {"version":1,"at":5,"event":{"kind":"recovered"}}
      {"version":1,"at":6,"event":{"kind":"part-lost","task":"x","attempt":2,"party":"a"}}
      {"version":1,"at":7,"event":{"kind":"refused","failures":[{"code":"c","message":"m","isTransient":false}],"stopReason":"r","shape":{"id":"j","parallelism":1,"seed":3,"tasks":[]}}}
      """#
    let shape = try JobShape(id: "j", tasks: [], parallelism: 1, seed: 3)
    let refusal = JobRefusal(shape: shape, failures: [Failure("c", "m")], stopReason: "r")
    let events: [JobEvent] = [.recovered, .partLost(key(2, "a")), .refused(refusal)]
    for (line, event) in zip(text.split(separator: "\n"), events) {
      let entry = try JSONDecoder().decode(JournalEntry.self, from: Data(line.utf8))
      #expect(entry.event == event)
      let written = try JSONSerialization.jsonObject(with: JSONEncoder().encode(entry))
      let read = try JSONSerialization.jsonObject(with: Data(line.utf8))
      #expect(written as? NSDictionary == read as? NSDictionary)
    }
  }
}
