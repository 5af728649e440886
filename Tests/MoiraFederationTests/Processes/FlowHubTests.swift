import Foundation
import Testing

/// FATE-Flow's API whose jobs run at a hub's parties.
@Suite("FATE's API over a hub", .serialized)
struct FlowHubTests {
  @Test("A DAG runs at the hub's parties as its submitter's job, and its outputs are asked of them")
  func run() async throws {
    let federation = try LocalFederation.clinic()
    let door = try FlowDoor(federation)
    let job = try await door.submit(HospitalDAG.train())
    let end = try await door.end(of: job)
    #expect(end.status == "success", "\(end.words)")

    let seat = "job_id=\(job)&role=guest&party_id=hospital-a"
    let metrics = try await door.get("/output/metric/query?\(seat)&task_name=eval_0")
    #expect(metrics.code == 0 && metrics.message == "success", "\(metrics.message)")
    let report = metrics.rows.first { $0["type"] as? String == "report" }?["data"]
    let auc = metrics.rows.first { $0["name"] as? String == "pooled_auc" }
    #expect(((auc?["data"] as? [[String: Any]])?.first?["metric"] as? Double) != nil)
    let losses = try await door.get("/output/metric/query?\(seat)&task_name=lr_0&name=train_loss")
    #expect((losses.rows.first?["data"] as? [Any])?.count == 2)
    let model = try await door.get("/output/model/query?\(seat)&task_name=lr_0")
    let output = model.data["output_model"] as? [String: Any]
    #expect((output?["data"] as? [String: Any])?.isEmpty == false, "\(model.message)")
    // The same file alone in one process makes the same model and the same report.
    let dag = try JSONSerialization.data(withJSONObject: HospitalDAG.train())
    try federation.write(String(decoding: dag, as: UTF8.self), toFile: "dag.json")
    let alone = try federation.moira("run", "dag.json", "--home", "alone", "--format", "json")
    let local = try JobReading(alone.output)
    let hash = (output?["meta"] as? [String: Any])?["hash"] as? String
    #expect(hash != nil && hash == local.hashes("model", of: "lr_0")["hospital-a"], "\(alone)")
    let here = try federation.moira(
      "export", local.id, "eval_0.metrics@hospital-a", "--home", "alone")
    let exported = try JSONSerialization.jsonObject(with: Data(here.output.utf8)) as? NSDictionary
    #expect(exported != nil && exported == report as? NSDictionary, "\(here.errors)")
    let tasks = try await door.get("/job/task/query?\(seat)&status=success").rows
    #expect(Set(tasks.compactMap { $0["task_name"] as? String }) == ["reader_0", "lr_0", "eval_0"])

    let list = try federation.ask("jobs", "--format", "json").output
    let listed = try JSONSerialization.jsonObject(with: Data(list.utf8)) as? [[String: Any]]
    #expect(listed?.count == 1)
    let decisions = try federation.audit(of: "hospital-b").filter { $0.kind == "decision" }
    #expect(decisions.first?.facts["submitter"] as? String == "alice")

    let predicting = try await door.submit(HospitalDAG.predict(model: job))
    let predicted = try await door.end(of: predicting)
    #expect(predicted.status == "success", "\(predicted.words)")
  }

