import Foundation
import Testing

/// FATE-Flow's API on the built binary: jobs, order, restarts, tables, outputs.
@Suite(.serialized) struct FlowServeTests {
  private let place: Workplace
  private var example: String { Workplace.repository + "/examples/fate" }

  init() throws { place = try Workplace() }

  private func serve() throws -> FlowServer {
    try FlowServer(
      in: place, "--protection", "none", "--parties", example + "/parties", "--data-root", example,
      "--jobs", "1")
  }

  @Test func aJobRunsAndItsOutputsHaveFATEsShapes() throws {
    let server = try serve()
    let submitted = try server.post("/job/submit", ["dag_schema": FlowDAG.schema()])
    #expect(submitted.code == 0, "\(submitted.message)")
    let job = submitted.job
    #expect(job.wholeMatch(of: /\d{21}/) != nil)
    #expect(submitted.data["model_id"] as? String == job)
    #expect(submitted.data["model_version"] as? String == "0")
    #expect(try server.waitForEnd(of: job) == "success")

    let seat = "job_id=\(job)&role=guest&party_id=9999"
    let row = try #require(try server.get("/job/query?\(seat)").rows.first)
    #expect(row["progress"] as? Int == 100)
    #expect(row["party_id"] as? String == "9999")
    #expect(try server.get("/job/query?job_id=\(job)").rows.count == 3)
    let tasks = try server.get("/job/task/query?\(seat)&status=success").rows
    #expect(Set(tasks.compactMap { $0["task_name"] as? String }) == ["reader_0", "lr_0", "eval_0"])
    let metrics = try server.get("/output/metric/query?\(seat)&task_name=lr_0").rows
    let loss = metrics.first { $0["name"] as? String == "train_loss" }
    #expect((loss?["data"] as? [[String: Any]])?.count == 3)
    let model = try server.get("/output/model/query?\(seat)&task_name=lr_0").data
    #expect(model.keys.sorted() == ["output_model"])
    let table = try server.get("/output/data/download?\(seat)&task_name=lr_0")
    #expect(table.head.contains("application/x-tar"))
    let text = String(decoding: table.body, as: UTF8.self)
    #expect(text.contains("id,label,predict_result,predict_score,predict_detail,type"))
    let names = try server.get("/output/data/table?\(seat)&task_name=reader_0").data["output_data"]
    let name = try #require((names as? [[String: String]])?.first)
    let query = "namespace=\(name["namespace"] ?? "")&name=\(name["name"] ?? "")&display=True"
    #expect((try server.get("/table/query?\(query)").data["display"] as? [Any])?.count == 100)
    let graph = try server.get("/job/dag/dependency?\(seat)").data
    #expect((graph["dependencies"] as? [String: Any])?.keys.sorted() == ["eval_0", "lr_0"])
    #expect(try server.get("/log/count?job_id=\(job)&log_type=task_info").code == 0)
    let log = try server.ask(
      "POST", "/job/log/download", ["Content-Type": "application/json"],
      Array("{\"job_id\":\"\(job)\"}".utf8))
    #expect(String(decoding: log.body, as: UTF8.self).contains("fate_flow_schedule.log"))
  }

