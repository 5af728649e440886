import Foundation
import MoiraConfig
import MoiraModel
import MoiraPlan
import Testing

@Suite struct OrderTests {
  /// Needs by task: `data`, `more` or `after` wires to tasks of lower number, shuffled in the file.
  private func randomDAG(_ count: Int, _ random: inout SeededGenerator) -> (
    text: String, needs: [Int: Set<Int>]
  ) {
    var needs: [Int: Set<Int>] = [:]
    var lines: [String] = []
    for task in 0..<count {
      var fields = ["component: mix"]
      var wires: [String] = []
      for port in ["data", "more"] where task > 0 && Bool.random(using: &random) {
        let producer = Int.random(in: 0..<task, using: &random)
        needs[task, default: []].insert(producer)
        wires.append("\(port): t\(producer).table")
      }
      if !wires.isEmpty { fields.append("inputs: {\(wires.joined(separator: ", "))}") }
      if task > 1, Bool.random(using: &random) {
        let earlier = (0..<2).map { _ in Int.random(in: 0..<task, using: &random) }
        needs[task, default: []].formUnion(earlier)
        fields.append("after: [\(earlier.map { "t\($0)" }.joined(separator: ", "))]")
      }
      lines.append("  t\(task): {\(fields.joined(separator: ", "))}\n")
    }
    return (head + lines.shuffled(using: &random).joined(), needs)
  }

  @Test(arguments: 0..<50)
  func everyTaskComesAfterWhatItNeeds(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let (text, needs) = randomDAG(Int.random(in: 1...40, using: &random), &random)
    let plan = try makePlan(text)
    var done: Set<TaskID> = []
    var levels: [TaskID: Int] = [:]
    for task in plan.tasks {
      let number = try #require(Int(task.id.text.dropFirst()))
      #expect(Set(task.needs) == Set((needs[number] ?? []).map { TaskID("t\($0)") }))
      #expect(Set(task.needs).count == task.needs.count)
      #expect(done.isSuperset(of: task.needs))
      done.insert(task.id)
      levels[task.id] = 1 + (task.needs.compactMap { levels[$0] }.max() ?? -1)
      #expect(task.level == levels[task.id])
    }
    #expect(done.count == plan.tasks.count)
    #expect(try makePlan(text) == plan)
  }

  @Test func theOrderOfTheFileIsKeptWhereItCanBe() throws {
    let tasks = ["z", "a", "m", "b"].map { "  \($0): {component: mix}\n" }.joined()
    #expect(try makePlan(head + tasks).tasks.map(\.id) == ["z", "a", "m", "b"])
    let late = "  z: {component: mix, after: [b]}\n  a: {component: mix}\n  b: {component: mix}\n"
    #expect(try makePlan(head + late).tasks.map(\.id) == ["b", "z", "a"])
  }

  @Test func levelsSayWhatMayRunSideBySide() throws {
    let text =
      head + "  x: {component: mix}\n  y: {component: mix}\n"
      + "  z: {component: mix, inputs: {data: x.table, more: y.table}}\n"
      + "  w: {component: mix, after: [z, x]}\n"
    #expect(try makePlan(text).tasks.map(\.level) == [0, 0, 1, 2])
  }

  @Test func inputsAreWiredWhereTheyAreMade() throws {
    let text =
      head + "  s: {component: source, parameters: {dataset: d}}\n  k: {component: keys}\n"
      + "  t: {component: train, inputs: {data: s.table, protection: k.protection}}\n"
    let parts = try #require(try makePlan(text)["t"]).parts
    #expect(parts.map(\.party) == ["a", "b", "c", "hub"])
    #expect(
      parts[0].inputs.map { "\($0.port)=\($0.task).\($0.output)" } == [
        "data=s.table", "protection=k.protection",
      ])
    #expect(parts[3].inputs.map(\.port) == ["protection"])
  }

  @Test func aPlanKeepsAllThroughCoding() throws {
    let text = """
      moira: 1
      name: whole
      parties: {guest: a, host: [b, c], arbiter: hub}
      conf: {timeout: 60, retries: 2}
      tasks:
        s: {component: source, parameters: {dataset: d, id: "é\\n"}}
        k: {component: keys}
        t:
          component: train
          inputs: {data: s.table, protection: k.protection}
          parameters: {rate: 1, optimizer: adam}
          at: {b: {rate: 1e-300}, c: {rate: 12345678901234567}}
      """
    let plan = try makePlan(text)
    let coded = try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan))
    #expect(coded == plan)
    #expect(coded.hashValue == plan.hashValue)
    for (one, other) in zip(plan.tasks, coded.tasks) {
      #expect(
        one.parts.map { $0.parameters.value.json(sorted: true) }
          == other.parts.map { $0.parameters.value.json(sorted: true) })
    }
  }

  @Test func aChainOfTenThousandIsPlanned() throws {
    let count = 10_000
    var text = head + "  t0: {component: mix}\n"
    // Written backwards, so that the walk goes all the way down at once.
    for index in (1..<count).reversed() {
      text += "  t\(index): {component: mix, inputs: {data: t\(index - 1).table}}\n"
    }
    let plan = try makePlan(text)
    #expect(plan.tasks.map(\.level) == Array(0..<count))
    #expect(plan.tasks.last?.id == TaskID("t\(count - 1)"))
  }

  @Test func aFanOfTenThousandIsPlanned() throws {
    let count = 10_000
    var text = head + "  t0: {component: mix}\n"
    for index in 1..<count { text += "  t\(index): {component: mix, after: [t0]}\n" }
    let plan = try makePlan(text)
    #expect(plan.tasks.map(\.id) == (0..<count).map { TaskID("t\($0)") })
    #expect(plan.tasks.dropFirst().allSatisfy { $0.level == 1 })
  }

  @Test func aCycleOfTenThousandIsToldWithoutRecursion() throws {
    let count = 10_000
    let tasks = (0..<count).map { "  t\($0): {component: mix, after: [t\(($0 + 1) % count)]}\n" }
    #expect(try problems(head + tasks.joined()).count == 1)
  }
}
