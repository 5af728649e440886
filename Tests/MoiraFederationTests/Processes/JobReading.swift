import Foundation
import MoiraModel
import MoiraRuntime
import MoiraSchedule
import MoiraStorage

/// What `--format json` says of a job.
struct JobReading {
  let json: [String: Any]

  init(_ text: String) throws {
    guard let json = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    else {
      throw FederationFault(text: "not a job: \(text)")
    }
    self.json = json
  }

  var id: String { json["job"] as? String ?? "" }
  var state: String { json["state"] as? String ?? "" }
  private var tasks: [[String: Any]] { json["tasks"] as? [[String: Any]] ?? [] }

  func attempt(of task: String) -> Int {
    tasks.first { $0["task"] as? String == task }?["attempt"] as? Int ?? -1
  }

  /// The SHA-256 of what a task made, by party.
  func hashes(_ port: String, of task: String) -> [String: String] {
    var found: [String: String] = [:]
    for one in json["artifacts"] as? [[String: Any]] ?? []
    where one["task"] as? String == task && one["port"] as? String == port {
      found[one["party"] as? String ?? ""] = one["hash"] as? String
    }
    return found
  }
}

/// One line of a party's audit log.
struct AuditLine {
  let kind: String
  let facts: [String: Any]

  var job: String { facts["job"] as? String ?? "" }
  var part: String {
    "\(job)/\(facts["task"] ?? "")/\(facts["attempt"] ?? "")/\(facts["seat"] ?? "")"
  }
}

extension LocalFederation {
  func job(_ command: RunningCommand) throws -> JobReading {
    let result = command.result()
    guard let start = result.output.range(of: "{") else {
      let log = hub?.log.all.suffix(40).joined(separator: "\n") ?? ""
      let isAlive = hub?.isAlive == true
      throw FederationFault(text: "no job: \(result.errors)\nhub alive: \(isAlive)\n\(log)")
    }
    return try JobReading(String(result.output[start.lowerBound...]))
  }

  func audit(of party: String) throws -> [AuditLine] {
    let result = try moira("party", "audit", "parties/\(party)", "--format", "json")
    let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
    return (json?["entries"] as? [[String: Any]] ?? json?["lines"] as? [[String: Any]] ?? []).map {
      AuditLine(kind: $0["kind"] as? String ?? "", facts: $0["facts"] as? [String: Any] ?? [:])
    }
  }

  /// What an agent's store keeps of jobs: nothing, once they have ended.
  func kept(at party: String) async throws -> [String] {
    let store = try SQLiteJobStore(path: "\(path)/parties/\(party)/state/agent.sqlite")
    var kept: [String] = []
    for shelf in ["consents", "proposals", "parts", "tellings", "letters"] {
      for (key, _) in try await store.documents(on: "agent-\(shelf)") {
        kept.append("\(shelf) \(key)")
      }
    }
    return kept
  }

  /// A job's journal, as the hub has it.
  func journal(of job: String) async throws -> [JournalEntry] {
    try await SQLiteJobStore(path: "\(path)/coordinator/state/moira.sqlite").journal(of: JobID(job))
  }
}

/// Pipelines that take less time than the template.
enum LightPipeline {
  /// Reading, splitting, keys, and two short rounds of training; nothing is reused.
  static let training = """
    moira: 1
    name: light
    parties: {guest: hospital-a, host: [hospital-b, hospital-c], arbiter: hub}
    conf: {cache: false, retries: 10}
    tasks:
      reader_0: {component: reader, parameters: {dataset: breast, id: id, label: y}}
      split_0:
        component: partitioner
        inputs: {data: reader_0.table}
        parameters: {test: 0.3, stratified: true, seed: 1}
      encryptor_0: {component: encryptor, parameters: {method: secure_aggregation}}
      homo_lr_0:
        component: homo_lr
        inputs: {train_data: split_0.train, protection: encryptor_0.protection}
        parameters: {epochs: 2, local_epochs: 1, batch_size: all, learning_rate: 0.01}

    """

  /// The same sums without masks.
  static let plain = training.replacingOccurrences(of: "secure_aggregation", with: "none")
}
