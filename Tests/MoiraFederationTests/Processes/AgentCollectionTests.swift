import Foundation
import Testing

@Suite("Artifacts of an agent that nothing uses", .serialized)
struct AgentCollectionTests {
  private static let cached = LightPipeline.training.replacingOccurrences(
    of: "cache: false, ", with: "")
  private static let home = "parties/hospital-a/state"

  private func collect(_ federation: LocalFederation, _ more: [String] = []) throws -> Collected {
    let result = try federation.run(["gc", "--home", Self.home, "--format", "json"] + more)
    #expect(result.status == 0, "\(result.errors)")
    let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
    return Collected(
      jobs: json?["jobs"] as? [String] ?? [], artifacts: json?["artifacts"] as? Int ?? -1)
  }

  private struct Collected: Equatable {
    let jobs: [String]
    let artifacts: Int
  }

  @Test(
    "What a job made or reused stays; what only older jobs used goes; a running agent's stays all")
  func collection() async throws {
    let federation = try LocalFederation()
    try federation.write(Self.cached, toFile: "cached.yaml")
    try federation.startAll()
    let first = try federation.job(federation.submitting(file: "cached.yaml"))
    let second = try federation.job(
      federation.submitting(["--set", "homo_lr_0.epochs=1"], file: "cached.yaml"))
    #expect(first.hashes("train", of: "split_0") == second.hashes("train", of: "split_0"))
    #expect(await federation.forgets("hospital-a"))
    let running = try federation.run(["gc", "--home", Self.home])
    #expect(running.status != 0 && running.errors.contains("[agent-locked]"), "\(running.errors)")

    #expect(federation.agents["hospital-a"]?.terminate() == 0)
    #expect(try collect(federation) == Collected(jobs: [], artifacts: 0))
    let tried = try collect(federation, ["--keep", "1", "--dry-run"])
    let done = try collect(federation, ["--keep", "1"])
    #expect(tried == done && done.jobs == [first.id] && done.artifacts > 0, "\(tried) \(done)")
    #expect(try collect(federation, ["--keep", "1"]) == Collected(jobs: [], artifacts: 0))

    try federation.start("hospital-a")
    try federation.waitUntilConnected("hospital-a")
    let kept = try federation.ask("export", second.id, "homo_lr_0.model@hospital-a")
    #expect(kept.status == 0 && kept.output.contains("weights"), "\(kept.errors)")
    let gone = try federation.ask("export", first.id, "homo_lr_0.model@hospital-a")
    #expect(gone.status != 0 && gone.errors.contains("[artifact-unknown]"), "\(gone.errors)")
    // The rows that the second job reused are there still: a third one reuses them again.
    let third = try federation.job(
      federation.submitting(["--set", "homo_lr_0.epochs=3"], file: "cached.yaml"))
    #expect(third.state == "succeeded")
    #expect(third.attempt(of: "split_0") == second.attempt(of: "split_0"))
    #expect(third.hashes("train", of: "split_0") == first.hashes("train", of: "split_0"))

    #expect(await federation.forgets("hospital-a"))
    #expect(federation.agents["hospital-a"]?.terminate() == 0)
    let all = try collect(federation, ["--keep", "0"])
    #expect(Set(all.jobs) == [second.id, third.id])
    #expect(try collect(federation) == Collected(jobs: [], artifacts: 0))
  }
}
