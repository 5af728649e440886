import MoiraModel
import MoiraPlan
import Testing

@Suite struct LookupTests {
  private static let src = "  s: {component: source, parameters: {dataset: d}}\n"

  @Test(arguments: [
    (
      "  s: {component: sorce}\n",
      ["4:18 component-unknown: 'sorce' is not a component | did you mean 'source'?"]
    ),
    (
      "  s: {component: hetero_nn}\n",
      ["4:18 component-unknown: 'hetero_nn' is not a component | 'moira components' lists them"]
    ),
    (
      src + "  t: {component: train, inputs: {dta: s.table}}\n",
      [
        "5:3 port-missing: 't' needs the input 'data', which takes a table | 's.table' is a table",
        "5:34 port-unknown: 'dta' is not an input of 'train' | did you mean 'data'?",
      ]
    ),
    (
      src + "  t: {component: mix, inputs: {pictures: s.table}}\n",
      ["5:32 port-unknown: 'pictures' is not an input of 'mix' | inputs are data, more"]
    ),
    (
      "  s: {component: source, parameters: {dataset: d}, inputs: {x: s.table}}\n",
      ["4:61 port-unknown: 'x' is not an input of 'source' | it has no inputs"]
    ),
    (
      "  t: {component: train}\n",
      ["4:3 port-missing: 't' needs the input 'data', which takes a table | no task makes a table"]
    ),
    (
      "  x: {component: mix}\n  y: {component: mix}\n  t: {component: train}\n",
      [
        "6:3 port-missing: 't' needs the input 'data', which takes a table | 'x.table' and 'y.table' are of the kind 'table'"
      ]
    ),
    (
      src + "  t: {component: train, inputs: {data: s}}\n",
      ["5:40 input-form: 'data' must be 'task.port', but is 's' | 's.table' is a table"]
    ),
    (
      src + "  t: {component: train, inputs: {data: s.table.x}}\n",
      ["5:40 input-form: 'data' must be 'task.port', but is 's.table.x' | 's.table' is a table"]
    ),
    (
      "  source_0: {component: source, parameters: {dataset: d}}\n  t: {component: train, inputs: {data: source_1.table}}\n",
      ["5:40 task-unknown: 'source_1' is not a task of the pipeline | did you mean 'source_0'?"]
    ),
    (
      src + "  t: {component: train, inputs: {data: reader.table}}\n",
      ["5:40 task-unknown: 'reader' is not a task of the pipeline | tasks are s, t"]
    ),
    (
      src + "  t: {component: train, inputs: {data: s.tables}}\n",
      ["5:40 output-unknown: 's' has no output 'tables' | did you mean 'table'?"]
    ),
    (
      src + "  t: {component: train, inputs: {data: s.rows}}\n",
      ["5:40 output-unknown: 's' has no output 'rows' | outputs are table"]
    ),
    (
      src + "  k: {component: keys}\n  t: {component: train, inputs: {data: k.protection}}\n",
      [
        "6:40 port-kind-mismatch: 't.data' takes a table, but 'k.protection' is protection | 's.table' is a table"
      ]
    ),
    (
      src + "  m: {component: mix, after: [q]}\n",
      ["5:31 task-unknown: 'q' is not a task of the pipeline | tasks are s, m"]
    ),
    (
      src + "  m: {component: mix, at: {hub: {}}}\n",
      ["5:28 at-without-part: 'hub' has no part in 'm' | parts are at a, b and c"]
    ),
    (
      src + "  m: {component: mix, at: {arbiter: {}}}\n",
      ["5:28 role-lacking: 'mix' has no part for an arbiter | it runs at guest and host"]
    ),
    (
      src + "  m: {component: mix, parties: [a], at: {b: {}, host: {}}}\n",
      [
        "5:42 at-without-part: 'b' has no part in 'm' | parts are at a",
        "5:49 at-without-part: 'host' has no part in 'm' | parts are at a",
      ]
    ),
    (
      src + "  m: {component: mix, at: {d: {}, clinic: }}\n",
      [
        "5:28 party-unknown: 'd' is not a party of the pipeline | parties are a, b, c, hub",
        "5:35 party-unknown: 'clinic' is not a party of the pipeline | parties are a, b, c, hub",
      ]
    ),
    (
      src + "  m: {component: mix, parties: [a, hab]}\n",
      ["5:36 party-unknown: 'hab' is not a party of the pipeline | did you mean 'hub'?"]
    ),
    (
      src + "  m: {component: mix, parties: [a, hub]}\n",
      [
        "5:36 role-lacking: 'mix' has no part for an arbiter, which 'hub' is | it runs at guest and host"
      ]
    ),
    (
      src
        + "  m: {component: mix, parties: [a], inputs: {data: s.table}}\n  n: {component: mix, inputs: {data: m.table}}\n",
      [
        "6:38 producer-elsewhere: 'n' needs 'm.table' at 'b', but it is not made there | it is made at a",
        "6:38 producer-elsewhere: 'n' needs 'm.table' at 'c', but it is not made there | it is made at a",
      ]
    ),
    (
      src + "  m: {component: mix, parties: []}\n",
      ["5:3 task-without-parties: no party has a part in 'm': 'mix' runs at guest and host"]
    ),
  ])
  func isSaidAtItsPlace(tasks: String, expected: [String]) throws {
    #expect(try problems(head + tasks) == expected)
  }

