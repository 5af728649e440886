import ArgumentParser
import Foundation
import MoiraConfig
import MoiraModel
import MoiraRuntime
import MoiraSchedule
import MoiraStorage

/// Removes artifacts that no kept job refers to, and old jobs if asked.
struct CollectCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "gc", abstract: "Remove artifacts that no job refers to, and old jobs if asked.",
    discussion: """
      With '--home parties/hospital-a/state', those of an agent that is stopped: what none of the jobs \
      uses that it has taken part in, and with '--keep' what only older ones use.
      """)

  @OptionGroup var home: HomeOptions
  @Option(help: "Keep this many of the newest jobs, and forget the others.") var keep: Int?
  @Flag(help: "Only say what would be removed.") var dryRun = false
  @OptionGroup var output: OutputOptions
  var isJSON: Bool { output.format == .json }

  func validate() throws {
    if let keep, keep < 0 { throw ValidationError("'--keep' must be at least 0, but is \(keep)") }
  }

  func perform() async throws -> ExitStatus {
    home.folder.isOfAgent ? try await collectAtAgent() : try await collectAtHome()
  }

  /// Of an agent's state: what its jobs use, by its own memory.
  private func collectAtAgent() async throws -> ExitStatus {
    let lock = try home.folder.lockAgent(
      of: home.folder.path,
      hint: "stop the agent first: what its running parts make is noted when they end")
    defer { withExtendedLifetime(lock) {} }
    let store = try SQLiteJobStore(path: home.folder.agentDatabase)
    let holdings = try await AgentHoldings(in: store)
    let choice = holdings.choice(keep: keep)
    if !dryRun { try await holdings.forget(choice, in: store) }
    let removed = try await removeArtifacts(
      unless: choice.used, Composition(home: home.folder))
    tell(jobs: choice.gone, artifacts: removed.count, bytes: removed.bytes)
    return .done
  }

  private func collectAtHome() async throws -> ExitStatus {
    let composition = Composition(home: home.folder)
    let store = try composition.storeForReading()
    let records = try await store.records()
    try refuseWhileRunning(records)
    let gone = keep.map { records.dropLast($0).filter(\.state.isFinal) } ?? []
    let kept = records.filter { one in !gone.contains { $0.id == one.id } }
    var used: Set<ContentHash> = []
    for record in kept {
      let snapshot = JobMachine(replaying: try await store.journal(of: record.id)).snapshot
      used.formUnion(snapshot?.artifacts.map(\.reference.hash) ?? [])
    }
    if !dryRun { for record in gone { try await store.remove(record.id) } }
    let removed = try await removeArtifacts(unless: used, composition)
    tell(jobs: gone.map(\.id), artifacts: removed.count, bytes: removed.bytes)
    return .done
  }

  /// What a running job has made is not in its journal yet.
  private func refuseWhileRunning(_ records: [JobRecord]) throws(Failure) {
    for record in records where JobLock.isHeld(record.id, home: home.folder) {
      throw Failure(
        "job-locked", "the job '\(record.id)' is being run by another process",
        hint: "wait for its end, or 'moira stop \(record.id)'")
    }
  }

  private func removeArtifacts(
    unless used: Set<ContentHash>, _ composition: Composition
  ) async throws -> (count: Int, bytes: Int) {
    var removed = (count: 0, bytes: 0)
    let parties = try? FileManager.default.contentsOfDirectory(atPath: home.folder.parties)
    for party in (parties ?? []).sorted() {
      let artifacts = try composition.artifacts(of: PartyID(party))
      if !dryRun { try composition.removeTemporaries(of: PartyID(party)) }
      for (hash, bytes) in try await artifacts.all() where !used.contains(hash) {
        if !dryRun { try await artifacts.remove(hash) }
        removed = (removed.count + 1, removed.bytes + bytes)
      }
    }
    return removed
  }

  private func tell(jobs: [JobID], artifacts: Int, bytes: Int) {
    if isJSON {
      let json = ConfigValue.map([
        ("dry_run", .bool(dryRun)), ("jobs", .list(jobs.map { .string($0.text) })),
        ("artifacts", .int(artifacts)), ("bytes", .int(bytes)),
      ])
      Console.print(json.json(indent: 2))
    } else {
      let verb = dryRun ? "would remove" : "removed"
      let names = jobs.isEmpty ? "" : " (\(jobs.map(\.text).joined(separator: ", ")))"
      Console.print(
        "\(verb) \(jobs.count) jobs\(names) and \(artifacts) artifacts, \(sizeText(bytes))")
    }
  }
}
