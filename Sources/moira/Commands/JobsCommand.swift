import ArgumentParser
import MoiraConfig
import MoiraModel
import MoiraRuntime

/// Lists the jobs, the newest first.
struct JobsCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs", abstract: "List the jobs, the newest first.")

  @OptionGroup var home: HomeOptions
  @OptionGroup var hub: HubOptions
  @Option(help: "How many at most.") var limit = 20
  @OptionGroup var output: OutputOptions
  var isJSON: Bool { output.format == .json }

  func perform() async throws -> ExitStatus {
    let place = try JobPlace(home, hub)
    let shown = try await place.store.records(latest: max(0, limit)).reversed()
    // Fewer than asked for are all; a hub need not be dialled once more.
    let count = shown.count < limit ? shown.count : try await place.store.ids().count
    if isJSON {
      Console.print(ConfigValue.list(shown.map { json($0, place) }).json(indent: 2))
    } else if count == 0 {
      Console.print(
        place.hub == nil
          ? "no jobs in '\(home.folder.path)' yet; 'moira run FILE' runs a pipeline"
          : "no jobs at the hub yet; 'moira submit FILE' submits a pipeline")
    } else {
      var table = TextTable(["job", "pipeline", "state", "started", "time"], right: [4])
      for record in shown {
        table.add([
          record.id.text, record.name, state(of: record, place), momentText(record.created),
          record.ended.map { spanText($0 - record.created) } ?? "",
        ])
      }
      for line in table.lines(.output) { Console.print(line) }
      if shown.count < count {
        Console.print("and \(count - shown.count) more; '--limit' shows them")
      }
    }
    return .done
  }

  private func state(of record: JobRecord, _ place: JobPlace) -> String {
    record.state == .running && !place.isRunning(record)
      ? "interrupted" : record.state.rawValue
  }

  private func json(_ record: JobRecord, _ place: JobPlace) -> ConfigValue {
    .map([
      ("job", .string(record.id.text)), ("name", .string(record.name)),
      ("state", .string(state(of: record, place))), ("file", .string(record.source.file)),
      ("created", .int(Int(record.created.milliseconds))),
      ("ended", record.ended.map { .int(Int($0.milliseconds)) } ?? .null),
      ("plan", .string(record.planHash.text)),
    ])
  }
}
