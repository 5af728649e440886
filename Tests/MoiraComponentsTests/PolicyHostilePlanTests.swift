import Foundation
import MoiraConfig
import MoiraModel
import MoiraPlan
import Testing

/// Plans that no planner made, and seats.
@Suite struct PolicyHostilePlanTests {
  private typealias Bench = PolicyBench

  /// What the policy that allows everything says to a plan that was changed.
  private func codes(
    _ change: (String) -> String, of pipeline: String = Bench.pipeline
  ) throws -> [String] {
    let plan = try Bench.plan(pipeline)
    let changed = try Bench.changed(plan, change)
    #expect(changed != plan)
    let policy = Bench.open.replacing("[guest]", with: "any").replacing("[breast]", with: "any")
    return try Bench.profile(policy.replacing("[b, c, hub]", with: "any")).decide(
      Bench.proposal(changed), catalog: Bench.catalog, rows: { _ in 9 }, spent: { _, _ in 0 }
    ).refusals.map { "\($0.code) \($0.message)" }
  }

  @Test("A plan that was sent as JSON is granted as it was before")
  func unchanged() throws {
    let plan = try Bench.plan(Bench.pipeline)
    #expect(try Bench.changed(plan) { $0 } == plan)
  }

  @Test("A plan without a seat for the party")
  func noSeat() throws {
    let found = try codes { $0.replacing("{\"party\":\"a\",\"role\":\"guest\"},", with: "") }
    #expect(
      found.first == "plan-inconsistent the plan must have a seat for 'a', but has none")
  }

  @Test("Seats and tasks that share a name")
  func twice() throws {
    let seats = try codes {
      $0.replacing(
        "{\"party\":\"b\",\"role\":\"host\"}", with: "{\"party\":\"c\",\"role\":\"host\"}")
    }
    #expect(
      seats.first
        == "plan-inconsistent each seat of the plan must have a name of its own, but two share one")
    let tasks = try codes { $0.replacing("\"id\":\"split\"", with: "\"id\":\"read\"") }
    #expect(
      tasks.contains(
        "plan-inconsistent each task of the plan must have an id of its own, but two are 'read'"))
  }

  @Test("A part of nobody's, and a part in another role than its seat's")
  func parts() throws {
    let member = "{\"party\":\"c\",\"role\":\"host\"}"
    let stranger = try codes {
      $0.replacing(member, with: member.replacing("\"c\"", with: "\"x\""))
    }
    #expect(
      stranger.contains(
        "plan-inconsistent each part of 'train' must be of one seat in its role, but that of 'c' is not"
      ))
    let role = try codes {
      $0.replacing(
        "{\"party\":\"a\",\"role\":\"guest\"}", with: "{\"party\":\"a\",\"role\":\"arbiter\"}")
    }
    #expect(
      role.contains(
        "plan-inconsistent each part of 'read' must be of one seat in its role, but that of 'a' is not"
      ))
  }

  @Test("Wires from further down, to no port, and none where one must be")
  func wires() throws {
    let wire = "{\"output\":\"table\",\"port\":\"data\",\"task\":\"read\"}"
    let loop = try codes { $0.replacing(wire, with: wire.replacing("read", with: "split")) }
    #expect(
      loop.contains(
        "plan-inconsistent 'split.data' must be fed by a task before it, but 'split.table' cannot feed it"
      ))
    let port = try codes { $0.replacing(wire, with: wire.replacing("data", with: "dota")) }
    #expect(port.contains("plan-inconsistent 'split.data' must be fed, but is not"))
    let kind = try codes {
      $0.replacing(
        "{\"output\":\"train\",\"port\":\"train_data\",\"task\":\"split\"}",
        with: "{\"output\":\"protection\",\"port\":\"train_data\",\"task\":\"keys\"}")
    }
    #expect(
      kind.contains(
        "plan-inconsistent 'train.train_data' must be fed by a task before it, but 'keys.protection' cannot feed it"
      ))
  }

  @Test("Parameters that are missing, unknown, of another kind or past their limits")
  func parameters() throws {
    let method = "\"method\":\"secure_aggregation\""
    let mismatch = { (name: String, task: String, component: String) in
      "catalog-mismatch the plan's '\(name)' of task '\(task)' is not what '\(component)' of 'a' takes"
    }
    let missing = try codes { $0.replacing(method + ",", with: "") }
    #expect(missing.first == mismatch("method", "keys", "encryptor"))
    let unknown = try codes { $0.replacing(method, with: method + ",\"metod\":\"none\"") }
    #expect(unknown.first == mismatch("metod", "keys", "encryptor"))
    let kind = try codes { $0.replacing("\"epochs\":20", with: "\"epochs\":\"20\"") }
    #expect(kind.first == mismatch("epochs", "train", "homo_lr"))
    let limit = try codes { $0.replacing("\"epochs\":20", with: "\"epochs\":1000000000") }
    #expect(limit.first == mismatch("epochs", "train", "homo_lr"))
    let choice = try codes { $0.replacing(method, with: "\"method\":\"rot13\"") }
    #expect(choice.first == mismatch("method", "keys", "encryptor"))
    let inner = try codes(of: Bench.noisy) {
      $0.replacing("\"unit\":\"example\"", with: "\"unit\":[]")
    }
    #expect(inner.first == mismatch("privacy.unit", "train", "homo_lr"))
  }

  private func codes(of pipeline: String, _ change: (String) -> String) throws -> [String] {
    try codes(change, of: pipeline)
  }

  @Test("A second seat of the party's is its own, in both its roles")
  func seats() throws {
    let text = Bench.noisy.replacing("arbiter: hub", with: "arbiter: a")
      .replacing("unit: example", with: "unit: central")
    let policy = Bench.open.replacing("[breast]", with: "{breast: {epsilon: 3}}")
    let roles = try Bench.decide(policy, text).refusals
    #expect(
      roles.map(\.message) == [
        "'policy.roles' must name what 'a' is in a job, but arbiter is not in it"
      ])
    let both = try Bench.decide(policy.replacing("[guest]", with: "[guest, arbiter]"), text)
    // The arbiter that sees sums without noise is the party itself.
    #expect(both.granted, "\(Bench.words(both))")
    #expect(both.reserves.map(\.partner) == ["b", "c"])
  }

  @Test("A plan with thousands of faults gets so many refusals and no more")
  func bound() throws {
    var text = "moira: 1\nparties: {guest: a, host: b}\ntasks:\n"
    for number in 0..<2000 {
      text += "  read_\(number): {component: reader, parameters: {path: x.csv}}\n"
    }
    #expect(try Bench.decide(Bench.open, text).refusals.count == 200)
  }

  @Test(
    "A plan changed at random is decided on, and what is granted is what is allowed",
    arguments: 0..<10)
  func mutations(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let plan = try Bench.plan(Bench.noisy)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(plan), as: UTF8.self)
    let words = Array(Set(text.matches(of: /"[a-z_]+"|[0-9.]+|true|null/).map { String($0.0) }))
      .sorted()
    let policy = Bench.open.replacing("[breast]", with: "{breast: {epsilon: 3}}")
    let profile = try Bench.profile(policy)
    var decoded = 0
    for _ in 0..<60 {
      var changed = text
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let old = words.randomElement(using: &random) ?? ""
        let places = changed.ranges(of: old)
        guard let place = places.randomElement(using: &random) else { continue }
        changed.replaceSubrange(place, with: words.randomElement(using: &random) ?? "0")
      }
      guard let plan = try? JSONDecoder().decode(Plan.self, from: Data(changed.utf8)) else {
        continue
      }
      decoded += 1
      let proposal = Bench.proposal(plan)
      let decision = profile.decide(
        proposal, catalog: Bench.catalog, rows: { _ in 9 }, spent: { _, _ in 0 })
      #expect(!PartyRequest(proposal, catalog: Bench.catalog).party.isEmpty)
      guard decision.granted else { continue }
      #expect(Set(plan.members.map(\.registered)).isSubset(of: ["a", "b", "c", "hub"]))
      for task in plan.tasks {
        for part in task.parts where part.party == "a" {
          #expect(Bench.catalog[task.component]?.version == task.componentVersion)
          if let dataset = part.parameters.value["dataset"]?.string {
            #expect(dataset == "breast")
          }
          if task.component == "homo_lr" {
            #expect(part.parameters.value["privacy"]?["unit"] != .string("none"))
          }
        }
      }
    }
    #expect(decoded > 5)
  }
}
