import Foundation
import Testing

@Suite("A job over processes", .serialized)
struct FederationJobTests {
  @Test("The template gives the same models over hub and agents as in one process, byte for byte")
  func sameModels() throws {
    let federation = try LocalFederation()
    try federation.startAll()
    let wired = try federation.job(federation.submitting())
    #expect(wired.state == "succeeded")
    let alone = try federation.moira("run", "homo_lr.yaml", "--home", "alone", "--format", "json")
    let local = try JobReading(alone.output)
    for (task, port) in [("homo_lr_0", "model"), ("homo_lr_0", "baseline"), ("scale_0", "scaler")] {
      let hashes = wired.hashes(port, of: task)
      #expect(hashes.count == 3 && hashes == local.hashes(port, of: task))
    }
    for party in LocalFederation.hospitals {
      let place = "homo_lr_0.model@\(party)"
      let there = try federation.ask("export", wired.id, place)
      let here = try federation.moira("export", local.id, place, "--home", "alone")
      #expect(there.status == 0 && there.output == here.output && here.output.contains("weights"))
    }
  }

  @Test("Jobs at the hub are listed, shown, logged, measured and run again as on one machine")
  func commands() throws {
    let federation = try LocalFederation()
    try federation.write(LightPipeline.training, toFile: "light.yaml")
    try federation.startAll()
    let job = try federation.job(federation.submitting(file: "light.yaml"))
    #expect(try federation.ask("jobs").output.contains(job.id))
    #expect(try federation.ask("show", job.id).output.contains("homo_lr_0"))
    let follow = try federation.ask("logs", job.id, "--follow")
    #expect(follow.status == 0 && follow.output.contains("reader_0 at hospital-a: 160 rows"))
    #expect(try federation.ask("metrics", job.id).output.contains("train loss"))
    let parties = try federation.ask("party", "list")
    for party in LocalFederation.parties {
      #expect(parties.lines.contains { $0.hasPrefix(party) && $0.contains("connected") })
    }
    let again = try federation.ask(
      "rerun", job.id, "--set", "homo_lr_0.epochs=1", "--format", "json")
    #expect(again.status == 0, "\(again.errors)")
    let second = try JobReading(try federation.ask("show", "last", "--format", "json").output)
    #expect(second.id != job.id && second.state == "succeeded")
    #expect(second.hashes("model", of: "homo_lr_0") != job.hashes("model", of: "homo_lr_0"))
    #expect(second.hashes("train", of: "split_0") == job.hashes("train", of: "split_0"))
  }

  @Test("Tables and keys do not leave, and models not to whom the party does not know")
  func exports() throws {
    let federation = try LocalFederation()
    try federation.write(LightPipeline.training, toFile: "light.yaml")
    try federation.startAll()
    let job = try federation.job(federation.submitting(file: "light.yaml"))
    let table = try federation.ask("export", job.id, "split_0.train@hospital-a")
    #expect(table.status == 77 && table.output.isEmpty)
    #expect(table.errors.contains("'hospital-a' lets no table leave [policy-release]"))
    let secret = try federation.ask("export", job.id, "encryptor_0.protection@hospital-b")
    #expect(secret.status == 77 && secret.output.isEmpty)
    #expect(secret.errors.contains("'hospital-b' lets no protection leave [policy-release]"))
    let stranger = try federation.ask(
      "export", job.id, "homo_lr_0.model@hospital-a", as: "submitters/mallory")
    #expect(stranger.status == 77 && stranger.errors.contains("[policy-submitter]"))
    let refused = try federation.audit(of: "hospital-a").filter { $0.kind == "release-refused" }
    #expect(refused.count == 2)
    #expect(try federation.audit(of: "hospital-b").contains { $0.kind == "release-refused" })
  }

  @Test("The same thing submitted twice with one key is one job, also when both come at once")
  func idempotency() throws {
    let federation = try LocalFederation()
    try federation.write(LightPipeline.training, toFile: "light.yaml")
    try federation.startAll()
    let key = ["--idempotency-key", "monday"]
    let both = try (0..<2).map { _ in try federation.submitting(key, file: "light.yaml") }
    let jobs = try both.map { try federation.job($0) }
    #expect(jobs[0].id == jobs[1].id && jobs[1].state == "succeeded")
    let other = try federation.ask(
      "submit", "light.yaml", "--idempotency-key", "monday", "--set", "homo_lr_0.epochs=1")
    #expect(other.status == 64 && other.errors.contains("[idempotency-key-reused]"))
    #expect(other.errors.contains("was used for job '\(jobs[0].id)'"), "\(other.errors)")
    let list = try federation.ask("jobs", "--format", "json").output
    let listed = try JSONSerialization.jsonObject(with: Data(list.utf8)) as? [Any]
    #expect(listed?.count == 1)
  }
}