  @Test("What lies at a party is refused with FATE's envelope, and the words say where it lies")
  func refusals() async throws {
    let federation = try LocalFederation.clinic()
    let door = try FlowDoor(federation)
    let upload = try await door.post(
      "/data/component/upload",
      ["file": "/etc/passwd", "head": true, "partitions": 4, "meta": [String: String]()])
    let fields = ["head": "true", "partitions": "4", "meta": "{}"]
    let file = try await door.postFile("/data/component/upload/file", fields)
    let bind = try await door.post(
      "/table/bind/path", ["namespace": "clinic", "name": "breast", "path": "/data/breast.csv"])
    let table = try await door.get("/table/query?namespace=clinic&name=breast")
    let bytes = try await door.get("/data/download?namespace=clinic&name=breast")
    let model = try await door.postFile(
      "/model/import", ["model_id": "m", "model_version": "0"])
    for answer in [upload, file, bind, table, bytes, model] {
      #expect(answer.code == 6001, "\(answer.message)")
      #expect(answer.message.contains("lies at its party"))
      #expect(answer.message.contains("party.yaml") && answer.message.contains("[data-at-party]"))
    }
    let job = try await door.submit(HospitalDAG.train())
    #expect(try await door.end(of: job).status == "success")
    let seat = "job_id=\(job)&role=guest&party_id=hospital-a"
    for route in ["download", "display"] {
      let rows = try await door.get("/output/data/\(route)?\(seat)&task_name=lr_0")
      #expect(rows.code == 5007, "\(rows.message)")
      #expect(rows.message.contains("'hospital-a' lets no table leave [policy-release]"))
      #expect(rows.message.contains("party.yaml"))
    }
    let refused = try federation.audit(of: "hospital-a").filter { $0.kind == "release-refused" }
    #expect(refused.count == 2)
  }

  @Test("Wrong DAGs are refused at their fields, strangers to the hub among them")
  func wrongDAGs() async throws {
    let federation = try LocalFederation.clinic()
    let door = try FlowDoor(federation)
    let epochs = try await door.post(
      "/job/submit", ["dag_schema": HospitalDAG.train(epochs: 0)])
    #expect(epochs.code == 1000)
    #expect(epochs.message.contains("dag.tasks.lr_0.parameters.epochs: 'epochs' must be"))
    var schema = HospitalDAG.train()
    var dag = schema["dag"] as? [String: Any] ?? [:]
    var parties = dag["parties"] as? [[String: Any]] ?? []
    parties[1]["party_id"] = ["hospital-b", "hospital-d"]
    dag["parties"] = parties
    schema["dag"] = dag
    let stranger = try await door.post("/job/submit", ["dag_schema": schema])
    #expect(stranger.code == 1000, "\(stranger.message)")
    #expect(stranger.message.contains("dag.parties[1].party_id"), "\(stranger.message)")
    #expect(stranger.message.contains("'hospital-d'"))
    #expect(stranger.message.contains("[party-unregistered]"))
  }

  @Test("A party's policy refuses in the job's own row, by name")
  func policies() async throws {
    let federation = try LocalFederation.clinic { party, policy in
      party == "hospital-b"
        ? policy.replacingOccurrences(of: "components: any", with: "components: [reader]") : policy
    }
    let door = try FlowDoor(federation)
    let job = try await door.submit(HospitalDAG.train())
    let end = try await door.end(of: job)
    #expect(end.status == "failed")
    #expect(end.words.contains("hospital-b") && end.words.contains("[policy-component]"))
    // The table is no dataset of theirs: the parties say so, for the server does not know.
    let unknown = try await door.submit(HospitalDAG.train(name: "lung"))
    let last = try await door.end(of: unknown)
    #expect(last.status == "failed" && last.words.contains("clinic.lung"), "\(last.words)")
  }

  @Test("Metrics that a party does not release are withheld in words, the series told all the same")
  func withheld() async throws {
    let federation = try LocalFederation.clinic { party, policy in
      policy.replacingOccurrences(of: "release: [model, metrics]", with: "release: [model]")
    }
    let door = try FlowDoor(federation)
    let job = try await door.submit(HospitalDAG.train())
    #expect(try await door.end(of: job).status == "success")
    let seat = "job_id=\(job)&role=guest&party_id=hospital-a"
    let metrics = try await door.get("/output/metric/query?\(seat)&task_name=eval_0")
    #expect(metrics.code == 0 && metrics.message.contains("lets no metrics leave"))
    #expect(!metrics.rows.isEmpty)
    #expect(metrics.rows.allSatisfy { $0["type"] as? String == "scalar" })
  }