  @Test func aRoleThatMustBeThereIsAskedFor() throws {
    #expect(
      try problems("moira: 1\nparties: {guest: a}\ntasks: {k: {component: keys}}\n") == [
        "3:24 role-missing: 'keys' needs a party with the role arbiter, but the pipeline lists none | add 'arbiter: hub' to 'parties'"
      ])
  }

  @Test func aComponentForAbsentRolesHasNoParts() throws {
    #expect(
      try problems("moira: 1\nparties: {arbiter: a}\ntasks:\n  m: {component: mix}\n") == [
        "4:3 task-without-parties: no party has a part in 'm': 'mix' runs at guest and host"
      ])
  }

  @Test func partiesAndDatasetsAreLookedUpInTheRegistry() throws {
    let tasks =
      "  s: {component: source, at: {a: {dataset: brest}, b: {dataset: wine}, c: {dataset: x}}}\n"
    let registry = Registry(datasets: ["a": ["breast", "wine"], "b": ["wine"], "hubs": []])
    #expect(
      try problems(head + tasks, registry: registry) == [
        "2:31 party-unregistered: 'c' is not a registered party | registered are a, b, hubs",
        "2:44 party-unregistered: 'hub' is not a registered party | did you mean 'hubs'?",
        "4:44 dataset-unregistered: 'a' has no dataset 'brest' | did you mean 'breast'?",
      ])
  }

  @Test func anEmptyRegistrySaysHowToBegin() throws {
    let text = "moira: 1\nparties: {guest: a}\ntasks: {m: {component: mix}}\n"
    #expect(
      try problems(text, registry: Registry(datasets: [:])) == [
        "2:18 party-unregistered: 'a' is not a registered party | no party is registered; 'moira party init a' makes one"
      ])
  }

  @Test func datasetsThatAreThereAreListed() throws {
    let text = head + "  s: {component: source, parties: [a, b], parameters: {dataset: zebra}}\n"
    let registry = Registry(datasets: ["a": ["u", "v"], "b": [], "c": [], "hub": []])
    #expect(
      try problems(text, registry: registry) == [
        "4:65 dataset-unregistered: 'a' and 'b' have no dataset 'zebra' | registered are u and v"
      ])
  }

  @Test func withoutAnyDatasetTheHintSaysHowToBegin() throws {
    let text = head + "  s: {component: source, parties: [a, b], parameters: {dataset: zebra}}\n"
    let registry = Registry(datasets: ["a": [], "b": [], "c": [], "hub": []])
    #expect(
      try problems(text, registry: registry) == [
        "4:65 dataset-unregistered: 'a' and 'b' have no dataset 'zebra' | 'moira party dataset add' registers one"
      ])
  }

  @Test func allIsSaidInOneGoByPlace() throws {
    let text = """
      moira: 2
      parties: {guest: a, hst: b}
      tasks:
        s: {component: sorce}
        m: {component: mix, inputs: {dta: m.table}, conf: {retries: -1}}
        t: {component: train, inputs: {data: m.tabel}, parameters: {epochs: 0}}
      """
    #expect(
      try problems(text).map { $0.split(separator: ":")[0...1].joined(separator: ":") } == [
        "1:8 pipeline-version", "2:21 role-unknown", "4:18 component-unknown", "5:32 port-unknown",
        "5:63 param-out-of-range", "6:40 output-unknown", "6:71 param-out-of-range",
      ])
  }

  @Test func ofThousandsOfErrorsTheFirstGetHints() throws {
    let tasks = (0..<2000).map {
      "  task_\($0): {component: mix, inputs: {data: tusk_\($0).table}}\n"
    }
    let found = try problems(head + tasks.joined())
    #expect(found.count == 2000)
    #expect(found[0].hasSuffix("| did you mean 'task_0'?"))
    #expect(found.filter { $0.contains(" | ") }.count == 100)
  }
}
