import Foundation
import Testing

/// FATE's own client, unmodified, against `moira flow serve --hub` with hub and agents as processes.
///
/// Its environment is that of the tests of one process: `Tests/FateClient/environment.py` makes it.
@Suite("FATE's own programs over a hub", .serialized)
struct FlowHubClientTests {
  private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  private func python(
    _ program: String, _ arguments: [String], path: String = ""
  ) throws -> CommandResult {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONPATH": path]) { $1 }
    process.standardInput = FileHandle.nullDevice
    return try RunningCommand(process).result(within: 600)
  }

  /// A copy of the client's own package: its settings lie in it, and other tests have others.
  private func client(of venv: String, in folder: String) throws {
    for version in try FileManager.default.contentsOfDirectory(atPath: venv + "/lib") {
      let package = "\(venv)/lib/\(version)/site-packages/fate_client"
      try FileManager.default.copyItem(atPath: package, toPath: folder + "/fate_client")
    }
  }

  /// Parties that let what they find out about their rows go to alice too.
  private func federation() throws -> LocalFederation {
    try LocalFederation.clinic {
      $1.replacingOccurrences(of: "metrics]", with: "metrics, statistics]")
    }
  }

  @Test("Its Python program trains, deploys and predicts at the hub's parties, and rows stay there")
  func program() throws {
    let scripts = Self.repository + "/Tests/FateClient"
    let venv = Self.repository + "/.build/fate-client-2.2.0"
    let made = try python("/usr/bin/env", ["python3", scripts + "/environment.py", venv])
    #expect(made.status == 0, "\(made.errors)")
    let federation = try federation()
    try client(of: venv, in: federation.path)
    let door = try FlowDoor(federation, options: ["--party-id", "hospital-a"])
    let outcome = try python(
      venv + "/bin/python",
      [
        scripts + "/program.py", venv, "\(door.port)", Self.repository + "/examples/fate",
        federation.path, "hub",
      ], path: federation.path)
    #expect(outcome.status == 0, "\(outcome.output)\n\(outcome.errors)")
    #expect(outcome.output.contains("all went well"), "\(outcome.output)\n\(outcome.errors)")
  }

  @Test("A job of the role 'local' runs at its party of the hub, and no other hears of it")
  func local() async throws {
    let federation = try federation()
    let door = try FlowDoor(federation)
    let job = try await door.submit(HospitalDAG.local(at: "hospital-b"))
    let end = try await door.end(of: job, role: "local")
    #expect(end.status == "success", "\(end.words)")
    let tasks = try await door.get(
      "/job/task/query?job_id=\(job)&role=local&party_id=hospital-b&status=success")
    #expect(
      Set(tasks.rows.compactMap { $0["task_name"] as? String }) == ["reader_0", "statistics_0"])
    #expect(tasks.rows.allSatisfy { $0["role"] as? String == "local" })
    let model = try await door.get(
      "/output/model/query?job_id=\(job)&role=local&party_id=hospital-b&task_name=statistics_0")
    let output = model.data["output_model"] as? [String: Any]
    #expect((output?["data"] as? [String: Any])?.isEmpty == false, "\(model.message)")
    // The client asks for the party of its own settings: another than the job's is told so.
    let own = try await door.get("/job/query?job_id=\(job)&role=guest&party_id=9999")
    #expect(own.code == 1001 && own.message.contains("has no guest '9999' [seat-unknown]"))
    #expect(own.message.contains("it has local hospital-b"), "\(own.message)")
    #expect(try federation.audit(of: "hospital-b").contains { $0.kind == "decision" })
    for other in ["hospital-a", "hospital-c", "hub"] {
      #expect(try federation.audit(of: other).allSatisfy { $0.kind != "decision" })
    }
    // A party that the hub does not know has no local jobs.
    let stranger = try await door.post(
      "/job/submit", ["dag_schema": HospitalDAG.local(at: "hospital-d")])
    #expect(stranger.code == 1000 && stranger.message.contains("[party-unregistered]"))
  }
}

extension HospitalDAG {
  /// What one party does by itself.
  fileprivate static func local(at party: String) -> [String: Any] {
    let rows = [
      "task_output_artifact": ["producer_task": "reader_0", "output_artifact_key": "output_data"]
    ]
    let tasks: [String: Any] = [
      "reader_0": [
        "component_ref": "reader", "parameters": ["name": "breast", "namespace": "clinic"],
      ],
      "statistics_0": [
        "component_ref": "statistics", "parameters": ["metrics": ["mean", "std"]],
        "inputs": ["data": ["input_data": rows]],
      ],
    ]
    let parties: [[String: Any]] = [["role": "local", "party_id": [party]]]
    let dag: [String: Any] = ["parties": parties, "stage": "default", "tasks": tasks]
    return ["schema_version": "2.2.0", "dag": dag]
  }
}
