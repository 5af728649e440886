import Foundation
import Testing

@Suite("Consent of parties over processes", .serialized)
struct FederationPolicyTests {
  @Test("What one party's policy forbids is refused by name, and nothing runs at any of them")
  func refusals() async throws {
    let federation = try LocalFederation(policies: [
      "hospital-b": LocalFederation.usualPolicy(of: "hospital-b") {
        $0.replacingOccurrences(
          of: "components: any", with: "components: [reader, partitioner, encryptor, homo_lr]")
      }
    ])
    try federation.write(LightPipeline.training, toFile: "light.yaml")
    try federation.write(LightPipeline.plain, toFile: "plain.yaml")
    try federation.startAll()
    let stranger = try federation.ask(
      "submit", "light.yaml", "--wait", as: "submitters/mallory")
    #expect(stranger.status == 77, "\(stranger.output)")
    for party in LocalFederation.parties {
      #expect(stranger.output.contains("\(party): 'policy.submitters'"))
    }
    let forbidden = try federation.ask("submit", "homo_lr.yaml", "--wait")
    #expect(forbidden.status == 77)
    #expect(forbidden.output.contains("hospital-b: 'policy.components' must name what runs"))
    #expect(forbidden.output.contains("[policy-component]"))
    let bare = try federation.ask("submit", "plain.yaml", "--wait")
    #expect(bare.status == 77 && bare.output.contains("'policy.protections'"), "\(bare.output)")
    for party in LocalFederation.parties {
      let lines = try federation.audit(of: party)
      #expect(lines.count == 3 && lines.allSatisfy { $0.kind == "decision" }, "\(lines)")
      #expect(try federation.moira("party", "audit", "parties/\(party)", "--verify").status == 0)
      #expect(await federation.forgets(party))
    }
    let granted = try federation.job(federation.submitting(file: "light.yaml"))
    #expect(granted.state == "succeeded")
  }

  @Test("A party that is away is waited for; with 'wait_for_party: 1' its task fails by name")
  func away() throws {
    let federation = try LocalFederation()
    try federation.write(LightPipeline.training, toFile: "light.yaml")
    let hasty = LightPipeline.training.replacingOccurrences(
      of: "{cache: false, retries: 10}", with: "{cache: false, retries: 0, wait_for_party: 1}")
    try federation.write(hasty, toFile: "hasty.yaml")
    try federation.startAll()
    federation.agents["hospital-c"]?.kill9()
    let waiting = try federation.submitting(file: "light.yaml")
    try federation.hubHasSubmitted()
    try federation.start("hospital-c")
    #expect(try federation.job(waiting).state == "succeeded")

    let place = federation.agents["hospital-c"]?.log.count ?? 0
    let failing = try federation.submitting(file: "hasty.yaml")
    _ = federation.agents["hospital-c"]?.log.first(from: place) { $0.contains("agreed to a job") }
    federation.agents["hospital-c"]?.kill9()
    let result = failing.result()
    #expect(result.status == 1 || result.status == 69, "\(result.status)")
    #expect(result.output.contains("party-unreachable"), "\(result.output)")
    #expect(result.output.contains("'hospital-c' has not been connected to the hub"))
  }

  @Test("A job is stopped by its submitter, and by nobody who has no part in it")
  func stop() throws {
    let federation = try LocalFederation()
    try federation.startAll()
    let long = ["--set", "homo_lr_0.epochs=2000"]
    let running = try federation.submitting(long)
    let log = try #require(federation.agents["hospital-a"]?.log)
    _ = log.first { $0.contains("part started") && $0.contains("task=homo_lr_0") }
    let stranger = try federation.ask("stop", "last", as: "submitters/mallory")
    #expect(stranger.status != 0 && stranger.errors.contains("[stop-refused]"))
    let stop = try federation.ask("stop", "last", "--reason", "enough")
    #expect(stop.status == 0, "\(stop.errors)")
    let job = try federation.job(running)
    #expect(job.state == "stopped")
    for party in LocalFederation.parties {
      _ = federation.agents[party]?.log.first {
        $0.contains("part ended") && $0.contains("cancelled")
      }
    }
    let twice = try federation.ask("stop", job.id)
    #expect(twice.errors.contains("has been stopped [job-ended]"))
  }

  @Test("SIGTERM lets an agent and the hub leave in mid-job; the job goes on after their return")
  func graceful() throws {
    let federation = try LocalFederation()
    try federation.startAll()
    let running = try federation.submitting()
    let log = try #require(federation.agents["hospital-b"]?.log)
    _ = log.first { $0.contains("part started") && $0.contains("task=scale_0") }
    #expect(federation.agents["hospital-b"]?.terminate() == 0)
    try federation.start("hospital-b")
    try federation.waitUntilConnected("hospital-b")
    #expect(federation.hub?.terminate() == 0)
    try federation.startHub()
    let job = try federation.job(running)
    #expect(job.state == "succeeded")
    for party in LocalFederation.parties {
      #expect(try federation.moira("party", "audit", "parties/\(party)", "--verify").status == 0)
    }
  }
}

extension LocalFederation {
  /// Waits until the hub's log tells of a job from a place on.
  func hubHasSubmitted(from place: Int = 0) throws {
    guard hub?.log.first(from: place, where: { $0.contains("job submitted") }) != nil else {
      throw FederationFault(text: "nothing was submitted")
    }
  }
}
