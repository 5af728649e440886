import ArgumentParser
import MoiraConfig
import MoiraModel
import MoiraRuntime

/// Lists what a job made, and where it lies.
struct ArtifactsCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "artifacts", abstract: "List what a job made, by task, port and party.")

  @OptionGroup var selection: JobOptions
  @OptionGroup var output: OutputOptions
  var isJSON: Bool { output.format == .json }

  func perform() async throws -> ExitStatus {
    let history = try await selection.history()
    let snapshot = try history.started
    if isJSON {
      let json = JobJSON(history.board, snapshot, planHash: history.record.planHash)
      Console.print(json.artifacts.json(indent: 2))
      return .done
    }
    let text = JobText(
      history.board, snapshot, home: selection.home.folder, style: .output, isVerbose: false)
    for line in text.artifacts { Console.print(line) }
    Console.print("\n'moira export \(history.record.id) TASK.PORT@PARTY' writes one as CSV or JSON")
    return .done
  }
}
