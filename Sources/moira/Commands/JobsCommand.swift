import ArgumentParser
import MoiraConfig
import MoiraModel
import MoiraRuntime

/// Lists the jobs, the newest first.
struct JobsCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs", abstract: "List the jobs, the newest first.")

  @OptionGroup var home: HomeOptions
  @Option(help: "How many at most.") var limit = 20
  @OptionGroup var output: OutputOptions
  var isJSON: Bool { output.format == .json }

  func perform() async throws -> ExitStatus {
    let records = try await Composition(home: home.folder).storeForReading().records()
    let shown = records.reversed().prefix(max(0, limit))
    if isJSON {
      Console.print(ConfigValue.list(shown.map(json)).json(indent: 2))
    } else if records.isEmpty {
      Console.print("no jobs in '\(home.folder.path)' yet; 'moira run FILE' runs a pipeline")
    } else {
      var table = TextTable(["job", "pipeline", "state", "started", "time"], right: [4])
      for record in shown {
        table.add([
          record.id.text, record.name, state(of: record), momentText(record.created),
          record.ended.map { spanText($0 - record.created) } ?? "",
        ])
      }
      for line in table.lines(.output) { Console.print(line) }
      if shown.count < records.count {
        Console.print("and \(records.count - shown.count) more; '--limit' shows them")
      }
    }
    return .done
  }

  private func state(of record: JobRecord) -> String {
    record.state == .running && !JobLock.isHeld(record.id, home: home.folder)
      ? "interrupted" : record.state.rawValue
  }

  private func json(_ record: JobRecord) -> ConfigValue {
    .map([
      ("job", .string(record.id.text)), ("name", .string(record.name)),
      ("state", .string(state(of: record))), ("file", .string(record.source.file)),
      ("created", .int(Int(record.created.milliseconds))),
      ("ended", record.ended.map { .int(Int($0.milliseconds)) } ?? .null),
      ("plan", .string(record.planHash.text)),
    ])
  }
}
