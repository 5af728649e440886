import ArgumentParser

/// Which job.
struct JobOptions: ParsableArguments {
  @Argument(help: "The job's id, the beginning of it, or 'last'.")
  var job: String
  @OptionGroup var home: HomeOptions
}

extension JobOptions {
  /// The job with its history.
  func history() async throws -> JobHistory {
    let composition = Composition(home: home.folder)
    let store = try composition.storeForReading()
    return try await JobHistory(try await store.job(named: job), in: store, home: home.folder)
  }
}
