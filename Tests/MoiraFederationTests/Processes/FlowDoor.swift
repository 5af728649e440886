import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// `moira flow serve` over a federation's hub, and plain requests to it.
final class FlowDoor {
  let server: LocalProcess
  let port: Int
  private var base: String { "http://127.0.0.1:\(port)/v2" }

  init(_ federation: LocalFederation, jobs: Int = 4, options: [String] = []) throws {
    server = try federation.start(
      [
        "flow", "serve", "--port", "0", "--hub", federation.address, "--as", "submitters/alice",
        "--jobs", "\(jobs)",
      ] + options)
    let line = server.output.first { $0.contains("/v2") }
    guard let port = line?.firstMatch(of: /:(\d+)\/v2/).flatMap({ Int($0.1) }) else {
      throw FederationFault(text: server.log.all.joined(separator: "\n"))
    }
    self.port = port
  }

  func get(_ path: String) async throws -> FlowEnvelope {
    try await ask(URLRequest(url: url(path)))
  }

  func post(_ path: String, _ json: [String: Any]) async throws -> FlowEnvelope {
    var request = URLRequest(url: url(path))
    request.httpMethod = "POST"
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    request.httpBody = try JSONSerialization.data(withJSONObject: json)
    return try await ask(request)
  }

  /// A multipart form with a part `file`.
  func postFile(_ path: String, _ fields: [String: String]) async throws -> FlowEnvelope {
    var request = URLRequest(url: url(path))
    request.httpMethod = "POST"
    request.setValue("multipart/form-data; boundary=m7", forHTTPHeaderField: "Content-Type")
    var body = fields.map {
      "--m7\r\nContent-Disposition: form-data; name=\"\($0.key)\"\r\n\r\n\($0.value)\r\n"
    }.joined()
    body += "--m7\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n"
    request.httpBody = Data((body + "id,y\n1,0\n\r\n--m7--\r\n").utf8)
    return try await ask(request)
  }

  private func url(_ path: String) -> URL {
    guard let url = URL(string: base + path) else { preconditionFailure("not a path: \(path)") }
    return url
  }

  private func ask(_ request: URLRequest) async throws -> FlowEnvelope {
    let data: Data = try await withCheckedThrowingContinuation { continuation in
      URLSession.shared.dataTask(with: request) { data, _, error in
        if let error {
          continuation.resume(throwing: error)
        } else {
          continuation.resume(returning: data ?? Data())
        }
      }.resume()
    }
    return FlowEnvelope(data)
  }

  /// Asks until the job has ended; each answer is waited for, so that nothing spins.
  func end(of job: String, role: String = "guest") async throws -> (status: String, words: String) {
    for _ in 0..<100_000 {
      let row = try await get("/job/query?job_id=\(job)&role=\(role)").rows.first
      let status = row?["status"] as? String ?? "none"
      if !["waiting", "running"].contains(status) {
        return (status, row?["error_report"] as? String ?? "")
      }
    }
    return ("endless", "")
  }

  func submit(_ dag: [String: Any]) async throws -> String {
    let answer = try await post("/job/submit", ["dag_schema": dag])
    guard answer.code == 0 else { throw FederationFault(text: answer.message) }
    return answer.job
  }
}

extension LocalFederation {
  /// A federation whose hospitals have FATE's table `breast` of the namespace `clinic`, started.
  ///
  /// - Parameter change: of each party's usual policy.
  static func clinic(
    _ change: @escaping (_ party: String, _ policy: String) -> String = { $1 }
  ) throws -> LocalFederation {
    var policies: [String: String] = [:]
    for party in LocalFederation.parties {
      policies[party] = LocalFederation.usualPolicy(of: party) {
        change(party, $0.replacingOccurrences(of: "[breast]", with: "[breast, clinic.breast]"))
      }
    }
    let federation = try LocalFederation(policies: policies)
    for party in LocalFederation.hospitals {
      let file = "parties/\(party)/party.yaml"
      let text = try String(contentsOfFile: "\(federation.path)/\(file)", encoding: .utf8)
      guard let path = text.firstMatch(of: /path: (\S+)/)?.1 else {
        throw FederationFault(text: "'\(party)' has no dataset")
      }
      let table = "datasets:\n  clinic.breast: {path: \(path), id: id, label: y}"
      try federation.write(
        text.replacingOccurrences(of: "\ndatasets:", with: "\n" + table), toFile: file)
    }
    try federation.startAll()
    return federation
  }
}

/// FATE's envelope, or a file.
struct FlowEnvelope {
  let bytes: Data
  private let json: [String: Any]

  init(_ bytes: Data) {
    self.bytes = bytes
    json = (try? JSONSerialization.jsonObject(with: bytes) as? [String: Any]) ?? [:]
  }

  var code: Int { json["code"] as? Int ?? -1 }
  var message: String { json["message"] as? String ?? "" }
  var job: String { json["job_id"] as? String ?? "" }
  var rows: [[String: Any]] { json["data"] as? [[String: Any]] ?? [] }
  var data: [String: Any] { json["data"] as? [String: Any] ?? [:] }
}

/// DAGs as FATE's client sends them, for the hospitals of a federation.
enum HospitalDAG {
  static func train(epochs: Int = 2, name: String = "breast") -> [String: Any] {
    let data: [[String: Any]] = [
      ["role": "guest", "party_id": ["hospital-a"]],
      ["role": "host", "party_id": ["hospital-b", "hospital-c"]],
    ]
    let tasks: [String: Any] = [
      "reader_0": [
        "component_ref": "reader", "stage": "default", "parties": data,
        "parameters": ["name": name, "namespace": "clinic"],
      ],
      "lr_0": [
        "component_ref": "homo_lr", "parameters": ["epochs": epochs, "batch_size": 50],
        "inputs": ["data": ["train_data": output("output_data", of: "reader_0")]],
      ],
      "eval_0": [
        "component_ref": "evaluation", "stage": "default", "parties": data,
        "inputs": ["data": ["input_datas": output("train_output_data", of: "lr_0")]],
      ],
    ]
    return dag(data, "train", tasks, conf: [:])
  }

  static func predict(model: String) -> [String: Any] {
    let data: [[String: Any]] = [
      ["role": "guest", "party_id": ["hospital-a"]],
      ["role": "host", "party_id": ["hospital-b", "hospital-c"]],
    ]
    let warehouse = [
      "model_warehouse": ["producer_task": "lr_0", "output_artifact_key": "output_model"]
    ]
    let tasks: [String: Any] = [
      "reader_0": [
        "component_ref": "reader", "stage": "default", "parties": data,
        "parameters": ["name": "breast", "namespace": "clinic"],
      ],
      "lr_0": [
        "component_ref": "homo_lr",
        "inputs": [
          "data": ["test_data": output("output_data", of: "reader_0")],
          "model": ["input_model": warehouse],
        ],
      ],
    ]
    return dag(
      data, "predict", tasks,
      conf: ["model_warehouse": ["model_id": model, "model_version": "0"]])
  }

  private static func dag(
    _ data: [[String: Any]], _ stage: String, _ tasks: [String: Any], conf: [String: Any]
  ) -> [String: Any] {
    [
      "schema_version": "2.2.0",
      "dag": [
        "parties": data + [["role": "arbiter", "party_id": ["hub"]]], "conf": conf,
        "stage": stage, "tasks": tasks,
      ] as [String: Any],
    ]
  }

  private static func output(_ key: String, of task: String) -> [String: Any] {
    ["task_output_artifact": ["producer_task": task, "output_artifact_key": key]]
  }
}
