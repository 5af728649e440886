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
    let difference = JobDifference(left, right)
    if isJSON {
      Console.print(difference.json.json(indent: 2))
    } else {
      for line in difference.lines(.output) { Console.print(line) }
    }
    return .done
  }
}

/// What differs between two jobs, by name.
struct JobDifference {
  typealias Row = (name: String, left: String?, right: String?)

  private let jobs: (JobID, JobID)
  private let parameters: [Row]
  private let metrics: [Row]

  init(_ left: JobHistory, _ right: JobHistory) {
    jobs = (left.record.id, right.record.id)
    parameters = Self.rows(Self.parameters(of: left), Self.parameters(of: right))
    metrics = Self.rows(Self.metrics(of: left), Self.metrics(of: right))
  }

  private static func parameters(of job: JobHistory) -> [(String, String)] {
    job.record.plan.tasks.flatMap { task -> [(String, String)] in
      var values = [("\(task.id)  component", task.component)]
      for part in task.parts {
        for (path, value) in part.parameters.value.leaves {
          values.append(("\(task.id).\(path)  \(part.party)", value.written))
        }
      }
      return values
    }
  }

  private static func metrics(of job: JobHistory) -> [(String, String)] {
    job.board.lastMetrics.flatMap { one in
      one.metrics.values.sorted { $0.key < $1.key }.map {
        ("\(one.task).\($0.key)  \(one.party)", metricText($0.value))
      }
    }
  }

  /// Names whose values differ, in the order of the first job, then those that only the second has.
  private static func rows(_ left: [(String, String)], _ right: [(String, String)]) -> [Row] {
    let ours = Dictionary(left, uniquingKeysWith: { $1 })
    let theirs = Dictionary(right, uniquingKeysWith: { $1 })
    let names = left.map(\.0) + right.map(\.0).filter { ours[$0] == nil }
    return names.filter { ours[$0] != theirs[$0] }.map { ($0, ours[$0], theirs[$0]) }
  }

  func lines(_ style: Style) -> [String] {
    let lines =
      table("parameters", parameters, style) + table("metrics", metrics, style)
    return lines.isEmpty ? ["the jobs '\(jobs.0)' and '\(jobs.1)' do not differ"] : lines
  }

  private func table(_ title: String, _ rows: [Row], _ style: Style) -> [String] {
    if rows.isEmpty { return [] }
    var table = TextTable([title, jobs.0.text, jobs.1.text])
    for row in rows { table.add([row.name, row.left ?? "–", row.right ?? "–"]) }
    return table.lines(style)
  }

  var json: ConfigValue {
    .map([
      ("jobs", .list([.string(jobs.0.text), .string(jobs.1.text)])),
      ("parameters", list(parameters)), ("metrics", list(metrics)),
    ])
  }

  private func list(_ rows: [Row]) -> ConfigValue {
    .list(
      rows.map { row in
        .map([
          ("name", .string(row.name)), ("first", row.left.map { .string($0) } ?? .null),
          ("second", row.right.map { .string($0) } ?? .null),
        ])
      })
  }
}
