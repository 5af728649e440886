import MoiraConfig
import MoiraModel
import MoiraPlan
import MoiraYAML

/// A few components of every shape: a source, a filter, two trainers' worth of ports, a sink.
let testCatalog = ComponentSchemas(
  [source, keys, train, mix, sink],
  checks: [
    "train": { value in
      var findings = ParameterFindings()
      if value["epochs"] == .int(13) {
        findings.error("epochs", "'epochs' must not be 13 with this method", hint: "write 12")
      }
      return findings
    }
  ])

private let data: [Role] = [.guest, .host]

private let source = ComponentSchema(
  name: "source", version: 1, summary: "Reads.", roles: data, inputs: [],
  outputs: [output("table", .table, data)],
  parameters: ParameterGroup([
    parameter("dataset", .dataset, isRequired: true), parameter("id", .string, .string("id")),
  ]))

private let keys = ComponentSchema(
  name: "keys", version: 1, summary: "Agrees on keys.", roles: Role.allCases,
  requiredRoles: [.arbiter], isReusable: false, inputs: [],
  outputs: [output("protection", .protection, Role.allCases)], parameters: ParameterGroup([]))

private let train = ComponentSchema(
  name: "train", version: 3, summary: "Trains.", roles: Role.allCases,
  inputs: [
    input("data", .table, data), input("check", .table, data, isOptional: true),
    input("protection", .protection, Role.allCases, isOptional: true),
  ],
  outputs: [output("model", .model, data)],
  parameters: ParameterGroup([
    parameter("epochs", .int, .int(20), [.atLeast(1)]), parameter("rate", .double, .double(0.1)),
    parameter("optimizer", .group(optimizer), .map([])),
  ]))

private let optimizer = ParameterGroup(
  [
    parameter("method", .choice(["sgd", "adam"]), .string("sgd")),
    parameter("momentum", .double, .double(0)),
  ], shorthand: "method")

private let mix = ComponentSchema(
  name: "mix", version: 1, summary: "Adds to a table.", roles: data,
  inputs: [
    input("data", .table, data, isOptional: true), input("more", .table, data, isOptional: true),
  ],
  outputs: [output("table", .table, data)], parameters: ParameterGroup([]))

private let sink = ComponentSchema(
  name: "sink", version: 1, summary: "Keeps a model.", roles: [.guest],
  inputs: [input("model", .model, [.guest])], outputs: [], parameters: ParameterGroup([]))

private func input(
  _ name: PortName, _ kind: ArtifactKind, _ roles: [Role], isOptional: Bool = false
) -> PortSchema {
  PortSchema(name: name, kind: kind, help: "In.", roles: roles, isOptional: isOptional)
}

private func output(_ name: PortName, _ kind: ArtifactKind, _ roles: [Role]) -> PortSchema {
  PortSchema(name: name, kind: kind, help: "Out.", roles: roles)
}

private func parameter(
  _ name: String, _ kind: ParameterKind, _ defaultValue: ConfigValue = .null,
  _ limits: [Limit] = [], isRequired: Bool = false
) -> ParameterSchema {
  ParameterSchema(
    name: name, help: "Help on \(name).", kind: kind, limits: limits, isRequired: isRequired,
    defaultValue: defaultValue, isOptional: false)
}

/// The head of a pipeline, three lines: its tasks' names stand from line 4 on at column 3.
let head = "moira: 1\nparties: {guest: a, host: [b, c], arbiter: hub}\ntasks:\n"

func makePlan(
  _ text: String, overrides: [Override] = [], registry: Registry? = nil
) throws -> Plan {
  let pipeline = try Pipeline(reading: readYAML(text, file: "p.yaml"))
  return try Plan(pipeline, catalog: testCatalog, overrides: overrides, registry: registry)
}

/// What is wrong with a pipeline, read and planned in one go: `4:3 code: message | hint`.
func problems(
  _ text: String, overrides: [Override] = [], registry: Registry? = nil
) throws -> [String] {
  var found = Diagnostics()
  let node = try readYAML(text, file: "p.yaml")
  if let pipeline = Pipeline.reading(node, into: &found) {
    let plan = Plan.making(
      pipeline, catalog: testCatalog, overrides: overrides, registry: registry, into: &found)
    if plan == nil, !found.hasErrors { return ["no plan, and no reason"] }
  }
  return found.sorted.map { one in
    let place = one.site.map { "\($0.line):\($0.column)" } ?? "-"
    return "\(place) \(one.code): \(one.message)" + (one.hint.map { " | \($0)" } ?? "")
  }
}

/// `--set`, as the command line would read it.
func override(_ path: String, _ text: String) -> Override {
  let words = path.split(separator: ".").map(String.init)
  let site = Site(file: "--set", line: 1, column: path.count + 2)
  return Override(
    task: TaskID(words[0]), path: Array(words.dropFirst()),
    value: ConfigNode(.init(plainScalar: text), at: site, text: text), site: site)
}