  @Test func jobsRunInOrderOfPriorityAndWaitingOnesCanBeWithdrawn() throws {
    let server = try serve()
    // Holds the only place while the others are submitted.
    let first = try server.post("/job/submit", ["dag_schema": FlowDAG.schema(epochs: 2000)]).job
    var jobs: [(id: String, priority: Int)] = []
    for number in 0..<12 {
      let priority = number % 3
      let answer = try server.post(
        "/job/submit", ["dag_schema": FlowDAG.schema(priority: priority)])
      #expect(answer.code == 0, "\(answer.message)")
      jobs.append((answer.job, priority))
    }
    let gone = jobs.removeLast()
    #expect(try server.post("/job/stop", ["job_id": gone.id]).code == 0)
    #expect(try server.waitForEnd(of: gone.id) == "canceled")
    #expect(try server.post("/job/stop", ["job_id": gone.id]).code == 1004)
    #expect(try server.post("/job/stop", ["job_id": first]).code == 0)
    #expect(try server.waitForEnd(of: first) == "canceled")
    var starts: [(start: Int, id: String)] = []
    for job in jobs {
      #expect(try server.waitForEnd(of: job.id) == "success")
      let row = try server.get("/job/query?job_id=\(job.id)&role=guest").rows.first
      starts.append((row?["start_time"] as? Int ?? 0, job.id))
    }
    let wanted = jobs.sorted { ($1.priority, $0.id) < ($0.priority, $1.id) }.map(\.id)
    #expect(starts.sorted { ($0.start, $0.id) < ($1.start, $1.id) }.map(\.id) == wanted)

    let again = try server.post("/job/rerun", ["job_id": first])
    #expect(again.job == first)
    let waiting = try server.post("/job/submit", ["dag_schema": FlowDAG.schema()]).job
    #expect(try server.post("/job/queue/clean", [String: String]()).data.keys.contains(waiting))
    #expect(try server.post("/job/stop", ["job_id": first]).code == 0)
    #expect(try server.waitForEnd(of: first) == "canceled")
    let list = try server.get("/job/list/query?limit=2&page=1&status=success").data
    #expect(list["count"] as? Int == 33)
    #expect((list["data"] as? [Any])?.count == 2)
  }

  @Test func aServerThatWasKilledGoesOnWhereItWas() throws {
    var server = try serve()
    let running = try server.post("/job/submit", ["dag_schema": FlowDAG.schema(epochs: 300)]).job
    let waiting = try server.post("/job/submit", ["dag_schema": FlowDAG.schema()]).job
    let upload = try server.post(
      "/data/component/upload",
      [
        "file": example + "/parties/9999/breast_homo_guest.csv", "head": true, "partitions": 4,
        "namespace": "kept", "name": "guest", "extend_sid": true,
        "meta": ["match_id_name": "id", "label_name": "y"],
      ])
    #expect(try server.waitForEnd(of: upload.job, role: "local", party: "0") == "success")
    let seat = ["job_id": running, "role": "guest", "party_id": "9999"]
    #expect(try server.post("/job/notes/add", seat.merging(["notes": "mine"]) { $1 }).code == 0)
    server.kill9()

    server = try serve()
    #expect(try server.waitForEnd(of: running) == "success")
    #expect(try server.waitForEnd(of: waiting) == "success")
    let row = try server.get("/job/query?job_id=\(running)&role=guest").rows.first
    #expect(row?["description"] as? String == "mine")
    let table = try server.get("/table/query?namespace=kept&name=guest").data
    #expect(table["count"] as? Int == 207)
    server.end()
  }

