import ArgumentParser
import MoiraModel
import MoiraPlan
import MoiraRuntime

/// What `run` and `rerun` share.
struct RunOptions: ParsableArguments {
  @OptionGroup var home: HomeOptions
  @Option(help: "How many tasks may run at the same time, in place of the pipeline's number.")
  var parallelism: Int?
  @Flag(help: "Run every task, also those whose results an earlier job left.")
  var noCache = false
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let parallelism, !(1...1024).contains(parallelism) {
      throw ValidationError("'--parallelism' must be 1 to 1024, but is \(parallelism)")
    }
  }

  /// Runs what was loaded as a new job.
  func run(_ loaded: LoadedPipeline) async throws -> ExitStatus {
    if output.format == .text { loaded.warnings?.show(asJSON: false) }
    let composition = Composition(home: home.folder)
    let store = try composition.store()
    let coordinator = try composition.coordinator(
      of: loaded.plan, at: loaded.parties, store: store)
    var options = Coordinator.Options()
    options.parallelism = parallelism
    options.useCache = !noCache
    let run = JobRun(
      loaded.plan, store: store, composition, isJSON: output.format == .json,
      isVerbose: output.verbose)
    let job = JobID.drawn()
    return try await run.see(job) { () throws(Failure) in
      try await coordinator.submit(loaded.plan, as: job, source: loaded.source, options: options)
    }
  }
}

/// Runs a pipeline with all its parties in this process.
struct RunCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a pipeline with all its parties in this process.")

  @OptionGroup var pipeline: PipelineOptions
  @OptionGroup var options: RunOptions
  var isJSON: Bool { options.output.format == .json }
  var isVerbose: Bool { options.output.verbose }

  func perform() async throws -> ExitStatus {
    try await options.run(try await LoadedPipeline(pipeline, home: options.home.folder))
  }
}
