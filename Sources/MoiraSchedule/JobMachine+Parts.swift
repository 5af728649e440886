import MoiraModel

/// What the reports of parts, and the timers of attempts, do to their tasks.
extension JobMachine {
  mutating func partSucceeded(
    _ report: PartSuccess, at now: Instant, _ actions: inout [JobAction]
  ) {
    guard let place = place(of: report.part) else { return }
    let open = tasks[place].attempt?.openParties ?? []
    let lost = (report.absent ?? []).filter(open.contains)
    let step = tasks[place].attempt?.partSucceeded(
      report.part.party, outputs: report.outputs, absent: report.absent)
    cancel(place, lost, &actions)
    follow(step ?? .ignored, place, at: now, &actions)
  }

  mutating func partFailed(_ report: PartFailure, at now: Instant, _ actions: inout [JobAction]) {
    guard let place = place(of: report.part) else { return }
    let outlives = tasks[place].shape.policy.outlivesParties
    let step = tasks[place].attempt?.partFailed(
      report.part.party, report.failure, outlives: outlives)
    follow(step ?? .ignored, place, at: now, &actions)
  }

  mutating func timerFired(_ id: TimerID, at now: Instant, _ actions: inout [JobAction]) {
    guard let place = places[id.task], tasks[place].timer?.id == id else { return }
    tasks[place].timer = nil
    switch id.purpose {
    case .backOff: makeReady(place)
    case .timeout: timeOut(place, at: now, &actions)
    case .settle: settleByEcho(place, at: now, &actions)
    }
  }

  /// The failure of an attempt that ends now: its open parts are cancelled, and the task fails or
  /// backs off.
  mutating func settle(
    _ place: Int, _ failure: Failure, at now: Instant, _ actions: inout [JobAction]
  ) {
    cancelParts(place, &actions)
    tasks[place].attempt?.end()
    tasks[place].failures.append(failure)
    occupied -= 1
    let failures = tasks[place].failures.count
    let policy = tasks[place].shape.policy
    guard failure.isTransient, failures <= policy.retries, let seed = shape?.seed,
      let attempt = tasks[place].attempt?.number
    else { return fail(place, at: now, &actions) }
    let wait = policy.backoff.wait(
      afterFailures: failures, of: tasks[place].shape.id, attempt: attempt, seed: seed)
    tasks[place].state = .backingOff
    setTimer(place, .backOff, attempt: attempt, at: now.later(by: wait), &actions)
  }

  /// If nobody has said more by now, the echo stands.
  mutating func settleByEcho(_ place: Int, at now: Instant, _ actions: inout [JobAction]) {
    guard let echo = tasks[place].attempt?.echo else { return }
    settle(place, echo, at: now, &actions)
  }

  /// Tells the parts that still run to end, and drops the attempt's timer.
  mutating func cancelParts(_ place: Int, _ actions: inout [JobAction]) {
    dropTimer(place, &actions)
    cancel(place, tasks[place].attempt?.cancelRunning() ?? [], &actions)
  }

  /// Tells the parts of the last attempt at these parties to end.
  func cancel(_ place: Int, _ parties: [PartyID], _ actions: inout [JobAction]) {
    guard let attempt = tasks[place].attempt?.number else { return }
    let task = tasks[place].shape.id
    for party in parties {
      actions.append(.cancel(PartKey(task: task, attempt: attempt, party: party)))
    }
  }

  mutating func setTimer(
    _ place: Int, _ purpose: TimerID.Purpose, attempt: Int, at due: Instant,
    _ actions: inout [JobAction]
  ) {
    let id = TimerID(task: tasks[place].shape.id, attempt: attempt, purpose: purpose)
    tasks[place].timer = .init(id: id, due: due)
    actions.append(.setTimer(id, at: due))
  }

  mutating func dropTimer(_ place: Int, _ actions: inout [JobAction]) {
    guard let timer = tasks[place].timer else { return }
    tasks[place].timer = nil
    actions.append(.cancelTimer(timer.id))
  }

  /// Where the task stands whose current, running attempt has this part.
  private func place(of part: PartKey) -> Int? {
    guard let place = places[part.task], tasks[place].state == .running,
      tasks[place].attempt?.number == part.attempt
    else { return nil }
    return place
  }

  private mutating func follow(
    _ step: AttemptMachine.Step, _ place: Int, at now: Instant, _ actions: inout [JobAction]
  ) {
    switch step {
    case .ignored, .noted: break
    case .succeeded: succeed(place, at: now, &actions)
    case .failing: startSettling(place, at: now, &actions)
    case .failed(let failure): settle(place, failure, at: now, &actions)
    }
  }

  private mutating func succeed(_ place: Int, at now: Instant, _ actions: inout [JobAction]) {
    dropTimer(place, &actions)
    occupied -= 1
    tasks[place].absent.formUnion(tasks[place].attempt?.absent ?? [])
    finishWithOutputs(place, .succeeded, tasks[place].attempt?.outputs ?? [:], at: now)
  }

  private mutating func fail(_ place: Int, at now: Instant, _ actions: inout [JobAction]) {
    finish(place, .failed, at: now)
    skipDownstream(of: place, at: now)
  }

  private mutating func startSettling(
    _ place: Int, at now: Instant, _ actions: inout [JobAction]
  ) {
    cancelParts(place, &actions)
    guard let attempt = tasks[place].attempt?.number else { return }
    let due = now.later(by: Self.settlingGrace)
    setTimer(place, .settle, attempt: attempt, at: due, &actions)
  }

  private mutating func timeOut(_ place: Int, at now: Instant, _ actions: inout [JobAction]) {
    let task = tasks[place].shape
    guard let attempt = tasks[place].attempt, let limit = task.policy.timeout else { return }
    if let (lost, step) = tasks[place].attempt?.loseOpen() {
      cancel(place, lost, &actions)
      return follow(step, place, at: now, &actions)
    }
    let failure = Failure.timeout(
      of: task.id, attempt: attempt.number, after: limit, open: attempt.openParties)
    settle(place, failure, at: now, &actions)
  }
}
