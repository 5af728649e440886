import Foundation
import MoiraComponents
import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraYAML

/// Proposals to 'a', whose policy allows the pipeline unless a test says otherwise.
enum PolicyBench {
  static let catalog = standardCatalog.schemas

  /// Lines 1 to 3, and the policy from line 4 on.
  static let head = "id: a\ndatasets: {breast: breast.csv, digits: digits.csv}\npolicy:\n"
  static let open = """
      submitters: [alice]
      partners: [b, c, hub]
      roles: [guest]
      components: any
      datasets: [breast]

    """

  static let pipeline = """
    moira: 1
    name: job
    parties: {guest: a, host: [b, c], arbiter: hub}
    tasks:
      read: {component: reader, parameters: {dataset: breast, id: id, label: y}}
      split: {component: partitioner, inputs: {data: read.table}, parameters: {test: 0.3}}
      keys: {component: encryptor}
      train:
        component: homo_lr
        inputs: {train_data: split.train, protection: keys.protection}

    """

  /// The pipeline whose training has differential privacy.
  static let noisy =
    pipeline + "    parameters: {privacy: {unit: example, epsilon: 1, delta: 1e-5}}\n"

  static func profile(_ policy: String) throws -> PartyProfile {
    try PartyProfile(reading: readYAML(head + policy, file: "party.yaml"))
  }

  static func plan(_ text: String) throws -> Plan {
    try Plan(Pipeline(reading: readYAML(text, file: "p.yaml")), catalog: catalog)
  }

  /// One of the templates under `pipelines/`, with other names for the parties.
  static func template(_ name: String) throws -> Plan {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try plan(
      try String(contentsOf: root.appending(path: "pipelines/\(name).yaml"), encoding: .utf8))
  }

  /// Monday, 2026-11-23, 12:00 UTC.
  static let noon = Instant(milliseconds: (20_780 * 1440 + 720) * 60_000)

  static func proposal(
    _ plan: Plan, submitter: String = "alice", party: PartyID = "a", now: Instant = noon
  ) -> Proposal {
    Proposal(job: "7f3a", plan: plan, submitter: submitter, party: party, now: now)
  }

  static func decide(
    _ policy: String = open, _ pipeline: String = pipeline, submitter: String = "alice",
    catalog: ComponentSchemas = catalog, rows: Int? = 100,
    spent: @escaping @Sendable (String, PartyID) -> Double = { _, _ in 0 }
  ) throws -> ConsentDecision {
    try profile(policy).decide(
      proposal(plan(pipeline), submitter: submitter), catalog: catalog, rows: { _ in rows },
      spent: spent)
  }

  /// `4:3 code policy.rule message | hint`, for each refusal.
  static func words(_ decision: ConsentDecision) -> [String] {
    decision.refusals.map { one in
      let place = one.site.map { "\($0.line):\($0.column) " } ?? ""
      return "\(place)\(one.code) \(one.rule ?? "-") \(one.message)"
        + (one.hint.map { " | \($0)" } ?? "")
    }
  }

  /// A plan as somebody else may send it: its JSON, changed.
  static func changed(_ plan: Plan, _ change: (String) -> String) throws -> Plan {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(plan), as: UTF8.self)
    return try JSONDecoder().decode(Plan.self, from: Data(change(text).utf8))
  }
}
