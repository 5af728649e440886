import MoiraConfig
import MoiraModel
import MoiraPlan
import Testing

@Suite struct ParameterLayerTests {
  private let source = "  s: {component: source, parameters: {dataset: d}}\n"

  private func parts(_ plan: Plan, _ task: TaskID) throws -> [PartyID: ResolvedParameters] {
    let parts = try #require(plan[task]).parts
    return Dictionary(uniqueKeysWithValues: parts.map { ($0.party, $0.parameters) })
  }

  private let layered = """
      t:
        component: train
        inputs: {data: s.table}
        parameters: {epochs: 5, rate: 0.5, optimizer: {method: adam, momentum: 0.1}}
        at:
          host: {rate: 0.25, optimizer: {momentum: 0.2}}
          c: {optimizer: {momentum: 0.3}}
    """ + "\n"

  @Test func partyGoesOverRoleOverCommon() throws {
    let parts = try parts(makePlan(head + source + layered), "t")
    #expect(parts["a"]?.value["rate"] == .double(0.5))
    #expect(parts["b"]?.value["rate"] == .double(0.25))
    #expect(parts["c"]?.value["rate"] == .double(0.25))
    let momentum = ["a", "b", "c", "hub"].map { parts[$0]?.value["optimizer"]?["momentum"]?.number }
    #expect(momentum == [0.1, 0.2, 0.3, 0.1])
    #expect(parts.values.allSatisfy { $0.value["optimizer"]?["method"] == .string("adam") })
    #expect(parts.values.allSatisfy { $0.value["epochs"] == .int(5) })
  }

  @Test func everyValueKnowsItsLayer() throws {
    let parts = try parts(makePlan(head + source + layered), "t")
    let lines = ["a", "b", "c"].map { parts[$0]?.sites["optimizer.momentum"]?.line }
    #expect(lines == [8, 10, 11])
    #expect(parts["b"]?.sites["epochs"]?.line == 8)
    #expect(parts["b"]?.sites["rate"] == Site(file: "p.yaml", line: 10, column: 20))
  }

  @Test func theCommandLineGoesOverAll() throws {
    let plan = try makePlan(
      head + source + layered,
      overrides: [
        override("t.optimizer.momentum", "0.9"), override("t.epochs", "7"),
        override("t.epochs", "8"),
      ])
    for (_, parameters) in try parts(plan, "t") {
      #expect(parameters.value["optimizer"]?["momentum"] == .double(0.9))
      #expect(parameters.value["optimizer"]?["method"] == .string("adam"))
      #expect(parameters.value["epochs"] == .int(8))
      #expect(parameters.sites["epochs"]?.file == "--set")
    }
  }

