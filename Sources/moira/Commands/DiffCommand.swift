import ArgumentParser
import MoiraConfig
import MoiraModel
import MoiraPlan
import MoiraRuntime

/// Says in which parameters and results two jobs differ.
struct DiffCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Say in which parameters and results two jobs differ.")

  @Argument(help: "The job's id, the beginning of it, or 'last'.") var first: String
  @Argument(help: "Another job.") var second: String
  @OptionGroup var home: HomeOptions
  @OptionGroup var output: OutputOptions
  var isJSON: Bool { output.format == .json }

  func perform() async throws -> ExitStatus {
    let store = try Composition(home: home.folder).storeForReading()
    let left = try await JobHistory(
      try await store.job(named: first), in: store, home: home.folder)
    let right = try await JobHistory(
      try await store.job(named: second), in: store, home: home.folder)
    let difference = JobDifference(left, right, isComplete: output.verbose)
    if isJSON {
      Console.print(difference.json.json(indent: 2))
    } else {
      for line in difference.lines(.output) { Console.print(line) }
    }
    return .done
  }
}