  @Test func tablesAreBroughtBoundCopiedAndDeleted() throws {
    let server = try serve()
    let file = example + "/parties/10000/breast_homo_host.csv"
    let bad = try server.post(
      "/data/component/upload",
      [
        "file": file, "head": true, "partitions": 4, "namespace": "t", "name": "bad",
        "meta": ["label_name": "yy"],
      ])
    #expect(try server.waitForEnd(of: bad.job, role: "local", party: "0") == "failed")
    let row = try server.get("/job/query?job_id=\(bad.job)").rows.first
    #expect((row?["error_report"] as? String)?.contains("[csv-no-such-column]") == true)
    #expect(try server.get("/table/query?namespace=t&name=bad").code == 7001)

    #expect(
      try server.post("/table/bind/path", ["namespace": "t", "name": "b", "path": file]).code == 0)
    let copied = try server.post(
      "/data/component/dataframe/transformer",
      ["namespace": "t", "name": "c", "data_warehouse": ["namespace": "t", "name": "b"]])
    #expect(try server.waitForEnd(of: copied.job, role: "local", party: "0") == "success")
    #expect(
      try server.post(
        "/data/component/dataframe/transformer",
        [
          "namespace": "t", "name": "c", "drop": false,
          "data_warehouse": ["namespace": "t", "name": "b"],
        ]
      ).code == 7002)
    let tar = try server.get("/data/download?namespace=t&name=c")
    #expect(String(decoding: tar.body, as: UTF8.self).contains("p0002,0,-0.393839"))
    #expect(try server.post("/table/delete", ["namespace": "t", "name": "c"]).code == 0)
    #expect(try server.get("/table/query?namespace=t&name=c").code == 7001)
  }

  @Test func aDAGOfTheLocalPartyRunsOnTheTablesOfTheServer() throws {
    let server = try serve()
    let file = example + "/parties/10000/breast_homo_host.csv"
    let uploaded = try server.post(
      "/data/component/upload",
      [
        "file": file, "head": true, "partitions": 4, "namespace": "t", "name": "l",
        "meta": ["label_name": "y", "sample_id_name": "id"],
      ])
    #expect(try server.waitForEnd(of: uploaded.job, role: "local", party: "0") == "success")
    let party: [[String: Any]] = [["role": "local", "party_id": ["0"]]]
    let dag: [String: Any] = [
      "parties": party, "stage": "default",
      "tasks": [
        "reader_0": [
          "component_ref": "reader", "parties": party,
          "parameters": ["namespace": "t", "name": "l"],
        ],
        "statistics_0": [
          "component_ref": "statistics",
          "inputs": [
            "data": [
              "input_data": [
                "task_output_artifact": [
                  "producer_task": "reader_0", "output_artifact_key": "output_data",
                  "parties": party,
                ]
              ]
            ]
          ],
        ],
      ],
    ]
    let submitted = try server.post(
      "/job/submit", ["dag_schema": ["dag": dag, "schema_version": "2.2.0"]])
    #expect(submitted.code == 0, "\(submitted.message)")
    #expect(try server.waitForEnd(of: submitted.job, role: "local", party: "0") == "success")
    let rows = try server.get("/job/task/query?job_id=\(submitted.job)").rows
    #expect(rows.count == 2 && rows.allSatisfy { $0["role"] as? String == "local" })
    let model = try server.get(
      "/output/model/query?job_id=\(submitted.job)&role=local&party_id=0&task_name=statistics_0")
    #expect(model.data.keys.sorted() == ["output_model"], "\(model.message)")
  }

  @Test func modelsAreExportedDeletedImportedAndUsed() throws {
    try place.write("", to: "models/.keep")
    let server = try FlowServer(
      in: place, "--protection", "none", "--parties", example + "/parties", "--data-root",
      place.path + "/models")
    let job = try server.post("/job/submit", ["dag_schema": FlowDAG.schema()]).job
    #expect(try server.waitForEnd(of: job) == "success")
    for (role, party) in [("guest", "9999"), ("host", "10000")] {
      let answer = try server.post(
        "/model/export",
        [
          "model_id": job, "model_version": "0", "role": role, "party_id": party,
          "path": place.path + "/models/out",
        ])
      #expect(answer.code == 0, "\(answer.message)")
    }
    #expect(try server.post("/model/delete", ["model_id": job, "model_version": "0"]).code == 0)
    #expect(
      try server.get(
        "/output/model/query?job_id=\(job)&role=guest&party_id=9999&task_name=lr_0"
      ).data.isEmpty)
    var predict = FlowDAG.predict(model: "imported")
    #expect(try server.post("/job/submit", ["dag_schema": predict]).code == 1000)
    for (role, party) in [("guest", "9999"), ("host", "10000")] {
      let zip = try Data(
        contentsOf: URL(fileURLWithPath: place.path + "/models/out/\(job)_0_\(role)_\(party).zip"))
      let answer = try server.postForm(
        "/model/import", ["model_id": "imported", "model_version": "0"], file: Array(zip))
      #expect(answer.data["count"] as? Int == 1, "\(answer.message)")
    }
    predict = FlowDAG.predict(model: "imported")
    let predicted = try server.post("/job/submit", ["dag_schema": predict])
    #expect(try server.waitForEnd(of: predicted.job) == "success", "\(predicted.message)")
  }
}
