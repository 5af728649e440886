import Foundation
import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSchedule
import MoiraTable

@testable import MoiraStorage

/// A folder of its own for one test, removed when it goes.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/moira-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    let file = path + "/" + name
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: file))
  }

  /// The files below it, by their paths inside it.
  func files() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: path).filter {
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: path + "/" + $0, isDirectory: &isFolder)
        && !isFolder.boolValue
    }.sorted()
  }
}

func bytes(_ artifact: any ArtifactBytes) -> [UInt8] { artifact.withBytes { Array($0) } }

/// What somebody wrote, without places.
func node(_ value: ConfigValue) -> ConfigNode {
  switch value {
  case .null: ConfigNode(.null, at: nil)
  case .bool(let flag): ConfigNode(.bool(flag), at: nil, text: "\(flag)")
  case .int(let number): ConfigNode(.int(number), at: nil, text: "\(number)")
  case .double(let number): ConfigNode(.double(number), at: nil, text: "\(number)")
  case .string(let text): ConfigNode(.string(text), at: nil, text: text)
  case .list(let values): ConfigNode(.list(values.map(node)), at: nil)
  case .map(let entries):
    ConfigNode(
      .map(ConfigMap(entries.map { .init(key: $0.key, keySite: nil, value: node($0.value)) })),
      at: nil)
  }
}

/// Two parties, a task each after the other, with parameters of every kind.
func smallPlan() throws -> Plan {
  let parameters = ParameterGroup([
    ParameterSchema(
      name: "rate", help: "A rate.", kind: .double, isRequired: false, defaultValue: .double(1),
      isOptional: false),
    ParameterSchema(
      name: "names", help: "Names.", kind: .list(.string), isRequired: false,
      defaultValue: .list([.string("ä\n\"")]), isOptional: false),
    ParameterSchema(
      name: "a_limit", help: "A bound.", kind: .double, isRequired: false,
      defaultValue: .double(.infinity), isOptional: false),
  ])
  let maker = ComponentSchema(
    name: "maker", version: 1, summary: "Makes.", roles: [.guest, .host], inputs: [],
    outputs: [PortSchema(name: "out", kind: "note", help: "A note.", roles: [.guest, .host])],
    parameters: parameters)
  let pipeline = try Pipeline(
    reading: node(
      .map([
        ("moira", .int(1)), ("name", .string("small")),
        ("parties", .map([("guest", .string("a")), ("host", .string("b"))])),
        (
          "tasks",
          .map([
            ("first", .map([("component", .string("maker"))])),
            (
              "second",
              .map([("component", .string("maker")), ("after", .list([.string("first")]))])
            ),
          ])
        ),
      ])))
  return try Plan(pipeline, catalog: ComponentSchemas([maker]))
}

func smallRecord(_ id: JobID, created: Int64 = 1000) throws -> JobRecord {
  let plan = try smallPlan()
  return JobRecord(
    id: id, created: Instant(milliseconds: created),
    source: PipelineSource(
      file: "p.yaml", text: "moira: 1\n# ü", overrides: ["first.rate=1"], parties: "parties"),
    plan: plan, planHash: plan.contentHash)
}

/// An event that its number tells from all others.
func entry(_ number: Int) -> JournalEntry {
  let part = PartKey(task: TaskID("task_\(number)"), attempt: 1, party: "a")
  let failure = Failure(
    "made-up", "number \(number)", hint: "none", cause: "ß\u{0}", isTransient: true)
  return JournalEntry(
    .partFailed(PartFailure(part: part, failure: failure)),
    at: Instant(milliseconds: Int64(number)))
}

func report(_ number: Int) -> PartReport {
  PartReport(
    part: PartKey(task: "first", attempt: 1, party: "a"), at: Instant(milliseconds: Int64(number)),
    report: .metrics(step: number, values: ["loss": Double(number) / 3]))
}

func reference(_ letter: Character) -> ArtifactReference {
  ArtifactReference(
    port: "out", kind: "note", hash: ContentHash(String(repeating: letter, count: 64)), bytes: 3)
}