  @Test("A stop ends the job at the hub")
  func stop() async throws {
    let federation = try LocalFederation.clinic()
    let door = try FlowDoor(federation)
    let job = try await door.submit(HospitalDAG.train(epochs: 2000))
    let log = try #require(federation.agents["hospital-a"]?.log)
    _ = log.first { $0.contains("part started") && $0.contains("task=lr_0") }
    #expect(try await door.post("/job/stop", ["job_id": job]).code == 0)
    #expect(try await door.end(of: job).status == "canceled")
    let hubs = try JobReading(try federation.ask("show", "last", "--format", "json").output)
    #expect(hubs.state == "stopped")
    #expect(try await door.post("/job/stop", ["job_id": job]).code == 1004)

    let place = log.count
    let other = try await door.submit(HospitalDAG.train(epochs: 2000))
    _ = log.first(from: place) { $0.contains("part started") && $0.contains("task=lr_0") }
    let stop = try federation.ask(
      "stop", "last", "--reason", "ward closed", as: "parties/hospital-c")
    #expect(stop.status == 0, "\(stop.errors)")
    let end = try await door.end(of: other)
    #expect(end.status == "canceled" && end.words == "stopped by hospital-c: ward closed")
  }

  @Test("A stop reaches a job at the hub that a new server has not taken up again yet")
  func stopOfUnwatched() async throws {
    let federation = try LocalFederation.clinic()
    var door = try FlowDoor(federation, jobs: 2)
    let log = try #require(federation.agents["hospital-a"]?.log)
    var jobs: [String] = []
    for _ in 0..<2 {
      let place = log.count
      jobs.append(try await door.submit(HospitalDAG.train(epochs: 2000)))
      _ = log.first(from: place) { $0.contains("part started") && $0.contains("task=lr_0") }
    }
    door.server.kill9()
    door = try FlowDoor(federation, jobs: 1)
    for job in jobs.reversed() {
      #expect(try await door.post("/job/stop", ["job_id": job]).code == 0)
      #expect(try await door.end(of: job).status == "canceled")
    }
    let list = try federation.ask("jobs", "--format", "json").output
    let listed = try JSONSerialization.jsonObject(with: Data(list.utf8)) as? [[String: Any]]
    #expect(listed?.compactMap { $0["state"] as? String } == ["stopped", "stopped"], "\(list)")
  }

  @Test("A server that was killed goes on watching the job that runs at the hub, the same one")
  func restart() async throws {
    let federation = try LocalFederation.clinic()
    var door = try FlowDoor(federation)
    let job = try await door.submit(HospitalDAG.train(epochs: 60))
    let log = try #require(federation.agents["hospital-a"]?.log)
    _ = log.first { $0.contains("part started") && $0.contains("task=lr_0") }
    door.server.kill9()
    door = try FlowDoor(federation)
    let end = try await door.end(of: job)
    #expect(end.status == "success", "\(end.words)")
    let list = try federation.ask("jobs", "--format", "json").output
    let listed = try JSONSerialization.jsonObject(with: Data(list.utf8)) as? [[String: Any]]
    #expect(listed?.count == 1)
    let seat = "job_id=\(job)&role=guest&party_id=hospital-a"
    let losses = try await door.get("/output/metric/query?\(seat)&task_name=lr_0&name=train_loss")
    #expect((losses.rows.first?["data"] as? [Any])?.count == 60)

    // One that the hub is to be told of while the hub is away is told when it is back.
    #expect(federation.hub?.terminate() == 0)
    let away = try await door.post("/job/submit", ["dag_schema": HospitalDAG.train()])
    #expect(away.code == 6000 && away.message.contains("[hub-unreachable]"), "\(away.message)")
    #expect(try await door.post("/job/rerun", ["job_id": job]).code == 0)
    _ = door.server.log.first { $0.contains("dialling again") }
    #expect(try await door.post("/job/stop", ["job_id": job]).code == 0)
    try federation.startHub()
    #expect(try await door.end(of: job).status == "canceled")
    #expect(try await door.post("/job/rerun", ["job_id": job]).code == 0)
    let rerun = try await door.end(of: job)
    #expect(rerun.status == "success", "\(rerun.words)")
  }
}
