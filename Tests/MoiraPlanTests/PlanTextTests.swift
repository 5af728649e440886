import MoiraConfig
import MoiraModel
import MoiraPlan
import Testing

private let example =
  head + """
      reader:
        component: source
        parameters: {dataset: x, id: key}
        at:
          c: {dataset: y}
      keys: {component: keys}
      fit:
        component: train
        inputs: {data: reader.table, protection: keys.protection}
        parameters: {optimizer: adam}
        conf: {retries: 2, timeout: 30}
      keep:
        component: sink
        inputs: {model: fit.model}
        after: [reader]
    """

private let hash = ContentHash("0123456789abcdef0123456789abcdef")

struct PlanTextTests {
  @Test func theTextSaysLevelsWiresValuesAndWhereEachCameFrom() throws {
    let plan = try makePlan(example, overrides: [override("fit.epochs", "5")])
    #expect(
      plan.text(hash: hash) == """
        pipeline  plan 0123456789ab  4 tasks, 4 at once
          guest   a
          host    b, c
          arbiter hub

        level 1, side by side
          reader  source at a, b, c
            dataset  x    p.yaml:6  at a, b
                     y    p.yaml:8  at c
            id       key  p.yaml:6
          keys  keys at a, b, c, hub

        level 2
          fit  train at a, b, c, hub
            needs data from reader.table, protection from keys.protection
            retries 2, timeout 30 s
            epochs              5     --set
            rate                0.1   default
            optimizer.method    adam  p.yaml:13
            optimizer.momentum  0     default

        level 3
          keep  sink at a
            needs model from fit.model, after reader

        """)
  }

  @Test func mermaidNamesEachEdgeByItsPorts() throws {
    #expect(
      try makePlan(example).mermaid == """
        flowchart LR
          t0["reader<br/>source"]
          t1["keys<br/>keys"]
          t2["fit<br/>train"]
          t3["keep<br/>sink"]
          t0 -- "table → data" --> t2
          t1 -- "protection" --> t2
          t2 -- "model" --> t3
          t0 -.-> t3

        """)
  }

  @Test func dotQuotesTheNameOfThePipeline() throws {
    let plan = try makePlan("name: 'a \"b\" \\'\n" + example)
    let dot = plan.dot
    #expect(dot.hasPrefix("digraph \"a \\\"b\\\" \\\\\" {\n  rankdir=LR\n"))
    #expect(dot.contains("  t0 [label=\"reader\\nsource\"]\n"))
    #expect(dot.contains("  t0 -> t2 [label=\"table → data\"]\n"))
    #expect(dot.contains("  t0 -> t3 [style=dashed]\n"))
  }

  @Test func theJSONHasEveryValueWithItsPlaceAndParties() throws {
    let json = try makePlan(example).json(hash: hash)
    #expect(json["hash"] == .string(hash.text))
    guard case .list(let tasks)? = json["tasks"], let reader = tasks.first,
      case .list(let values)? = reader["parameters"]
    else {
      Issue.record("no tasks with parameters")
      return
    }
    #expect(tasks.count == 4)
    #expect(values.count == 3)
    #expect(values[1]["value"] == .string("y"))
    #expect(values[1]["line"] == .int(8))
    #expect(values[1]["parties"] == .list([.string("c")]))
  }

  @Test func runningAnewReachesAllThatStandsOnTheTaskAndNothingElse() throws {
    let plan = try makePlan(example).withoutReuse(from: "fit")
    #expect(plan.tasks.filter(\.isReusable).map(\.id) == ["reader"])
    let all = try makePlan(example).withoutReuse(from: "reader")
    #expect(all.tasks.allSatisfy { !$0.isReusable })
  }

  @Test(arguments: [
    (ConfigValue.string("no"), "no"), (.string("1"), "\"1\""), (.string(""), "\"\""),
    (.string("a b"), "\"a b\""), (.list([.int(1), .int(2)]), "[1,2]"), (.null, "null"),
    (.string("true"), "true".debugDescription),
  ])
  func aValueIsWrittenSoThatItReadsAsItself(value: ConfigValue, text: String) {
    #expect(value.written == text)
  }
}

struct SchemaPageTests {
  @Test func thePageListsPortsAndNestedParametersAndEscapesBars() throws {
    let page = try #require(testCatalog["train"]).markdown
    #expect(page.hasPrefix("# train\n\nTrains.\n\nRuns at guest, host and arbiter. Version 3.\n"))
    #expect(page.contains("| `check` | table, optional | guest, host | In. |\n"))
    #expect(page.contains("| `epochs` | integer | 20 | at least 1 | Help on epochs. |\n"))
    #expect(page.contains("| `optimizer.method` | sgd, adam | sgd |  | Help on method. |\n"))
    let barred = ComponentSchema(
      name: "x", version: 1, summary: "S.", roles: [.guest],
      inputs: [PortSchema(name: "in", kind: .table, help: "a | b", roles: [.guest])], outputs: [],
      parameters: ParameterGroup([]))
    #expect(barred.markdown.contains("| `in` | table | guest | a \\| b |\n"))
  }

  @Test func theJSONSchemaTiesParametersToTheirComponent() throws {
    let schema = testCatalog.pipelineJSONSchema
    let group = try #require(schema["$defs"]?["train.parameters"]?["properties"])
    #expect(group["epochs"]?["type"] == .string("integer"))
    #expect(group["epochs"]?["minimum"] == .int(1))
    #expect(group["epochs"]?["default"] == .int(20))
    #expect(group["optimizer"]?["anyOf"] != nil)
    guard case .list(let rules)? = schema["$defs"]?["task"]?["allOf"] else {
      Issue.record("no rules by component")
      return
    }
    #expect(rules.count == testCatalog.names.count)
    let train = rules.first {
      $0["if"]?["properties"]?["component"]?["const"] == .string("train")
    }
    #expect(
      train?["then"]?["properties"]?["parameters"]?["$ref"] == .string("#/$defs/train.parameters"))
  }
}
