import MoiraConfig
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSchedule

/// Sees a job through: shows it, hears who wants it stopped, and tells how it ended.
struct JobRun {
  let plan: Plan
  let home: Home
  let store: any JobStore
  let clock: any WallClock
  let isJSON: Bool
  let isVerbose: Bool

  init(
    _ plan: Plan, store: any JobStore, _ composition: Composition, isJSON: Bool, isVerbose: Bool
  ) {
    self.plan = plan
    self.store = store
    home = composition.home
    clock = composition.clock
    self.isJSON = isJSON
    self.isVerbose = isVerbose
  }

  /// Holds the job's lock and watches the job to its end.
  func see(
    _ job: JobID, through start: () async throws(Failure) -> Coordinator.Running
  ) async throws -> ExitStatus {
    let lock = try JobLock.acquire(job, home: home)
    defer { withExtendedLifetime(lock) {} }
    let requests = StopRequests(of: job, home: home)
    requests.clear()
    let running = try await start()
    if !isJSON { Console.print("job \(job)  \(plan.name)") }
    let interrupts = Interrupts { Task { await running.driver.stop(reason: "interrupted") } }
    let watching = Task { await requests.watch { await running.driver.stop(reason: $0) } }
    var board = await show(running.job, running.updates)
    watching.cancel()
    interrupts.end()
    if let snapshot = board.ended {
      for one in try await ReusedReports(store: store).reports(for: snapshot) {
        board.take(.report(one))
      }
    }
    return try report(board)
  }

  /// Watches a job that a hub runs to its end; interrupted, it lets the job go on.
  func follow(_ job: JobID, _ updates: AsyncStream<JobUpdate>) async throws -> ExitStatus {
    let (stopping, stop) = AsyncStream.makeStream(of: JobUpdate.self)
    let forwarding = Task {
      for await update in updates { stop.yield(update) }
      stop.finish()
    }
    let interrupts = Interrupts {
      forwarding.cancel()
      stop.finish()
    }
    let board = await show(job, stopping)
    interrupts.end()
    if board.ended == nil, board.broken == nil {
      Console.printError(
        "the job '\(job)' goes on at the hub; 'moira show \(job)' tells how it stands")
      return .tryAgain
    }
    return try report(board)
  }

  private func show(_ job: JobID, _ updates: AsyncStream<JobUpdate>) async -> RunBoard {
    let screen = screen(job)
    var board = RunBoard(plan: plan, job: job)
    for await update in updates {
      board.take(update)
      await screen.take(update)
    }
    await screen.end()
    return board
  }

  private func screen(_ job: JobID) -> any RunScreen {
    if isJSON { return SilentScreen() }
    if Console.isTerminal, !isVerbose {
      return LiveScreen(plan: plan, job: job, clock: clock, style: .output)
    }
    return PlainScreen(plan: plan, isVerbose: isVerbose)
  }

  private func report(_ board: RunBoard) throws(Failure) -> ExitStatus {
    if let broken = board.broken { throw broken }
    guard let snapshot = board.ended else {
      throw Failure(
        "internal-error", "the job's updates ended before the job",
        hint: "'moira resume \(board.job)' goes on with it")
    }
    if isJSON {
      Console.print(
        JobJSON(board, snapshot, planHash: plan.contentHash).value.json(indent: 2))
    } else {
      for line in text(board, snapshot) { Console.print(line) }
    }
    if let refusals = snapshot.refusals {
      let isAway = refusals.allSatisfy { $0.code == "party-unreachable" }
      return isAway ? .partyUnreachable : .refused
    }
    return snapshot.state == .succeeded ? .done : .jobFailed
  }

  private func text(_ board: RunBoard, _ snapshot: JobSnapshot) -> [String] {
    let style = Style.output
    let text = JobText(board, snapshot, home: home, style: style, isVerbose: isVerbose)
    var ending = "job \(snapshot.id) \(snapshot.state.rawValue)"
    if let span = snapshot.span { ending += " in \(spanText(span))" }
    if let reason = snapshot.stopReason { ending += ": \(reason)" }
    for refusal in snapshot.refusals ?? [] {
      ending += "\n  \(refusal.party.map { "\($0): " } ?? "")\(refusal.message) [\(refusal.code)]"
    }
    let painted = snapshot.state == .succeeded ? style.green(ending) : style.red(ending)
    return [painted] + text.summary + ["", style.bold("next")] + next(after: snapshot)
  }

  /// The model that is most likely wanted: the last that is not a baseline.
  private func model(
    of snapshot: JobSnapshot
  ) -> (task: TaskID, party: PartyID, reference: ArtifactReference)? {
    let models = snapshot.artifacts.filter { $0.reference.kind == .model }
    let guest = plan.members.first?.party
    return models.last { $0.reference.port == "model" && $0.party == guest } ?? models.last
  }

  private func next(after snapshot: JobSnapshot) -> [String] {
    let job = snapshot.id
    var table = TextTable([])
    switch snapshot.state {
    case .succeeded, .running:
      table.add(["moira show \(job)", "tasks, metrics and artifacts"])
      if let model = model(of: snapshot) {
        table.add([
          "moira export \(job) \(model.task).\(model.reference.port)@\(model.party)",
          "the model as JSON",
        ])
      }
      table.add(["moira rerun \(job) --set task.parameter=value", "what does not change is reused"])
    case .failed:
      table.add(["moira logs \(job)", "what each part told"])
      table.add(["moira rerun \(job)", "again; what succeeded is reused"])
    case .stopped:
      table.add(["moira rerun \(job)", "again; what succeeded is reused"])
    }
    return table.lines(indent: "  ")
  }
}