  @Test func theCommandLineReachesATaskWithoutParameters() throws {
    let plan = try makePlan(
      head + source + "  t: {component: train, inputs: {data: s.table}}\n",
      overrides: [override("t.optimizer", "adam")])
    #expect(
      try parts(plan, "t").values.allSatisfy { $0.value["optimizer"]?["method"] == .string("adam") }
    )
  }

  @Test func aShorthandSurvivesALayerOverIt() throws {
    let text =
      head + source
      + "  t: {component: train, inputs: {data: s.table}, parameters: {optimizer: adam}, at: {b: {optimizer: {momentum: 0.5}}}}\n"
    let one = try parts(makePlan(text), "t")["b"]
    #expect(
      one?.value["optimizer"] == .map([("method", .string("adam")), ("momentum", .double(0.5))]))
    let two = try parts(makePlan(text, overrides: [override("t.optimizer.momentum", "0.7")]), "t")
    for party: PartyID in ["a", "b"] {
      #expect(
        two[party]?.value["optimizer"]
          == .map([("method", .string("adam")), ("momentum", .double(0.7))]))
    }
    let three = try parts(makePlan(text, overrides: [override("t.optimizer", "sgd")]), "t")
    #expect(
      three["b"]?.value["optimizer"]
        == .map([("method", .string("sgd")), ("momentum", .double(0.5))]))
  }

  @Test func overridesAreCheckedLikeTheFile() throws {
    let text = head + source + "  t: {component: train, inputs: {data: s.table}}\n"
    #expect(
      try problems(text, overrides: [override("t.epochs", "0")]) == [
        "1:10 param-out-of-range: 'epochs' must be at least 1, but is 0"
      ])
    #expect(
      try problems(text, overrides: [override("t.epoch", "3")]) == [
        "1:9 param-unknown: 'epoch' is not a parameter of 'train' | did you mean 'epochs'?"
      ])
    #expect(
      try problems(text, overrides: [override("q.epochs", "3"), override("w.epochs", "3")]) == [
        "1:10 task-unknown: 'q' is not a task of the pipeline | tasks are s, t",
        "1:10 task-unknown: 'w' is not a task of the pipeline | tasks are s, t",
      ])
  }

  @Test func whatIsMissingAtSomePartiesIsSaidWithTheirNames() throws {
    #expect(
      try problems(head + "  s: {component: source, at: {a: {dataset: d}}}\n") == [
        "4:3 param-missing: 'source' needs the parameter 'dataset' at 'b' and 'c' | dataset: Help on dataset."
      ])
    #expect(
      try problems(head + "  s: {component: source}\n") == [
        "4:3 param-missing: 'source' needs the parameter 'dataset' | dataset: Help on dataset."
      ])
  }

  @Test func aValueThatPartiesShareIsSaidOnce() throws {
    let text =
      head
      + "  s: {component: source, parameters: {id: [1]}, at: {a: {dataset: d}, host: {dataset: e}}}\n"
    #expect(
      try problems(text) == ["4:43 param-type: 'id' must be a string, but is a list"])
  }

  @Test func whatSpansParametersIsCheckedByTheComponent() throws {
    let text =
      head + source + "  t: {component: train, inputs: {data: s.table}, parameters: {epochs: 13}}\n"
    #expect(
      try problems(text) == [
        "5:71 param-conflict: 'epochs' must not be 13 with this method | write 12"
      ])
  }

  @Test func confOfATaskGoesOverThatOfTheJob() throws {
    let text = """
      moira: 1
      parties: {guest: a}
      conf: {retries: 3, backoff: 5, parallelism: 2, timeout: 60, cache: false}
      tasks:
        x: {component: mix}
        y: {component: mix, conf: {retries: 1, backoff: {factor: 3}, cache: true, timeout: , priority: 9}}
      """
    let plan = try makePlan(text)
    #expect(plan.parallelism == 2)
    let x = try #require(plan["x"]).policy
    #expect((x.retries, x.backoffInitial, x.backoffFactor) == (3, 5, 2))
    #expect(x.timeout == 60 && !x.cache && x.priority == 0)
    let y = try #require(plan["y"]).policy
    #expect((y.retries, y.backoffInitial, y.backoffFactor) == (1, 5, 3))
    #expect(y.timeout == nil && y.cache && y.priority == 9)
  }

  @Test func reuseIsWhatComponentAndConfBothAllow() throws {
    let text =
      head + source + "  k: {component: keys}\n  m: {component: mix, conf: {cache: false}}\n"
    let plan = try makePlan(text)
    #expect(["s", "k", "m"].map { plan[TaskID($0)]?.isReusable } == [true, false, false])
  }

  @Test(arguments: [
    ("conf: 5", ["4:7 param-type: the parameters of 'conf' must be a mapping, but are 5"]),
    (
      "conf: {retries: -1}",
      [
        "4:17 param-out-of-range: 'retries' must be at least 0, but is -1 | allowed: at least 0 and at most 100"
      ]
    ),
    (
      "conf: {paralelism: 1}",
      ["4:8 param-unknown: 'paralelism' is not a parameter of 'conf' | did you mean 'parallelism'?"]
    ),
    (
      "conf: {timeout: 0}",
      [
        "4:17 param-out-of-range: 'timeout' must be more than 0, but is 0 | allowed: more than 0 and at most 31622400"
      ]
    ),
    (
      "conf: {backoff: {factor: 0.5}}",
      [
        "4:26 param-out-of-range: 'backoff.factor' must be at least 1, but is 0.5 | allowed: at least 1 and at most 1000"
      ]
    ),
    (
      "conf: {wait_for_party: 1e30}",
      [
        "4:24 param-out-of-range: 'wait_for_party' must be at most 31622400, but is 1e30 | allowed: at least 0 and at most 31622400"
      ]
    ),
  ])
  func aWrongConfIsSaidOnce(conf: String, expected: [String]) throws {
    let text = "moira: 1\nparties: {guest: a}\ntasks: {x: {component: mix}, y: {component: mix}}\n"
    #expect(try problems(text + conf + "\n") == expected)
  }
}
