import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraYAML

/// Does nothing.
struct NoOp: Component {
  static let card = ComponentCard("noop", version: 1, roles: [.guest, .host], summary: "Nothing.")

  @Param("Makes one task unlike another.") var number: Int = 0

  func run(in task: some TaskContext) async throws {}
}

/// Goes through a port.
struct Nothing: JSONArtifact {
  static let kind: ArtifactKind = "nothing"
  static let schemaVersion = 1
}

/// Takes what another made.
struct Pass: Component {
  static let card = ComponentCard("pass", version: 1, roles: [.guest, .host], summary: "Nothing.")

  @Param("Makes one task unlike another.") var number: Int = 0
  @Input("Nothing.", at: .guest, .host) var data: Artifact<Nothing>?
  @Output("Nothing.", at: .guest, .host) var out: Artifact<Nothing>

  func run(in task: some TaskContext) async throws { try await task.write(Nothing(), to: out) }
}

let noOpCatalog = Catalog([NoOp.self, Pass.self])

/// Tasks without work, as somebody would write them down.
enum NoOpPipeline {
  static func chain(_ count: Int) -> String {
    text(count) { $0 == 0 ? "component: noop" : "component: noop, after: [t\($0 - 1)]" }
  }

  static func fan(_ count: Int) -> String {
    text(count) { $0 == 0 ? "component: noop" : "component: noop, after: [t0]" }
  }

  /// Each task but the first takes what another made.
  static func tree(_ count: Int, hosts: [String]) -> String {
    text(count, hosts: hosts) {
      $0 == 0 ? "component: pass" : "component: pass, inputs: {data: t\(($0 - 1) / 2).out}"
    }
  }

  static func plan(_ text: String) throws -> Plan {
    try Plan(
      Pipeline(reading: readYAML(text, file: "noop.yaml")), catalog: noOpCatalog.schemas)
  }

  private static func text(
    _ count: Int, hosts: [String] = [], _ task: (Int) -> String
  ) -> String {
    var text = "moira: 1\nname: noop\nparties:\n  guest: a\n"
    if !hosts.isEmpty { text += "  host: [\(hosts.joined(separator: ", "))]\n" }
    text += "tasks:\n"
    for index in 0..<count {
      text += "  t\(index): {\(task(index)), parameters: {number: \(index)}}\n"
    }
    return text
  }
}
