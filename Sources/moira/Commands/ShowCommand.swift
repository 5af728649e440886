import ArgumentParser
import MoiraConfig
import MoiraModel
import MoiraRuntime
import MoiraSchedule
import MoiraWire

/// Shows a job: tasks, failures, metrics, protection, artifacts.
struct ShowCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show how a job stands or came out.")

  @OptionGroup var selection: JobOptions
  @OptionGroup var output: OutputOptions
  var isJSON: Bool { output.format == .json }
  var isVerbose: Bool { output.verbose }

  func perform() async throws -> ExitStatus {
    let place = try selection.place()
    let history = try await selection.history()
    if history.snapshot == nil, let hub = place.hub {
      return try await showWaiting(history.record, at: hub)
    }
    let snapshot = try history.started
    if isJSON {
      let json = JobJSON(history.board, snapshot, planHash: history.record.planHash)
      Console.print(json.value.json(indent: 2))
      return .done
    }
    let text = JobText(
      history.board, snapshot, home: place.home, style: .output, isVerbose: isVerbose)
    for line in head(of: history) + text.tasks + text.summary { Console.print(line) }
    return .done
  }

  /// A job of a hub's that has not begun.
  private func showWaiting(_ record: JobRecord, at hub: HubAccess) async throws -> ExitStatus {
    let words = try await hub.client.standing(of: record.id) ?? "is about to begin"
    if isJSON {
      let json = ConfigValue.map([
        ("job", .string(record.id.text)), ("state", .string("waiting")), ("why", .string(words)),
      ])
      Console.print(json.json(indent: 2))
    } else {
      Console.print("job \(record.id)  \(record.name)  \(words)")
    }
    return .done
  }

  private func head(of history: JobHistory) -> [String] {
    let record = history.record
    let style = Style.output
    var line = "\(style.bold("job \(record.id)"))  \(record.name)  \(history.stateWord)"
    if let span = history.snapshot?.span { line += " in \(spanText(span))" }
    var lines = [line]
    if let reason = history.snapshot?.stopReason { lines.append("stopped: \(reason)") }
    lines.append(style.dim("\(momentText(record.created))  \(record.source.file)"))
    for set in record.source.overrides { lines.append(style.dim("--set \(set)")) }
    if history.stateWord == "interrupted" {
      lines.append("its process has died; 'moira resume \(record.id)' goes on with it")
    }
    return lines + [""]
  }
}
