import Foundation
import Testing

@Suite("A hub that stands by, and addresses that are taken", .serialized)
struct StandbyTests {
  @Test(
    "A standby answers health and readiness while it waits, and takes over when the first is gone",
    .enabled(if: LocalDatabase.isHere))
  func standby() throws {
    let federation = try LocalFederation()
    let database = try LocalDatabase()
    let boards = [try FreePort.any(), try FreePort.any()]
    let first = try federation.startHub(
      ["--database", database.url, "--metrics", "127.0.0.1:\(boards[0])"])
    #expect(try RawSocket.get("/readyz", port: boards[0]).contains("200 OK"))
    let port = try FreePort.any()
    let second = try federation.start([
      "hub", "serve", "coordinator", "--listen", "127.0.0.1:\(port)", "--database", database.url,
      "--metrics", "127.0.0.1:\(boards[1])",
    ])
    #expect(second.log.first { $0.contains("standing by") } != nil)
    // It stands by before its board listens, or after.
    while second.isAlive, (try? RawSocket(port: boards[1])) == nil {
      federation.pause(milliseconds: 20)
    }
    #expect(try RawSocket.get("/healthz", port: boards[1]).hasSuffix("ok\n"))
    let answer = try RawSocket.get("/readyz", port: boards[1])
    #expect(answer.contains("503") && answer.contains("standby: "))
    #expect(answer.contains("process \(first.id) runs the jobs"))
    #expect(try RawSocket.get("/metrics", port: boards[1]).contains("moira_hub_agents 0"))
    // Whoever dials by a name of both is to find the one that takes work.
    #expect(throws: FederationFault.self) { _ = try RawSocket(port: port) }
    #expect(first.terminate() == 0)
    #expect(second.output.first { $0 == "moira hub listens at port \(port)" } != nil)
    #expect(try RawSocket.get("/readyz", port: boards[1]).contains("200 OK"))
    #expect(second.terminate() == 0)
  }

  @Test("An address for health and metrics that is taken is named, by hubs and by agents")
  func taken() throws {
    let federation = try LocalFederation()
    let port = try FreePort(listens: true)
    let metrics = ["--metrics", "127.0.0.1:\(port.number)"]
    let listen = ["--listen", "127.0.0.1:\(try FreePort.any())"]
    for command in [
      ["hub", "serve", "coordinator"] + listen + metrics,
      ["party", "serve", "parties/hospital-a"] + metrics,
    ] {
      let result = try federation.run(command)
      #expect(result.status == 75)
      #expect(
        result.errors.contains(
          "error: '127.0.0.1:\(port.number)' cannot be listened at for health and metrics "
            + "[address-taken]"), "\(result.errors)")
      #expect(result.errors.contains("'--metrics' names another address"))
    }
  }
}
