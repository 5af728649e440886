import Foundation
import Testing

@Suite("What changes while agents run", .serialized)
struct LiveChangeTests {
  @Test(
    "A changed policy counts for the next job without a restart, and a wrong one changes nothing")
  func policy() throws {
    let narrow = LocalFederation.usualPolicy(of: "hospital-b") {
      $0.replacingOccurrences(of: "components: any", with: "components: [reader]")
    }
    let federation = try LocalFederation(policies: ["hospital-b": narrow])
    try federation.write(LightPipeline.training, toFile: "light.yaml")
    try federation.startAll()
    let before = try federation.ask("submit", "light.yaml", "--wait")
    #expect(before.status == 77 && before.output.contains("[policy-component]"))
    let log = try #require(federation.agents["hospital-b"]?.log)
    let file = "\(federation.path)/parties/hospital-b/party.yaml"
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let wide = text.replacingOccurrences(of: "components: [reader]", with: "components: any")
    try (wide + "\nno_such_thing: 1\n").write(toFile: file, atomically: true, encoding: .utf8)
    #expect(log.first { $0.contains("party.yaml as it is now does not count") } != nil)
    let wrong = try federation.ask("submit", "light.yaml", "--wait")
    #expect(wrong.status == 77 && wrong.output.contains("[policy-component]"))
    try wide.write(toFile: file, atomically: true, encoding: .utf8)
    #expect(log.first { $0.contains("took a changed party.yaml") } != nil)
    #expect(try federation.job(federation.submitting(file: "light.yaml")).state == "succeeded")
  }

  @Test("A connected agent hears of a revocation as soon as the hub does, and does not dial again")
  func revocation() throws {
    let federation = try LocalFederation()
    let hub = try federation.startHub()
    try federation.start("hospital-a")
    try federation.waitUntilConnected("hospital-a")
    let log = try #require(federation.agents["hospital-a"]?.log)
    try federation.revoke("hospital-b", because: "lost")
    #expect(log.first { $0.contains("of revoked certificates") } != nil)
    let taken = try Data(
      contentsOf: URL(fileURLWithPath: "\(federation.path)/parties/hospital-a/keys/revoked.json"))
    #expect(String(decoding: taken, as: UTF8.self).contains("hospital-b"))
    #expect(log.all.count { $0.contains("connected to the hub") } == 1)
    #expect(hub.isAlive)
  }

  // MARK: Certificates

  @Test(
    "A renewed certificate counts while a job runs, which goes on, and a wrong one changes nothing")
  func renewal() throws {
    let federation = try LocalFederation()
    try federation.write(LightPipeline.training, toFile: "light.yaml")
    try federation.startAll()
    let before = try federation.validUntil("hospital-a")
    let agent = try #require(federation.agents["hospital-a"])
    let running = try federation.submitting(["--set", "homo_lr_0.epochs=40"], file: "light.yaml")
    #expect(agent.log.first { $0.contains("part started") && $0.contains("homo_lr_0") } != nil)
    let place = agent.log.count
    try federation.renew("hospital-a", at: "parties/hospital-a")
    #expect(agent.log.first(from: place) { $0.contains("took a renewed certificate") } != nil)
    try federation.waitUntilConnected("hospital-a", from: place)
    let job = try federation.job(running)
    #expect(job.state == "succeeded" && job.attempt(of: "homo_lr_0") == 1)
    let after = try federation.validUntil("hospital-a")
    #expect(after != before)
    // Somebody else's certificate does not fit the key: the old one stays in force.
    let own = "\(federation.path)/parties/hospital-a/keys/certificate.pem"
    let other = "\(federation.path)/parties/hospital-b/keys/certificate.pem"
    try String(contentsOfFile: other, encoding: .utf8).write(
      toFile: own, atomically: true, encoding: .utf8)
    let wrong = agent.log.first(from: place) {
      $0.contains("the keys as they are now do not count")
    }
    #expect(wrong?.contains("code=keys-mismatch") == true)
    #expect(try federation.job(federation.submitting(file: "light.yaml")).state == "succeeded")
    #expect(try federation.validUntil("hospital-a") == after)
    #expect(agent.log.all.count { $0.contains("do not count") } == 1)
  }

  @Test("A hub's renewed certificate counts for whoever dials, and agents stay connected")
  func hubRenewal() throws {
    let federation = try LocalFederation()
    let hub = try federation.startHub()
    try federation.start("hospital-a")
    try federation.waitUntilConnected("hospital-a")
    try federation.renew("coordinator", at: "coordinator")
    #expect(hub.log.first { $0.contains("took a renewed certificate") } != nil)
    try federation.start("hospital-b")
    try federation.waitUntilConnected("hospital-b")
    let log = try #require(federation.agents["hospital-a"]?.log)
    #expect(log.all.count { $0.contains("connected to the hub") } == 1)
  }

