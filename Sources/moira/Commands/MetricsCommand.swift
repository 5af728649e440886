import ArgumentParser
import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraRuntime
import MoiraSchedule

/// Prints what the tasks of a job measured, round by round.
struct MetricsCommand: Subcommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, csv, json
  }

  static let configuration = CommandConfiguration(
    commandName: "metrics", abstract: "Print what the tasks of a job measured, step by step.")

  @OptionGroup var selection: JobOptions
  @Option(help: "text (last values), csv or json (every step).") var format: Format = .text
  var isJSON: Bool { format == .json }

  func perform() async throws -> ExitStatus {
    let history = try await selection.history()
    switch format {
    case .text: showLast(history)
    case .csv:
      Console.print("task,party,attempt,step,metric,value")
      for row in rows(history) {
        for (name, value) in row.values.sorted(by: { $0.key < $1.key }) {
          let part = row.part
          Console.print(
            "\(part.task),\(part.party),\(part.attempt),\(row.step),\(cell(name)),\(value)")
        }
      }
    case .json:
      let list = rows(history).map { row in
        ConfigValue.map([
          ("task", .string(row.part.task.text)), ("party", .string(row.part.party.text)),
          ("attempt", .int(row.part.attempt)), ("step", .int(row.step)),
          ("values", numbers(row.values)),
        ])
      }
      Console.print(ConfigValue.list(list).json(indent: 2))
    }
    return .done
  }

  private func showLast(_ history: JobHistory) {
    guard let snapshot = history.snapshot else { return }
    let text = JobText(
      history.board, snapshot, home: selection.home.folder, style: .output, isVerbose: true)
    let lines = text.metrics
    if lines.isEmpty { Console.print("the job '\(history.record.id)' measured nothing") }
    for line in lines { Console.print(line) }
  }

  private func rows(_ history: JobHistory) -> [(part: PartKey, step: Int, values: [String: Double])]
  {
    history.reports.compactMap { one in
      guard case .metrics(let step, let values) = one.report.report else { return nil }
      return (one.report.part, step, values)
    }
  }

  private func cell(_ text: String) -> String {
    guard text.utf8.contains(where: { ",\"\n".utf8.contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
