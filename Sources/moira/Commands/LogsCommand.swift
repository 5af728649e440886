import ArgumentParser
import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSchedule

/// Prints what the parts of a job told.
struct LogsCommand: Subcommand {
  /// How often `--follow` looks for more.
  static let interval = Duration.milliseconds(200)

  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "Print what the parts of a job told.")

  @OptionGroup var selection: JobOptions
  @Argument(help: "Only this task.") var task: String?
  @Flag(name: .shortAndLong, help: "Go on until the job ends.") var follow = false
  @OptionGroup var output: OutputOptions
  var isJSON: Bool { output.format == .json }

  func perform() async throws -> ExitStatus {
    let place = try selection.place()
    let store = place.store
    var job = try await store.job(named: selection.job)
    if let task { try check(TaskID(task), in: job) }
    var last = 0
    while true {
      if place.hub != nil { job = try await store.job(named: job.id.text) }
      let isLive = follow && place.isRunning(job)
      for one in try await store.reports(of: job.id, after: last) {
        last = one.number
        if task == nil || one.report.part.task.text == task { show(one.report) }
      }
      if !isLive { break }
      try? await Task.sleep(for: Self.interval)
    }
    try await showFailures(of: job, in: store)
    return .done
  }

  private func check(_ task: TaskID, in job: JobRecord) throws(Failure) {
    if job.plan[task] != nil { return }
    let names = job.plan.tasks.map(\.id.text)
    throw Failure(
      "task-unknown", "'\(task)' is not a task of the job '\(job.id)'",
      hint: nearestName(to: task.text, among: names).map { "did you mean '\($0)'?" }
        ?? "tasks are " + names.joined(separator: ", "))
  }

  private func showFailures(of job: JobRecord, in store: any JobStore) async throws(Failure) {
    if isJSON { return }
    let snapshot = JobMachine(replaying: try await store.journal(of: job.id)).snapshot
    for one in snapshot?.tasks ?? [] where task == nil || one.id.text == task {
      for failure in one.failures {
        Console.print(FailureReport(failure, of: job.id, isVerbose: output.verbose).text(.output))
      }
    }
  }

  /// One line a report; in JSON, one object a line.
  private func show(_ report: PartReport) {
    let line = ReportLine(report)
    Console.print(isJSON ? line.json.json() : line.text(.output))
  }
}

/// A report in one line.
struct ReportLine {
  private let report: PartReport

  init(_ report: PartReport) { self.report = report }

  func text(_ style: Style) -> String {
    let part = report.part
    let attempt = part.attempt > 1 ? " attempt \(part.attempt)" : ""
    let head = style.dim(String(momentText(report.at).suffix(8)))
    return "\(head)  \(part.task)\(attempt) at \(part.party): \(words(style))"
  }

  private func words(_ style: Style) -> String {
    switch report.report {
    case .progress(let done, let total): return "\(done) of \(total)"
    case .metrics(let step, let values):
      let shown = values.sorted { $0.key < $1.key }.map { "\($0.key) \(metricText($0.value))" }
      return "step \(step): " + shown.joined(separator: ", ")
    case .log(.notice, let text): return withoutControls(text)
    case .log(.warning, let text): return style.yellow("warning: ") + withoutControls(text)
    case .protection(let text): return "protected by " + withoutControls(text)
    case .tally(let name, let text): return withoutControls("\(name): \(text)")
    }
  }

  var json: ConfigValue {
    .map(
      [
        ("at", .int(Int(report.at.milliseconds))), ("task", .string(report.part.task.text)),
        ("attempt", .int(report.part.attempt)), ("party", .string(report.part.party.text)),
      ] + content)
  }

  private var content: [(key: String, value: ConfigValue)] {
    switch report.report {
    case .progress(let done, let total):
      [("kind", .string("progress")), ("done", .int(done)), ("total", .int(total))]
    case .metrics(let step, let values):
      [("kind", .string("metrics")), ("step", .int(step)), ("values", numbers(values))]
    case .log(let level, let text):
      [("kind", .string("log")), ("level", .string(level.rawValue)), ("text", .string(text))]
    case .protection(let text): [("kind", .string("protection")), ("text", .string(text))]
    case .tally(let name, let text):
      [("kind", .string("tally")), ("name", .string(name)), ("text", .string(text))]
    }
  }
}
