import MoiraConfig
import MoiraModel
import MoiraPlan
import MoiraYAML
import Testing

@Suite("Inputs by party")
struct InputByPartyTests {
  private static let two = """
      s: {component: source, parameters: {dataset: d}}
      r: {component: source, parameters: {dataset: e}}

    """

  private func sources(_ text: String, _ task: TaskID = "m") throws -> [PartyID: [String]] {
    let plan = try makePlan(text)
    let parts = try #require(plan[task]).parts
    return Dictionary(
      uniqueKeysWithValues: parts.map { part in
        (part.party, part.inputs.map { "\($0.port): \($0.task).\($0.output)" })
      })
  }

  @Test func `a party's own source goes over that of its role`() throws {
    let text =
      head + Self.two
      + "  m: {component: mix, inputs: {data: {guest: s.table, b: r.table, host: s.table}}}\n"
    #expect(
      try sources(text) == [
        "a": ["data: s.table"], "b": ["data: r.table"], "c": ["data: s.table"],
      ])
    #expect(try makePlan(text)["m"]?.needs == ["s", "r"])
  }

  @Test func `an input that may be left out is left out where no source is for`() throws {
    let text =
      head + Self.two
      + "  m: {component: mix, inputs: {data: s.table, more: {host: r.table}}}\n"
    #expect(
      try sources(text) == [
        "a": ["data: s.table"], "b": ["data: s.table", "more: r.table"],
        "c": ["data: s.table", "more: r.table"],
      ])
  }

  @Test func `a source is made only at the parties that take it`() throws {
    let text =
      head + Self.two + """
          x: {component: mix, parties: [a], inputs: {data: s.table}}
          y: {component: mix, parties: [b, c], inputs: {data: r.table}}
          t: {component: train, inputs: {data: {guest: x.table, host: y.table}}}

        """
    #expect(
      try sources(text, "t") == [
        "a": ["data: x.table"], "b": ["data: y.table"], "c": ["data: y.table"], "hub": [],
      ])
    let swapped = text.replacing(
      "guest: x.table, host: y.table", with: "guest: y.table, b: x.table, c: y.table")
    #expect(
      try problems(swapped) == [
        "8:48 producer-elsewhere: 't' needs 'y.table' at 'a', but it is not made there | it is made at b and c",
        "8:60 producer-elsewhere: 't' needs 'x.table' at 'b', but it is not made there | it is made at a",
      ])
  }

  @Test func `a source that a party's own hides is no need`() throws {
    let text =
      head + Self.two + "  m: {component: mix, inputs: {data: {guest: s.table, a: r.table}}}\n"
    #expect(try sources(text)["a"] == ["data: r.table"])
    #expect(try makePlan(text)["m"]?.needs == ["r"])
  }

  @Test(arguments: [
    (
      "{guest: s.table}",
      [
        "6:34 port-missing: 't' needs the input 'data' at 'b' and 'c', but none of its sources is for there | name the party, or its role"
      ]
    ),
    (
      "{}",
      [
        "6:3 port-missing: 't' needs the input 'data', which takes a table | 's.table' and 'r.table' are of the kind 'table'"
      ]
    ),
    (
      "{guest: s.table, host: [r.table]}",
      [
        "6:34 port-missing: 't' needs the input 'data' at 'b' and 'c', but none of its sources is for there | name the party, or its role",
        "6:63 input-form: 'data' at 'host' must be 'task.port', but is a list",
      ]
    ),
    (
      "{guest: s.table, host: r}",
      [
        "6:63 input-form: 'data' must be 'task.port', but is 'r' | 's.table' and 'r.table' are of the kind 'table'"
      ]
    ),
    (
      "{guest: s.table, host: r.table, d: s.table}",
      ["6:72 party-unknown: 'd' is not a party of the pipeline | parties are a, b, c, hub"]
    ),
    (
      "{guest: s.table, host: r.table, hub: s.table}",
      [
        "6:72 role-lacking: 'train' takes no 'data' at an arbiter, which 'hub' is | it takes it at guest and host"
      ]
    ),
    (
      "{guest: s.table, host: r.table, arbiter: s.table}",
      ["6:72 role-lacking: 'train' takes no 'data' at an arbiter | it takes it at guest and host"]
    ),
    (
      "{guest: s.table, host: q.table}",
      ["6:63 task-unknown: 'q' is not a task of the pipeline | tasks are s, r, t"]
    ),
    (
      "{guest: s.table, host: r.tabel}",
      ["6:63 output-unknown: 'r' has no output 'tabel' | did you mean 'table'?"]
    ),
  ])
  func `what is wrong is said at its place`(data: String, expected: [String]) throws {
    #expect(
      try problems(head + Self.two + "  t: {component: train, inputs: {data: \(data)}}\n")
        == expected)
  }

  @Test func `a party without a part takes nothing`() throws {
    let text =
      head + Self.two
      + "  m: {component: mix, parties: [a], inputs: {data: {a: s.table, b: r.table, host: r.table}}}\n"
    #expect(
      try problems(text) == [
        "6:65 at-without-part: 'b' has no part in 'm' | parts are at a",
        "6:77 at-without-part: 'host' has no part in 'm' | parts are at a",
      ])
  }

  @Test func `what hides values is the same at all parties`() throws {
    let text =
      head + Self.two
      + "  k: {component: keys}\n  t: {component: train, inputs: {data: s.table, protection: {guest: k.protection}}}\n"
    #expect(
      try problems(text) == [
        "7:62 input-form: 'protection' must be the same at all parties, for they hide values from one another with it | protection: k.protection"
      ])
  }

  @Test func `a cycle through one party's input is a cycle`() throws {
    let text =
      head + Self.two + """
          m: {component: mix, inputs: {data: {a: n.table}}}
          n: {component: mix, inputs: {data: m.table}}

        """
    #expect(try problems(text) == ["6:3 plan-cycle: tasks form a cycle: m → n → m"])
  }

  @Test func `the short form reads back, and means the plan of the long one`() throws {
    let by = "{guest: s.table, host: r.table}"
    let text = head + Self.two + "  m: {component: mix, inputs: {data: \(by)}}\n"
    let pipeline = try Pipeline(reading: readYAML(text, file: "p.yaml"))
    #expect(pipeline.yaml.contains("    inputs: {data: \(by)}\n"))
    let again = try Pipeline(reading: readYAML(pipeline.yaml, file: "q.yaml"))
    let plan = try makePlan(text)
    #expect(try Plan(again, catalog: testCatalog).tasks.map(\.id) == plan.tasks.map(\.id))
    #expect(again.yaml == pipeline.yaml)
    #expect(
      plan.text(hash: ContentHash("0123456789abcdef0123456789abcdef"))
        .contains("    needs data from s.table at a, data from r.table at b, c\n"))
    let spread = "{a: s.table, b: r.table, c: r.table}"
    let long = try makePlan(text.replacing(by, with: spread))
    #expect(long["m"]?.parts == plan["m"]?.parts && long["m"]?.needs == plan["m"]?.needs)
  }
}
