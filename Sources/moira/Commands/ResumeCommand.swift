import ArgumentParser
import MoiraModel
import MoiraRuntime
import MoiraWire

/// Goes on with a job whose process has died.
struct ResumeCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Go on with a job whose process has died.")

  @OptionGroup var selection: JobOptions
  @OptionGroup var output: OutputOptions
  var isJSON: Bool { output.format == .json }
  var isVerbose: Bool { output.verbose }

  func perform() async throws -> ExitStatus {
    if let hub = try selection.hub.access(besides: selection.home) {
      return try await watch(hub)
    }
    let composition = Composition(home: selection.home.folder)
    let store = try composition.storeForReading()
    let record = try await store.job(named: selection.job)
    let parties = RegisteredParties(in: record.source.parties)
    if parties.diagnostics.hasErrors {
      throw WrongText(diagnostics: parties.diagnostics, sources: parties.sources)
    }
    let coordinator = try composition.coordinator(of: record.plan, at: parties, store: store)
    let run = JobRun(
      record.plan, store: store, composition, isJSON: isJSON,
      isVerbose: isVerbose)
    return try await run.see(record.id) { () throws(Failure) in
      try await coordinator.resume(record.id)
    }
  }

  /// A hub goes on with its jobs by itself: what is left is to watch.
  private func watch(_ hub: HubAccess) async throws -> ExitStatus {
    let record = try await HubJobStore(hub.client).job(named: selection.job)
    if record.state.isFinal {
      throw Failure(
        "job-ended", "the job '\(record.id)' has ended already: it \(record.state.pastWords)")
    }
    let run = JobRun(
      record.plan, store: HubJobStore(hub.client), Composition(home: .elsewhere),
      isJSON: isJSON, isVerbose: isVerbose)
    return try await run.follow(record.id, hub.updates(of: record.id))
  }
}
