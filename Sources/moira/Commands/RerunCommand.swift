import ArgumentParser
import MoiraModel
import MoiraPlan
import MoiraRuntime

/// Runs a job's pipeline again as a new job, with changes.
struct RerunCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "rerun",
    abstract: "Run a job's pipeline again, with changes; what does not change is reused.")

  @Argument(help: "The job's id, the beginning of it, or 'last'.")
  var job: String
  @OptionGroup var changes: ChangeOptions
  @Option(help: ArgumentHelp("Run this task and what follows anew.", valueName: "task"))
  var from: String?
  @OptionGroup var options: RunOptions
  @OptionGroup var hub: HubOptions
  var isJSON: Bool { options.output.format == .json }
  var isVerbose: Bool { options.output.verbose }

  func perform() async throws -> ExitStatus {
    let place = try JobPlace(options.home, hub)
    let old = try await place.store.job(named: job).source
    if let access = place.hub { return try await submit(old, to: access) }
    var loaded = try await LoadedPipeline(
      PipelineSource(
        file: old.file, text: old.text, overrides: old.overrides + changes.sets,
        parties: changes.parties ?? old.parties), home: options.home.folder)
    if let from { loaded = try loaded.anew(from: TaskID(from)) }
    return try await options.run(loaded)
  }

  /// A new job of the hub's, watched to its end.
  private func submit(_ old: PipelineSource, to access: HubAccess) async throws -> ExitStatus {
    let source = PipelineSource(
      file: old.file, text: old.text, overrides: old.overrides + changes.sets, parties: "")
    return try await Submission(access, isJSON: isJSON, isVerbose: isVerbose).submit(
      source, from: from.map { TaskID($0) }, wait: true)
  }
}

extension LoadedPipeline {
  /// The same, with a plan that reuses nothing for a task and those that stand on it.
  ///
  /// - Throws: `task-unknown`.
  func anew(from task: TaskID) throws(Failure) -> LoadedPipeline {
    try plan.check(task)
    return LoadedPipeline(
      plan: plan.withoutReuse(from: task), source: source, parties: parties, warnings: warnings)
  }
}

extension Plan {
  /// - Throws: `task-unknown` unless it is a task of the plan.
  func check(_ task: TaskID) throws(Failure) {
    guard self[task] == nil else { return }
    let names = tasks.map(\.id.text)
    throw Failure(
      "task-unknown", "'\(task)' is not a task of the pipeline",
      hint: nearestName(to: task.text, among: names).map { "did you mean '\($0)'?" }
        ?? "tasks are " + names.joined(separator: ", "))
  }
}
