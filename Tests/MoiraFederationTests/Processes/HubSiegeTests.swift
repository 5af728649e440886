import Foundation
import Testing

@Suite("A hub's process under siege", .serialized)
struct HubSiegeTests {
  /// What `openssl s_client` says, with whatever it is given; nil where there is no openssl.
  private func dial(_ federation: LocalFederation, _ arguments: [String]) throws -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments =
      ["s_client", "-connect", federation.address, "-alpn", "h2", "-ign_eof"] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: federation.path)
    process.standardInput = FileHandle.nullDevice
    let result = try RunningCommand(process).result()
    return result.output + result.errors
  }

  private static let hasOpenSSL = FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")

  private func keys(_ member: String) -> [String] {
    ["-cert", "\(member)/keys/certificate.pem", "-key", "\(member)/keys/tls.key"]
  }

  @Test(
    "No certificate, TLS 1.2 and a revoked certificate are refused and stand in the hub's log",
    .enabled(if: hasOpenSSL))
  func doors() throws {
    let federation = try LocalFederation()
    let hub = try federation.startHub()
    var place = hub.log.count
    for arguments in [[], keys("parties/hospital-a") + ["-tls1_2"]] {
      _ = try dial(federation, arguments)
      #expect(hub.log.first(from: place) { $0.contains("code=handshake-unfinished") } != nil)
      place = hub.log.count
    }
    try federation.start("hospital-a")
    try federation.waitUntilConnected("hospital-a")
    place = hub.log.count
    try federation.revoke("hospital-a", because: "lost laptop")
    #expect(
      hub.log.first(from: place) {
        $0.contains("code=certificate-revoked") && $0.contains("peer=hospital-a")
      } != nil)
    #expect(
      hub.log.first(from: place) {
        $0.contains("code=certificate-revoked") && $0.contains("whoever dialled")
      } != nil)
    #expect(hub.isAlive)
  }

  @Test(
    "Two thousand connections that say nothing do not keep a job from running, nor grow the hub")
  func loris() throws {
    let federation = try LocalFederation()
    try federation.write(LightPipeline.training, toFile: "light.yaml")
    try federation.startAll()
    let before = federation.hub?.memory ?? 0
    var sockets: [RawSocket] = []
    for number in 0..<2000 {
      let socket = try RawSocket(port: federation.port)
      if number.isMultiple(of: 2) { socket.send([0x16, 0x03, 0x01, 0x02]) }
      sockets.append(socket)
    }
    let job = try federation.job(federation.submitting(file: "light.yaml"))
    #expect(job.state == "succeeded")
    #expect((federation.hub?.memory ?? .max) < before + (200 << 20))
    // The bound on handshakes holds: most have been closed.
    #expect(sockets.prefix(1700).allSatisfy { $0.isClosedByPeer() })
    let lines = federation.hub?.log.all.filter { $0.contains("handshake-unfinished") } ?? []
    #expect(!lines.isEmpty && lines.count <= 200)
  }

  @Test("A hub that stands still for some seconds, as behind a cut cable, goes on with its jobs")
  func frozen() throws {
    let federation = try LocalFederation()
    try federation.write(LightPipeline.training, toFile: "light.yaml")
    try federation.startAll()
    let running = try federation.submitting(["--set", "homo_lr_0.epochs=40"], file: "light.yaml")
    let log = try #require(federation.agents["hospital-a"]?.log)
    _ = log.first { $0.contains("part started") && $0.contains("task=homo_lr_0") }
    federation.hub?.signal(SIGSTOP)
    federation.pause(milliseconds: 5000)
    federation.hub?.signal(SIGCONT)
    let job = try federation.job(running)
    #expect(job.state == "succeeded" && job.attempt(of: "homo_lr_0") == 1)
  }
}
