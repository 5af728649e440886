import ArgumentParser
import MoiraConfig
import MoiraPlan

/// Checks a pipeline and says all that is wrong with it.
struct CheckCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check a pipeline, and say all that is wrong with it.")

  @OptionGroup var pipeline: PipelineOptions
  @OptionGroup var home: HomeOptions
  @OptionGroup var output: OutputOptions
  var isJSON: Bool { output.format == .json }

  func perform() async throws -> ExitStatus {
    let loaded = try await LoadedPipeline(pipeline, home: home.folder)
    if isJSON {
      Console.print((loaded.warnings?.json ?? .map([("diagnostics", .list([]))])).json(indent: 2))
    } else {
      loaded.warnings?.show(asJSON: false)
      let plan = loaded.plan
      Console.print(
        "\(pipeline.file): \(plan.tasks.count) tasks at \(plan.members.count) parties, no errors")
    }
    return .done
  }
}
