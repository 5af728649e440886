import ArgumentParser
import MoiraConfig
import MoiraModel
import MoiraRuntime
import MoiraSchedule
import MoiraWire

/// Stops a job, whether a process runs it or not.
struct StopCommand: Subcommand {
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "Stop a job.")

  @OptionGroup var selection: JobOptions
  @Option(help: "Why; it is noted in the journal.") var reason: String?
  private var words: String { reason ?? "stopped by the user" }
  @OptionGroup var output: OutputOptions
  var isJSON: Bool { output.format == .json }

  func perform() async throws -> ExitStatus {
    if let hub = try selection.hub.access(besides: selection.home) {
      let record = try await HubJobStore(hub.client).job(named: selection.job)
      try await hub.client.stop(record.id, reason: reason ?? "")
      say("asked the hub to stop '\(record.id)'", record.id)
      return .done
    }
    let home = selection.home.folder
    let composition = Composition(home: home)
    let store = try composition.storeForReading()
    let record = try await store.job(named: selection.job)
    if record.state.isFinal {
      throw Failure(
        "job-ended", "the job '\(record.id)' has ended already: it \(record.state.pastWords)")
    }
    if JobLock.isHeld(record.id, home: home) {
      try StopRequests(of: record.id, home: home).ask(reason: words)
      say("asked the process that runs '\(record.id)' to stop it", record.id)
    } else {
      let lock = try JobLock.acquire(record.id, home: home)
      try await stop(record.id, in: store, at: composition.clock.now())
      withExtendedLifetime(lock) {}
      say("stopped the job '\(record.id)', which no process was running", record.id)
    }
    return .done
  }

  /// Notes the stop in the journal of a job that nobody runs.
  private func stop(_ job: JobID, in store: any JobStore, at now: Instant) async throws(Failure) {
    let entry = JournalEntry(.stopRequested(StopRequest(reason: words)), at: now)
    try await store.append([entry], made: [], to: job)
    let machine = JobMachine(replaying: try await store.journal(of: job))
    try await store.conclude(job, machine.state ?? .stopped, at: machine.ended ?? now)
  }

  private func say(_ text: String, _ job: JobID) {
    let json = ConfigValue.map([("job", .string(job.text)), ("stopping", .bool(true))])
    Console.print(isJSON ? json.json(indent: 2) : text)
  }
}

extension JobState {
  /// `has failed`, for sentences.
  var pastWords: String {
    switch self {
    case .running: "is running"
    case .succeeded: "succeeded"
    case .failed: "failed"
    case .stopped: "was stopped"
    }
  }
}