  @Test("A new TLS key counts with its certificate, however long the two are apart")
  func newKey() throws {
    let federation = try LocalFederation()
    try federation.startHub()
    let agent = try federation.start("hospital-a")
    try federation.waitUntilConnected("hospital-a")
    let keys = "\(federation.path)/parties/hospital-a/keys"
    let place = agent.log.count
    for file in ["tls.key", "request.pem"] {
      try FileManager.default.removeItem(atPath: "\(keys)/\(file)")
    }
    let made = try federation.moira(
      "party", "init", "hospital-a", "--hub", "127.0.0.1:7433", "--address", "127.0.0.1")
    #expect(made.status == 0, "\(made.errors)")
    let apart = agent.log.first(from: place) { $0.contains("do not count") }
    #expect(apart?.contains("code=keys-mismatch") == true)
    let admitted = try federation.moira("consortium", "admit", "\(keys)/request.pem")
    #expect(admitted.status == 0, "\(admitted.errors)")
    #expect(agent.log.first(from: place) { $0.contains("took a renewed certificate") } != nil)
    try federation.waitUntilConnected("hospital-a", from: place)
    #expect(agent.terminate() == 0)
  }

  // MARK: Addresses

  @Test("A changed 'hub' line leads the agent to another hub, and a wrong one changes nothing")
  func hubLine() throws {
    let federation = try LocalFederation()
    try federation.startHub()
    let file = "\(federation.path)/parties/hospital-a/party.yaml"
    let text = try String(contentsOfFile: file, encoding: .utf8)
    func write(_ address: String) throws {
      let changed = text.replacingOccurrences(of: "127.0.0.1:7433", with: address)
      #expect(changed != text)
      try changed.write(toFile: file, atomically: true, encoding: .utf8)
    }
    try write("127.0.0.1:\(try FreePort.any())")
    let agent = try federation.start(["party", "serve", "parties/hospital-a"])
    #expect(agent.log.first { $0.contains("code=hub-unreachable") } != nil)
    try write(federation.address)
    #expect(agent.log.first { $0.contains("connected to the hub") } != nil)
    let place = agent.log.count
    try write("nowhere")
    #expect(
      agent.log.first(from: place) { $0.contains("party.yaml as it is now does not count") } != nil)
    #expect(try federation.validUntil("hospital-a") != nil)
    #expect(agent.log.all.count { $0.contains("connected to the hub") } == 1)
    #expect(agent.terminate() == 0)
  }

  @Test("A changed 'direct' line opens, moves and closes the agent's port, and the hub hears of it")
  func directLine() throws {
    let federation = try LocalFederation()
    try federation.startHub()
    let agent = try federation.start("hospital-a")
    try federation.waitUntilConnected("hospital-a")
    let file = "\(federation.path)/parties/hospital-a/party.yaml"
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let ports = [try FreePort.any(), try FreePort.any()]
    let taken = try FreePort(listens: true)
    func direct(_ port: Int) throws {
      let line = "direct: {listen: \"127.0.0.1:\(port)\", address: \"127.0.0.1:\(port)\"}\n"
      try (text + "\n" + line).write(toFile: file, atomically: true, encoding: .utf8)
    }
    func isOpen(_ port: Int) -> Bool { (try? RawSocket(port: port)) != nil }
    for port in ports {
      let place = agent.log.count
      try direct(port)
      let line = "moira party 'hospital-a' listens for other parties at port \(port)"
      #expect(agent.output.first { $0 == line } != nil)
      try federation.waitUntilConnected("hospital-a", from: place)
      #expect(isOpen(port))
    }
    #expect(federation.becomes { !isOpen(ports[0]) })
    try direct(taken.number)
    #expect(agent.log.first { $0.contains("code=address-taken") } != nil)
    #expect(isOpen(ports[1]))
    let place = agent.log.count
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    try federation.waitUntilConnected("hospital-a", from: place)
    #expect(federation.becomes { !isOpen(ports[1]) })
    #expect(agent.terminate() == 0)
  }
}

extension LocalFederation {
  /// Has the consortium sign a new certificate of 30 days, and puts the files into the member's folder.
  func renew(_ member: String, at folder: String) throws {
    let result = try moira("consortium", "renew", member, "--days", "30")
    if result.status != 0 { throw FederationFault(text: result.errors) }
    for file in ["revoked.json", "consortium.pem", "certificate.pem"] {
      let made = URL(fileURLWithPath: "\(path)/consortium/renewed/\(member)/\(file)")
      try Data(contentsOf: made).write(
        to: URL(fileURLWithPath: "\(path)/\(folder)/keys/\(file)"), options: .atomic)
    }
  }

  /// Until when a party's certificate is valid, as the hub has it.
  func validUntil(_ party: String) throws -> String? {
    let result = try ask("party", "list")
    let line = result.lines.first { $0.hasPrefix(party + " ") && $0.contains(" connected ") }
    return line.map { $0.split(separator: " ").suffix(2).joined(separator: " ") }
  }

  /// Whether something comes to be, at once or after a while.
  func becomes(_ holds: () -> Bool) -> Bool {
    for _ in 0..<100 {
      if holds() { return true }
      pause(milliseconds: 100)
    }
    return false
  }
}
