import Foundation

/// `moira flow serve` as a process, and a client that can misbehave.
final class FlowServer {
  let port: Int
  private let process: Process
  private let output: Pipe

  convenience init(in place: Workplace, _ arguments: String...) throws {
    try self.init(in: place, options: arguments)
  }

  init(in place: Workplace, options: [String]) throws {
    process = place.process(["flow", "serve", "--port", "0"] + options)
    output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle(forWritingAtPath: "/dev/null")
    try process.run()
    var text = ""
    while !text.contains("\n") {
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { throw FlowServerFault(text: "the server ended before it began") }
      text += String(decoding: data, as: UTF8.self)
    }
    guard let match = text.firstMatch(of: /:(\d+)\/v2/), let port = Int(match.1) else {
      throw FlowServerFault(text: text)
    }
    self.port = port
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  var isAlive: Bool { process.isRunning }

  /// Bytes of memory that the process holds.
  var memory: Int {
    let status = try? String(
      contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
    let line = status?.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return (line?.split(separator: " ").dropLast().last.flatMap { Int($0) } ?? 0) * 1024
  }

  func kill9() {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  func end() {
    process.terminate()
    process.waitUntilExit()
  }

  // MARK: Requests

  func get(_ path: String, _ headers: [String: String] = [:]) throws -> FlowAnswer {
    try ask("GET", path, headers, [])
  }

  func post(_ path: String, _ json: Any, _ headers: [String: String] = [:]) throws -> FlowAnswer {
    let body = try JSONSerialization.data(withJSONObject: json, options: [.fragmentsAllowed])
    return try ask(
      "POST", path, ["Content-Type": "application/json"].merging(headers) { $1 }, Array(body))
  }

  func ask(
    _ method: String, _ path: String, _ headers: [String: String], _ body: [UInt8]
  ) throws -> FlowAnswer {
    var all = headers
    all["Host"] = "127.0.0.1"
    all["Connection"] = "close"
    if !body.isEmpty { all["Content-Length"] = "\(body.count)" }
    let head =
      "\(method) /v2\(path) HTTP/1.1\r\n" + all.map { "\($0.key): \($0.value)\r\n" }.joined()
    return try FlowAnswer(try exchange(Array((head + "\r\n").utf8) + body))
  }

  /// A multipart form with a part `file`.
  func postForm(
    _ path: String, _ fields: [String: String], file: [UInt8], _ headers: [String: String] = [:]
  ) throws -> FlowAnswer {
    let boundary = "moira7b"
    var body: [UInt8] = []
    for (name, value) in fields {
      body += Array(
        "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8
      )
    }
    body += Array(
      "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n".utf8)
    body += file + Array("\r\n--\(boundary)--\r\n".utf8)
    return try ask(
      "POST", path,
      ["Content-Type": "multipart/form-data; boundary=\(boundary)"].merging(headers) { $1 }, body)
  }

  /// Sends bytes, and reads until the server closes the connection.
  func exchange(_ bytes: [UInt8]) throws -> [UInt8] {
    let wire = try Wire(port: port)
    wire.send(bytes)
    return wire.readToEnd()
  }

  /// Asks until the job has ended; each answer is waited for, so that nothing spins.
  func waitForEnd(of job: String, role: String = "guest", party: String = "9999") throws -> String {
    for _ in 0..<100_000 {
      let row = try get("/job/query?job_id=\(job)&role=\(role)&party_id=\(party)").rows.first
      let status = row?["status"] as? String ?? "none"
      if !["waiting", "running"].contains(status) { return status }
    }
    return "endless"
  }
}

struct FlowServerFault: Error {
  let text: String
}

/// What came back.
struct FlowAnswer {
  let status: Int
  let head: String
  let body: [UInt8]

  init(_ bytes: [UInt8]) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let status = text.firstMatch(of: /^HTTP\/1\.1 (\d+)/).flatMap({ Int($0.1) }),
      let end = bytes.indices.first(where: { bytes[$0...].starts(with: "\r\n\r\n".utf8) })
    else { throw FlowServerFault(text: text) }
    self.status = status
    head = String(decoding: bytes[..<end], as: UTF8.self)
    body = Array(bytes[(end + 4)...])
  }

  var json: [String: Any] {
    (try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]) ?? [:]
  }
  var code: Int { json["code"] as? Int ?? -1 }
  var message: String { json["message"] as? String ?? "" }
  var job: String { json["job_id"] as? String ?? "" }
  var rows: [[String: Any]] { json["data"] as? [[String: Any]] ?? [] }
  var data: [String: Any] { json["data"] as? [String: Any] ?? [:] }
}

/// A socket that sends what it is told, right or wrong.
final class Wire {
  private let descriptor: Int32

  init(port: Int) throws {
    #if canImport(Glibc)
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if result != 0 { throw FlowServerFault(text: "cannot connect: \(errno)") }
  }

  deinit { close(descriptor) }

  /// What the other side does not take any more is dropped.
  func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      #if canImport(Glibc)
        let flags = Int32(MSG_NOSIGNAL)
      #else
        let flags: Int32 = 0
      #endif
      let count = rest.withUnsafeBytes {
        Foundation.send(descriptor, $0.baseAddress, $0.count, flags)
      }
      if count <= 0 { return }
      rest = rest.dropFirst(count)
    }
  }

  func send(_ text: String) { send(Array(text.utf8)) }

  func readToEnd() -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(descriptor, &piece, piece.count, 0)
      if count <= 0 { return bytes }
      bytes += piece[..<count]
    }
  }
}

extension Workplace {
  /// The repository that these tests lie in.
  static var repository: String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
  }
}
