import ArgumentParser
import MoiraConfig
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSim
import MoiraWire

/// Hands a pipeline to a hub.
struct SubmitCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "submit", abstract: "Submit a pipeline to a hub.",
    discussion: """
      moira submit homo_lr.yaml --hub hub.example.org:7433 --as parties/alice --wait

      The same file runs with 'moira run' on this machine alone.
      """)

  @OptionGroup var pipeline: PipelineOptions
  @OptionGroup var hub: HubOptions
  @Flag(help: "Watch the job to its end.") var wait = false
  @Option(help: "Among the jobs that wait, the higher goes first; by default what 'conf' says.")
  var priority: Int?
  @Option(help: "Submitted twice with the same key, it is one job; another pipeline is refused.")
  var idempotencyKey: String?
  @OptionGroup var output: OutputOptions
  var isJSON: Bool { output.format == .json }
  var isVerbose: Bool { output.verbose }

  func perform() async throws -> ExitStatus {
    guard let access = try hub.access() else {
      throw Failure(
        "hub-missing", "no hub is named to submit to",
        hint: "'--hub HOST:PORT', or 'moira login' once")
    }
    let source = try PipelineSource(
      readFrom: pipeline.file, overrides: pipeline.changes.sets)
    return try await Submission(access, isJSON: isJSON, isVerbose: isVerbose).submit(
      source, key: idempotencyKey, priority: priority, wait: wait)
  }
}

/// One submission, and what is shown of it.
struct Submission {
  private let access: HubAccess
  private let isJSON: Bool
  private let isVerbose: Bool

  init(_ access: HubAccess, isJSON: Bool, isVerbose: Bool) {
    self.access = access
    self.isJSON = isJSON
    self.isVerbose = isVerbose
  }

  func submit(
    _ source: PipelineSource, key: String? = nil, priority: Int? = nil, from: TaskID? = nil,
    wait: Bool
  ) async throws -> ExitStatus {
    // What is wrong is told here and at once, with its place in the file.
    let (plan, warnings) = try await ReadPipeline(source, home: HomeOptions.standard).plan()
    if let from { try plan.check(from) }
    if !isJSON { warnings?.show(asJSON: false) }
    let request = try access.request(
      source, planned: plan, key: key, priority: priority, from: from)
    guard wait else {
      say(try await access.submitted(request), plan)
      return .done
    }
    let (job, updates) = try await access.submit(request)
    if !isJSON { Console.print("job \(job)  \(plan.name)  at \(access.address)") }
    let place = JobRun(
      plan, store: MemoryJobStore(), Composition(home: .elsewhere), isJSON: isJSON,
      isVerbose: isVerbose)
    return try await place.follow(job, updates)
  }

  private func say(_ job: JobID, _ plan: Plan) {
    if isJSON {
      let json = ConfigValue.map([
        ("job", .string(job.text)), ("plan", .string(plan.contentHash.text)),
      ])
      Console.print(json.json(indent: 2))
      return
    }
    Console.print("submitted job \(job)  \(plan.name)  to \(access.address)")
    Console.print(
      "'moira show \(job)' tells how it stands, 'moira logs \(job) --follow' what it tells")
  }
}
