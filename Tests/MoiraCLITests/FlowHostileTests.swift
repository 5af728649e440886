import Foundation
import Testing

/// Whatever a client sends, the server answers with FATE's envelope and our words, and lives.
@Suite(.serialized) struct FlowHostileTests {
  private let place: Workplace
  private let server: FlowServer
  private static let example = Workplace.repository + "/examples/fate"

  init() throws {
    place = try Workplace()
    server = try FlowServer(
      in: place, "--protection", "none", "--parties", Self.example + "/parties", "--data-root",
      Self.example, "--patience", "1", "--upload-limit", "100000")
  }

  private func expectAlive() throws {
    #expect(server.isAlive)
    #expect(try server.get("/server/fateflow").code == 0)
  }

  private func refusal(_ answer: FlowAnswer) -> (code: Int, field: String?, text: String) {
    (answer.code, answer.rows.first?["field"] as? String, answer.message)
  }

  @Test func aWrongDAGIsToldAllAtOnceAtItsFields() throws {
    var schema = FlowDAG.schema(epochs: 0, component: "homo_lr")
    var dag = schema["dag"] as? [String: Any] ?? [:]
    dag["stag"] = "train"
    schema["dag"] = dag
    let answer = try server.post("/job/submit", ["dag_schema": schema])
    #expect(answer.status == 200)
    #expect(answer.code == 1000)
    #expect(answer.job == "")
    #expect(
      answer.message.contains(
        "dag.tasks.lr_0.parameters.epochs: 'epochs' must be at least 1, but is 0 [param-out-of-range]"
      ))
    #expect(answer.message.contains("dag.stag: 'stag' is not a key of 'dag' [key-unknown]"))
    #expect(answer.message.contains("did you mean 'stage'?"))
    let unknown = try server.post(
      "/job/submit", ["dag_schema": FlowDAG.schema(component: "homo_lrr")])
    #expect(unknown.message.contains("did you mean 'homo_lr'?"))
    try expectAlive()
  }

  @Test(
    "A body that is none is refused",
    arguments: [
      ("{", 400), ("[]", 400), ("", 200), ("{}", 200), ("{\"dag_schema\": 1}", 200),
      ("{\"dag_schema\": {}}", 200), ("{\"dag_schema\": {\"dag\": []}}", 200),
      ("{\"dag_schema\": null}", 200), ("{\"a\":1,\"a\":2}", 400), ("\u{0}", 400),
      ("{\"dag_schema\": {\"dag\": {\"tasks\": {\"a\": 1}}, \"schema_version\": \"2.2.0\"}}", 200),
    ])
  func bodies(_ body: String, _ status: Int) throws {
    let answer = try server.ask(
      "POST", "/job/submit", ["Content-Type": "application/json"], Array(body.utf8))
    #expect(answer.status == status)
    #expect(answer.code >= 1000, "\(answer.message)")
    #expect(answer.message.contains("["))
    try expectAlive()
  }

  @Test("Depth and size of a body are bounded", arguments: [100, 200_000])
  func deep(_ depth: Int) throws {
    let body = "{\"dag_schema\":" + String(repeating: "[", count: depth)
    let answer = try server.ask(
      "POST", "/job/submit", ["Content-Type": "application/json"], Array(body.utf8))
    #expect(answer.status == 400)
    #expect(answer.message.contains("nest deeper"))
    try expectAlive()
  }

  @Test func bodiesThatAreTooLargeAreRefusedBeforeTheyAreThere() throws {
    let wire = try Wire(port: server.port)
    wire.send(
      "POST /v2/job/submit HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n"
    )
    let piece = [UInt8](repeating: 0x20, count: 1 << 20)
    for _ in 0..<20 { wire.send(piece) }
    #expect(try FlowAnswer(wire.readToEnd()).status == 413)
    let upload = try server.postForm(
      "/data/component/upload/file",
      ["head": "True", "partitions": "4", "meta": "{}", "name": "a", "namespace": "b"],
      file: [UInt8](repeating: 0x31, count: 200_000))
    #expect(upload.status == 413)
    #expect(upload.message.contains("[request-too-large]"))
    #expect(try place.files(in: ".moira/flow/incoming").isEmpty)
    try expectAlive()
  }

  @Test(
    "Fields of a wrong type are named",
    arguments: [
      ("/data/component/upload", "{\"file\": [1]}", "file"),
      ("/job/stop", "{\"job_id\": {}}", "job_id"), ("/job/stop", "{}", "job_id"),
      ("/job/notes/add", "{\"job_id\": \"x\"}", "job_id"),
      ("/table/bind/path", "{\"namespace\":\"a\",\"name\":\"b\",\"path\":7}", "path"),
      ("/model/export", "{\"model_id\": \"m\"}", "model_version"),
    ])
  func types(_ path: String, _ body: String, _ field: String) throws {
    let answer = try server.ask(
      "POST", path, ["Content-Type": "application/json"], Array(body.utf8))
    #expect(refusal(answer).code >= 1000)
    #expect(refusal(answer).field == field, "\(answer.message)")
  }

  @Test(
    "A path that leaves the declared folders is refused",
    arguments: [
      "/etc/passwd", "EXAMPLE/../../Package.swift", "EXAMPLE/parties/../../../README.md",
      "relative.csv", "/proc/self/environ", "EXAMPLE/none.csv",
    ])
  func paths(_ path: String) throws {
    let file = path.replacing("EXAMPLE", with: Self.example)
    for (route, body) in [
      ("/data/component/upload", ["file": file]), ("/table/bind/path", ["path": file]),
    ] {
      let answer = try server.post(
        route,
        ["head": true, "partitions": 4, "meta": [String: String](), "namespace": "n", "name": "x"]
          .merging(body) { $1 })
      #expect([5001, 8001].contains(answer.code), "\(route) \(answer.message)")
      #expect(answer.message.contains("[path-confined]"))
      #expect(!answer.message.contains("/etc"))
    }
  }

  @Test func unknownThingsAreToldWithTheNearest() throws {
    #expect(try server.get("/job/query?job_id=1").code == 1001)
    #expect(try server.get("/job/task/query?job_id=1").code == 2000)
    #expect(
      try server.get("/output/metric/query?job_id=1&role=guest&party_id=1&task_name=a").code == 1001
    )
    #expect(try server.get("/table/query?namespace=a&name=b").code == 7001)
    let unknown = try server.get("/job/qury")
    #expect(unknown.status == 404)
    #expect(unknown.message.contains("did you mean '/v2/job/query'?"))
    #expect(try server.get("/job/submit").status == 405)
    #expect(
      try server.post("/model/load", [String: String]()).message.contains("[route-unsupported]"))
    #expect(try server.post("/app/client/create", ["app_name": "a"]).code == 6001)
    #expect(try server.get("/site/info/query").code == 3000)
    #expect(try server.ask("PATCH", "/job/query", [:], []).status == 405)
  }

  @Test func webPagesAreNotAnswered() throws {
    for header in ["Origin", "Sec-Fetch-Site"] {
      let answer = try server.get("/job/list/query", [header: "http://evil.example"])
      #expect(answer.status == 403)
    }
    let simple = try server.ask(
      "POST", "/job/submit", ["Content-Type": "text/plain"], Array("{}".utf8))
    #expect(simple.status == 400)
  }

  @Test(
    "Lines that are no request end the connection, and nothing else",
    arguments: [
      "\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n",
      "POST /v2/job/submit HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
      "POST /v2/job/submit HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "GET /v2/%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
      "GET /v2/job/query?\(String(repeating: "a", count: 20_000)) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
      "GET /v2/job/query HTTP/1.1\r\nX: \(String(repeating: "b", count: 100_000))\r\n\r\n",
      "GET /v2/job/query HTTP/1.1\r\n\(String(repeating: "Y: 1\r\n", count: 5_000))\r\n",
    ])
  func lines(_ text: String) throws {
    _ = try server.exchange(Array(text.utf8))
    try expectAlive()
  }

  @Test func connectionsThatSayNothingOrHalfAreClosedAndHoldNobodyUp() throws {
    var wires: [Wire] = []
    for _ in 0..<50 {
      let silent = try Wire(port: server.port)
      let head = try Wire(port: server.port)
      head.send("GET /v2/job/query HTTP/1.1\r\nHost: ")
      let body = try Wire(port: server.port)
      body.send(
        "POST /v2/job/submit HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
      )
      wires += [silent, head, body]
    }
    try expectAlive()
    // The reads end because the server closes, after a second of its patience.
    for wire in wires { _ = wire.readToEnd() }
    try expectAlive()
  }

  @Test func hungryRequestsDoNotMakeTheServerGrow() throws {
    let before = server.memory
    for number in 0..<200 {
      let answer = try server.get("/job/list/query?limit=\(number)&page=99999999999999999999")
      #expect(answer.code != 0)
      _ = try server.exchange(
        Array("GET /\(String(repeating: "x", count: 5_000))".utf8 + [13, 10, 13, 10]))
    }
    #expect(server.memory - before < 50 << 20)
  }

  @Test(
    "Forms that are none are refused",
    arguments: [
      ("multipart/form-data; boundary=b", "--b\r\n"),
      ("multipart/form-data", "--b--\r\n"), ("application/json", "{}"),
      ("multipart/form-data; boundary=b", "--b--\r\n"),
      (
        "multipart/form-data; boundary=b",
        "--b\r\nContent-Disposition: form-data; name=\"head\"\r\n\r\nTrue\r\n--b--\r\n"
      ),
    ])
  func forms(_ type: String, _ body: String) throws {
    let answer = try server.ask(
      "POST", "/data/component/upload/file", ["Content-Type": type], Array(body.utf8))
    #expect(answer.code >= 5000, "\(answer.message)")
    #expect(try place.files(in: ".moira/flow/incoming").isEmpty)
  }

  @Test func namesThatAreNoNamesAreRefused() throws {
    for name in ["../x", "a/b", "a b", "", String(repeating: "n", count: 100), "a\u{0}b"] {
      let answer = try server.postForm(
        "/data/component/upload/file",
        [
          "head": "True", "partitions": "4", "meta": "{\"label_name\":\"y\"}", "namespace": "n",
          "name": name,
        ], file: Array("id,y\n1,1\n".utf8))
      #expect(answer.code != 0, "\(name)")
    }
    let meta = try server.postForm(
      "/data/component/upload/file",
      [
        "head": "True", "partitions": "4", "meta": "{\"labl_name\":\"y\"}", "name": "a",
        "namespace": "b",
      ],
      file: Array("id,y\n1,1\n".utf8))
    #expect(meta.message.contains("did you mean 'label_name'?"))
  }
}

extension Workplace {
  func files(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")
  }
}
