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
  @OptionGroup var hub: HubOptions
  @OptionGroup var output: OutputOptions
  var isJSON: Bool { output.format == .json }

  func perform() async throws -> ExitStatus {
    let place = try JobPlace(home, hub)
    let left = try await JobHistory(try await place.store.job(named: first), in: place)
    let right = try await JobHistory(try await place.store.job(named: second), in: place)
    let difference = JobDifference(left, right, isComplete: output.verbose)
    if isJSON {
      Console.print(difference.json.json(indent: 2))
    } else {
      for line in difference.lines(.output) { Console.print(line) }
    }
    return .done
  }
}
