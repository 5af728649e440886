import MoiraModel
import Testing

@testable import MoiraSchedule

/// Attempts that go on without a party.
@Suite struct OutlivingTests {
  static let outlives = TaskPolicy(timeout: .seconds(90), outlivesParties: true)

  static func job() throws -> ScriptedJob {
    try ScriptedJob([
      TaskShape("train", ["a", "b", "hub"], policy: outlives),
      TaskShape("score", ["a", "b", "hub"], needs: ["train"], policy: .init(cacheable: true)),
      TaskShape("show", ["b"], needs: ["score"]),
      TaskShape("other", ["a", "b"], needs: []),
    ])
  }

  @Test("a part that says who is absent ends the attempt without them, and theirs are cancelled")
  func absent() throws {
    var job = try Self.job()
    _ = job.succeed("train", 1, "a", made: [artifact("m")])
    let actions = job.tell(
      .partSucceeded(.init(part: .init("train", 1, "hub"), outputs: [], absent: ["b"])))
    #expect(actions.contains(.cancel("train", 1, "b")))
    #expect(try job.task("train").state == .succeeded)
    #expect(try job.task("train").absent == ["b"])
    #expect(try job.task("train").parts["b"]?.state == .lost)
    #expect(try job.task("train").outputs.keys.sorted() == ["a", "hub"])
  }

  @Test("what stands on it runs at the others, and is not looked up")
  func downstream() throws {
    var job = try Self.job()
    _ = job.succeed("train", 1, "a")
    let actions = job.tell(
      .partSucceeded(.init(part: .init("train", 1, "hub"), outputs: [], absent: ["b"])))
    #expect(actions.contains(.start("score", 1, "a")))
    #expect(actions.contains(.start("score", 1, "hub")))
    #expect(!actions.contains(.start("score", 1, "b")))
    #expect(!actions.contains(.lookUp("score")))
    _ = job.succeed("score", 1, "a")
    _ = job.succeed("score", 1, "hub")
    // Nobody is left for it.
    #expect(try job.task("show").state == .succeeded)
    #expect(try job.task("show").outputs.isEmpty)
    #expect(try job.task("show").absent == ["b"])
    // A task that does not stand on it has the party still.
    #expect(try job.task("other").absent.isEmpty)
    _ = job.succeed("other", 1, "a")
    #expect(job.succeed("other", 1, "b") == [.ended(.succeeded)])
    #expect(JobMachine(replaying: job.journal) == job.machine)
  }

  @Test("a party that had its last word before is not lost")
  func doneBefore() throws {
    var job = try Self.job()
    _ = job.succeed("train", 1, "b", made: [artifact("m")])
    _ = job.succeed("train", 1, "a")
    _ = job.tell(
      .partSucceeded(.init(part: .init("train", 1, "hub"), outputs: [], absent: ["b"])))
    #expect(try job.task("train").absent.isEmpty)
    #expect(try job.task("train").outputs["b"]?.count == 1)
  }

  @Test("a party that cannot be reached is lost where the task outlives it, and fails it elsewhere")
  func unreachable() throws {
    var job = try Self.job()
    #expect(job.fail("train", 1, "b", code: "party-unreachable") == [])
    #expect(try job.task("train").state == .running)
    _ = job.succeed("train", 1, "a")
    _ = job.tell(.partSucceeded(.init(part: .init("train", 1, "hub"), outputs: [], absent: [])))
    #expect(try job.task("train").state == .succeeded)
    #expect(try job.task("train").absent == ["b"])
    _ = job.fail("other", 1, "b", code: "party-unreachable")
    #expect(try job.task("other").state == .failed)
  }

  @Test("any other failure fails the attempt, whoever meets it", arguments: ["a", "hub"])
  func otherFailures(party: PartyID) throws {
    var job = try Self.job()
    _ = job.fail("train", 1, party, code: "protocol-violation")
    #expect(try job.task("train").state == .failed)
  }

  @Test("the last part of an attempt cannot be lost: then it has failed")
  func allGone() throws {
    var job = try Self.job()
    for party in ["a", "b", "hub"] as [PartyID] {
      _ = job.fail("train", 1, party, code: "party-unreachable")
    }
    #expect(try job.task("train").state == .failed)
  }

  @Test("when the time is over, parts that are still open are lost if somebody has seen it through")
  func timeout() throws {
    var job = try Self.job()
    _ = job.succeed("train", 1, "a")
    _ = job.tell(.partSucceeded(.init(part: .init("train", 1, "hub"), outputs: [], absent: [])))
    let actions = job.fire("train", 1, .timeout)
    #expect(actions.contains(.cancel("train", 1, "b")))
    #expect(try job.task("train").state == .succeeded)
    #expect(try job.task("train").absent == ["b"])

    var other = try Self.job()
    _ = other.succeed("train", 1, "a")
    _ = other.fire("train", 1, .timeout)
    #expect(try other.task("train").state == .failed)
  }

  @Test("a success of an old journal, without a word on who is absent, is read")
  func oldJournal() throws {
    let event = JobEvent.partSucceeded(.init(part: .init("t", 1, "a"), outputs: []))
    #expect(event == .partSucceeded(.init(part: .init("t", 1, "a"), outputs: [], absent: nil)))
  }
}
