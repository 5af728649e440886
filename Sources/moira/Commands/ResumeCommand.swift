import ArgumentParser
import MoiraModel
import MoiraRuntime

/// Goes on with a job whose process has died.
struct ResumeCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Go on with a job whose process has died.")

  @OptionGroup var selection: JobOptions
  @OptionGroup var output: OutputOptions
  var isJSON: Bool { output.format == .json }
  var isVerbose: Bool { output.verbose }

  func perform() async throws -> ExitStatus {
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
}
