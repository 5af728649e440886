import Foundation
import Testing

@Suite("Letters past the hub, over processes", .serialized)
struct DirectLinkTests {
  private static let direct = LightPipeline.training.replacingOccurrences(
    of: "retries: 10}", with: "retries: 10, direct: true}")
  private static let hasOpenSSL = FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")

  /// Parties that listen at ports of theirs.
  ///
  /// - Parameter dialled: where each is said to listen; where it does, if nothing else is given.
  private struct Scene {
    let federation: LocalFederation
    let ports: [String: Int]
    let board = try? FreePort.any()

    init(dialled: [String: (_ ports: [String: Int]) -> Int] = [:]) throws {
      var ports: [String: Int] = [:]
      for party in LocalFederation.parties { ports[party] = try FreePort.any() }
      var policies: [String: String] = [:]
      for party in LocalFederation.parties {
        let listen = ports[party] ?? 0
        let address = dialled[party].map { $0(ports) } ?? listen
        policies[party] =
          LocalFederation.usualPolicy(of: party)
          + "\ndirect: {listen: \"127.0.0.1:\(listen)\", address: \"127.0.0.1:\(address)\"}"
      }
      self.ports = ports
      federation = try LocalFederation(policies: policies)
      try federation.write(LightPipeline.training, toFile: "light.yaml")
      try federation.write(DirectLinkTests.direct, toFile: "direct.yaml")
    }

    func start() throws {
      try federation.startAll(hub: ["--metrics", "127.0.0.1:\(try #require(board))"])
    }

    func run(_ file: String) throws -> JobReading {
      try federation.job(federation.submitting(file: file))
    }

    /// Bytes of letters that the hub has relayed since it was started.
    func relayed() throws -> Int {
      let socket = try RawSocket(port: #require(board))
      socket.send(Array("GET /metrics HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n".utf8))
      let line = socket.answer().split(whereSeparator: \.isNewline).first {
        $0.hasPrefix("moira_hub_relayed_bytes_total ")
      }
      return try #require(line?.split(separator: " ").last.flatMap { Double($0) }.map { Int($0) })
    }

    func log(of party: String) -> LineReader? { federation.agents[party]?.log }
  }

  @Test("'direct: true' gives the same models, and what parties send does not go by the hub")
  func past() throws {
    let scene = try Scene()
    try scene.start()
    let hubbed = try scene.run("light.yaml")
    let byHub = try scene.relayed()
    for party in LocalFederation.parties {
      #expect(scene.log(of: party)?.all.contains { $0.contains("past the hub") } == false)
    }
    let direct = try scene.run("direct.yaml")
    let pastHub = try scene.relayed() - byHub
    #expect(hubbed.state == "succeeded" && direct.state == "succeeded")
    #expect(direct.attempt(of: "homo_lr_0") == 1)
    let models = direct.hashes("model", of: "homo_lr_0")
    #expect(models.count == 3 && models == hubbed.hashes("model", of: "homo_lr_0"))
    // A lane that stalls on a slow machine may be said again by the hub, so some letters may go there.
    #expect(byHub > 10_000 && pastHub * 10 < byHub, "\(pastHub) of \(byHub) bytes")
    for party in LocalFederation.hospitals {
      let log = scene.log(of: party)
      #expect(log?.first { $0.contains("sending past the hub") && $0.contains("to=hub") } != nil)
      // The job is over: the link is not held.
      #expect(log?.first { $0.contains("sending by the hub") && $0.contains("to=hub") } != nil)
    }
  }

  @Test(
    "A port that refuses, one that is silent, and another party's: by the hub, and the log says why"
  )
  func unreachable() throws {
    let closed = try FreePort()
    let silent = try FreePort(listens: true)
    let scene = try Scene(dialled: [
      "hospital-a": { _ in closed.number }, "hospital-b": { _ in silent.number },
      "hospital-c": { $0["hospital-a"] ?? 0 },
    ])
    try scene.start()
    let direct = try scene.run("direct.yaml")
    #expect(direct.state == "succeeded" && direct.attempt(of: "homo_lr_0") == 1)
    #expect(try scene.relayed() > 0)
    let models = try scene.run("light.yaml").hashes("model", of: "homo_lr_0")
    #expect(models.count == 3 && direct.hashes("model", of: "homo_lr_0") == models)
    let causes = [
      "hospital-a": "code=party-unreachable", "hospital-b": "code=party-unreachable",
      "hospital-c": "code=peer-identity-mismatch",
    ]
    for (party, code) in causes {
      let line = scene.log(of: "hub")?.first {
        $0.contains("sending by the hub") && $0.contains("to=\(party)")
      }
      #expect(line?.contains(code) == true, "\(party): \(line ?? "")")
    }
    withExtendedLifetime((closed, silent)) {}
  }

  @Test("Without a certificate nobody comes in at a party's port", .enabled(if: hasOpenSSL))
  func door() throws {
    let scene = try Scene()
    try scene.start()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = [
      "s_client", "-connect", "127.0.0.1:\(scene.ports["hospital-a"] ?? 0)", "-alpn", "h2",
      "-ign_eof",
    ]
    process.standardInput = FileHandle.nullDevice
    _ = try RunningCommand(process).result()
    #expect(
      scene.log(of: "hospital-a")?.first {
        $0.contains("code=handshake-unfinished")
      } != nil)
    #expect(try scene.run("direct.yaml").state == "succeeded")
  }
}
