import MoiraConfig
import MoiraModel
import MoiraPlan
import MoiraYAML
import Testing

@Suite struct FormTests {
  private static let task = "tasks: {s: {component: mix}}\n"
  private static let parties = "parties: {guest: a}\n"

  @Test(arguments: [
    (
      "[1]",
      [
        "1:1 pipeline-form: a pipeline must be a mapping, but is a list | 'moira init homo_lr' writes a pipeline to start from"
      ]
    ),
    (
      "",
      [
        "1:1 pipeline-form: a pipeline must be a mapping, but is empty | 'moira init homo_lr' writes a pipeline to start from"
      ]
    ),
    (
      parties + task,
      [
        "1:1 pipeline-version: a pipeline must say which format it is written in | put 'moira: 1' in the first line"
      ]
    ),
    (
      "moira: 2\n" + parties + task,
      ["1:8 pipeline-version: 'moira' must be 1, the format that this build reads, but is 2"]
    ),
    (
      "moira: '1'\n" + parties + task,
      ["1:8 pipeline-version: 'moira' must be 1, the format that this build reads, but is '1'"]
    ),
    (
      "moira: 1\n" + parties + task + "task: 5\n",
      ["4:1 key-unknown: 'task' is not a key of a pipeline | did you mean 'tasks'?"]
    ),
    (
      "moira: 1\n" + parties + task + "widgets: 5\n",
      [
        "4:1 key-unknown: 'widgets' is not a key of a pipeline | a pipeline has moira, name, description, parties, tasks, conf"
      ]
    ),
    (
      "moira: 1\nname: [x]\n" + parties + task,
      ["2:7 pipeline-form: 'name' must be a string, but is a list"]
    ),
    (
      "moira: 1\n" + task,
      [
        "1:1 pipeline-form: a pipeline must list its 'parties' | parties: {guest: hospital-a, host: [hospital-b, hospital-c], arbiter: hub}"
      ]
    ),
    (
      "moira: 1\nparties:\n" + task,
      [
        "2:1 pipeline-form: a pipeline must list its 'parties' | parties: {guest: hospital-a, host: [hospital-b, hospital-c], arbiter: hub}"
      ]
    ),
    (
      "moira: 1\nparties: {}\n" + task,
      [
        "2:1 pipeline-form: a pipeline must list its 'parties' | parties: {guest: hospital-a, host: [hospital-b, hospital-c], arbiter: hub}"
      ]
    ),
    (
      "moira: 1\nparties: {guest: []}\n" + task,
      [
        "2:1 pipeline-form: a pipeline must list its 'parties' | parties: {guest: hospital-a, host: [hospital-b, hospital-c], arbiter: hub}"
      ]
    ),
    (
      "moira: 1\nparties: [a, b]\n" + task,
      ["2:10 pipeline-form: 'parties' must be a mapping, but is a list"]
    ),
    (
      "moira: 1\nparties: {gest: a, guest: b}\n" + task,
      ["2:11 role-unknown: 'gest' is not a role | did you mean 'guest'?"]
    ),
    (
      "moira: 1\nparties: {boss: a, guest: b}\n" + task,
      ["2:11 role-unknown: 'boss' is not a role | roles are guest, host, arbiter"]
    ),
    (
      "moira: 1\nparties: {guest: a, host: [b, b]}\n" + task,
      [
        "2:31 party-twice: 'b' is listed as host already | a party may have several roles, but each of them once"
      ]
    ),
    (
      "moira: 1\nparties: {guest: ../etc}\n" + task,
      [
        "2:18 party-name: '../etc' is not a name for a party | letters, digits, '-', '_' and '.', beginning with a letter or digit, 64 at most"
      ]
    ),
    (
      "moira: 1\nparties: {guest: {x: 1}}\n" + task,
      ["2:18 party-name: a party must be named, but is a mapping"]
    ),
    (
      "moira: 1\n" + parties,
      [
        "1:1 pipeline-form: a pipeline must have 'tasks' | tasks: {reader_0: {component: reader, parameters: {dataset: breast}}}"
      ]
    ),
    (
      "moira: 1\n" + parties + "tasks: {}\n",
      [
        "3:1 pipeline-form: a pipeline must have 'tasks' | tasks: {reader_0: {component: reader, parameters: {dataset: breast}}}"
      ]
    ),
    (
      "moira: 1\n" + parties + "tasks: 5\n",
      ["3:8 pipeline-form: 'tasks' must be a mapping, but is 5"]
    ),
    (
      head + "  9x: {component: mix}\n",
      [
        "4:3 task-name: '9x' is not a name for a task | letters, digits, '_' and '-', beginning with a letter, 64 at most"
      ]
    ),
    (
      head + "  x.y: {component: mix}\n",
      [
        "4:3 task-name: 'x.y' is not a name for a task | letters, digits, '_' and '-', beginning with a letter, 64 at most"
      ]
    ),
    (head + "  s:\n", ["4:3 pipeline-form: the task 's' is empty"]),
    (head + "  s: mix\n", ["4:6 pipeline-form: the task 's' must be a mapping, but is 'mix'"]),
    (
      head + "  s: {after: []}\n",
      ["4:3 task-component: the task 's' must name its 'component' | 'moira components' lists them"]
    ),
    (
      head + "  s: {component: [mix]}\n",
      [
        "4:18 task-component: the task 's' must name its 'component' | 'moira components' lists them"
      ]
    ),
    (
      head + "  s: {component: mix, paramters: {}}\n",
      ["4:23 key-unknown: 'paramters' is not a key of a task | did you mean 'parameters'?"]
    ),
    (
      head + "  s: {component: mix, inputs: [x]}\n",
      ["4:31 pipeline-form: 'inputs' must be a mapping, but is a list"]
    ),
    (
      head + "  s: {component: mix, inputs: {data: [x]}}\n",
      ["4:38 input-form: 'data' must be 'task.port', but is a list"]
    ),
    (
      head + "  s: {component: mix, at: {a: 5}}\n",
      ["4:31 pipeline-form: the parameters at 'a' must be a mapping, but is 5"]
    ),
    (
      head + "  s: {component: mix, after: [{a: b}]}\n",
      ["4:31 pipeline-form: 'after' must be a list of names, but has a mapping"]
    ),
  ])
  func isSaidAtItsPlace(text: String, expected: [String]) throws {
    #expect(try problems(text) == expected)
  }

