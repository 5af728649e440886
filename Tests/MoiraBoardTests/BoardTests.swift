import Foundation
import MoiraBoard
import MoiraRuntime
import Synchronization
import Testing

/// A board on a port of its own, for the time of a test.
@Suite struct BoardTests {
  private let metrics = ServiceMetrics()

  private func serve(
    _ readiness: @escaping @Sendable () async -> Readiness = { .ready },
    _ body: @escaping @Sendable (Int) async throws -> Void
  ) async throws {
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let board = ServiceBoard(host: "127.0.0.1", port: 0, metrics: metrics, readiness: readiness) {
      port.yield($0)
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await board.run() }
      for await port in ports {
        try await body(port)
        break
      }
      group.cancelAll()
      // What ends by being cancelled may say so.
      while let result = await group.nextResult() {
        if case .failure(let error) = result, !(error is CancellationError) { throw error }
      }
    }
  }

  private func get(_ target: String, at port: Int, method: String = "GET") async throws -> Answer {
    let request = "\(method) \(target) HTTP/1.1\r\nHost: board\r\nConnection: close\r\n\r\n"
    return try Answer(await exchange(request, at: port))
  }

  @Test func `a board whose address is taken says so, and not that something broke`() async throws {
    try await serve { [metrics] port in
      let second = ServiceBoard(host: "127.0.0.1", port: port, metrics: metrics) { .ready }
      await #expect(throws: BoardAddressTaken.self) { try await second.run() }
    }
  }

  @Test func `health, readiness and metrics are there, and nothing else`() async throws {
    metrics.counter("moira_tests_total", "Tests.").add(3)
    let isReady = Mutex(false)
    let readiness: @Sendable () async -> Readiness = {
      isReady.withLock { $0 } ? .ready : .unready(reason: "the lease is held by 'hub-1'")
    }
    try await serve(readiness) { [self] port in
      #expect(try await get("/healthz", at: port).line == "200: ok\n")
      #expect(try await get("/readyz", at: port).line == "503: the lease is held by 'hub-1'\n")
      isReady.withLock { $0 = true }
      #expect(try await get("/readyz?verbose", at: port).line == "200: ready\n")
      let answer = try await get("/metrics", at: port)
      #expect(answer.status == 200)
      #expect(answer.head.contains("text/plain; version=0.0.4; charset=utf-8"))
      #expect(try Exposition(answer.body)["moira_tests_total", [:]] == 3)
      for (method, target) in [
        ("GET", "/"), ("GET", "/healthz/"), ("GET", "/metrics/../healthz"), ("POST", "/healthz"),
        ("DELETE", "/metrics"), ("GET", "/%68ealthz"), ("GET", "//healthz"),
      ] {
        #expect(
          try await get(target, at: port, method: method).status == 404, "\(method) \(target)")
      }
    }
  }

  @Test func `heads that are too large, or no HTTP, are refused, and the board lives on`()
    async throws
  {
    try await serve { [self] port in
      let long = String(repeating: "x", count: BoardLimits.headerBytes + 1)
      let many = (0...BoardLimits.headers).map { "h\($0): v\r\n" }.joined()
      for head in [
        "GET /healthz HTTP/1.1\r\nHost: b\r\nX: \(long)\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: b\r\n\(many)\r\n", "\u{16}\u{3}\u{1} hello\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      ] {
        let answer = await exchange(head, at: port)
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400"), "\(answer)")
      }
      let health = try await get("/healthz", at: port)
      #expect(health.status == 200)
    }
  }

  /// Else it would hold one of the few connections for as long as it likes.
  @Test func `a body that never ends is answered, and cut off`() async throws {
    try await serve { port in
      let head = "POST /healthz HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde"
      let answer = await exchange(head, at: port)
      #expect(answer.hasPrefix("HTTP/1.1 404"))
    }
  }
}

/// What came back.
private struct Answer {
  let status: Int
  let head: String
  let body: String

  init(_ text: String) throws {
    let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
    head = String(parts[0])
    body = parts.count > 1 ? String(parts[1]) : ""
    let match = try #require(head.prefixMatch(of: /HTTP\/1\.1 ([0-9]{3})/), "\(text)")
    status = Int(match.1) ?? 0
  }

  var line: String { "\(status): \(body)" }
}

/// Sends the text, and reads until the other side closes; on a thread of its own, since it blocks.
private func exchange(_ text: String, at port: Int) async -> String {
  await withCheckedContinuation { continuation in
    Thread.detachNewThread { continuation.resume(returning: blockingExchange(text, at: port)) }
  }
}

private func blockingExchange(_ text: String, at port: Int) -> String {
  #if canImport(Glibc)
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let flags = Int32(MSG_NOSIGNAL)
  #else
    let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    let flags: Int32 = 0
  #endif
  defer { close(descriptor) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = in_port_t(UInt16(port).bigEndian)
  address.sin_addr.s_addr = inet_addr("127.0.0.1")
  let result = withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
  }
  if result != 0 { return "no connection: \(errno)" }
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, flags) }
    if count <= 0 { break }
    rest = rest.dropFirst(count)
  }
  var bytes: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = recv(descriptor, &piece, piece.count, 0)
    if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
    bytes += piece[..<count]
  }
}
