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
}