  @Test func aDuplicateTaskIsSaidByTheReader() throws {
    let text = head + "  s: {component: mix}\n  s: {component: mix}\n"
    do {
      _ = try readYAML(text, file: "p.yaml")
      Issue.record("read")
    } catch {
      #expect(error.all.map(\.message) == ["the key 's' is already set"])
      #expect(error.all.first?.site == Site(file: "p.yaml", line: 5, column: 3))
    }
  }

  @Test func numbersAreNamesOfParties() throws {
    let plan = try makePlan("moira: 1\nparties: {guest: 9999, host: 0x1F}\n" + Self.task)
    #expect(plan.members.map(\.party.text) == ["9999", "0x1F"])
  }

  @Test func membersStandByRoleThenAsWritten() throws {
    let plan = try makePlan("moira: 1\nparties: {arbiter: h, host: [c, b], guest: a}\n" + Self.task)
    #expect(plan.members.map(\.party) == ["a", "c", "b", "h"])
    #expect(plan.tasks[0].parts.map(\.party) == ["a", "c", "b"])
  }

  @Test func tooManyPartiesEndAtTheLimitAtOnce() throws {
    let names = (0..<20_000).map { "p\($0)" }.joined(separator: ", ")
    let found = try problems("moira: 1\nparties: {guest: a, host: [\(names)]}\n" + Self.task)
    #expect(found == ["2:1 pipeline-limit: a pipeline may have 1024 parties, but has 20001"])
  }

  @Test func tooManyTasksEndAtTheLimit() throws {
    let step = try readYAML("{component: mix}", file: "p.yaml")
    let entries = (0...Pipeline.taskLimit).map {
      ConfigMap.Entry(key: "t\($0)", keySite: nil, value: step)
    }
    var map = try #require(try readYAML(head, file: "p.yaml").map)
    map.set(.init(key: "tasks", keySite: nil, value: ConfigNode(.map(ConfigMap(entries)), at: nil)))
    var found = Diagnostics()
    _ = Pipeline.reading(ConfigNode(.map(map), at: nil), into: &found)
    #expect(
      found.all.map(\.message) == ["a pipeline may have 100000 tasks, but has 100001"])
  }

  @Test(arguments: ["a", "A-1_b.c", "9", String(repeating: "a", count: 64)])
  func namesForParties(name: String) {
    #expect(isPartyName(name))
  }

  @Test(arguments: [
    "", ".", "..", "-a", "a/b", "a b", "é", "a\n", "a\u{0}", String(repeating: "a", count: 65),
  ])
  func noNamesForParties(name: String) {
    #expect(!isPartyName(name))
  }

  @Test func namesForTasks() {
    for name in ["a", "homo_lr_0", "A-b"] { #expect(isTaskName(name)) }
    for name in ["", "9", "_a", "-a", "a.b", "a b", "ä"] { #expect(!isTaskName(name)) }
  }
}
