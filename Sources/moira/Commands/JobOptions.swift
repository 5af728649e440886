import ArgumentParser
import MoiraModel

/// Which job.
struct JobOptions: ParsableArguments {
  @Argument(help: "The job's id, the beginning of it, or 'last'.")
  var job: String
  @OptionGroup var home: HomeOptions
  @OptionGroup var hub: HubOptions

  func place() throws(Failure) -> JobPlace { try JobPlace(home, hub) }
}

extension JobOptions {
  /// The job with its history.
  func history() async throws -> JobHistory {
    let place = try place()
    return try await JobHistory(try await place.store.job(named: job), in: place)
  }
}
