import MoiraModel

/// What a stop and a crash do to all tasks at once.
extension JobMachine {
  /// Ends the job now. What was begun or could have been is stopped; the rest is skipped.
  mutating func stop(_ request: StopRequest, at now: Instant, _ actions: inout [JobAction]) {
    stopReason = request.reason
    ready.removeAll()
    occupied = 0
    for place in tasks.indices where !tasks[place].state.isFinal {
      if tasks[place].state == .waiting {
        skipStopped(place, at: now)
      } else {
        stopTask(place, at: now, &actions)
      }
    }
    state = .stopped
    ended = now
    actions.append(.ended(.stopped))
  }

  /// Begins again what the process that died was about: lookups are asked once more, back-off
  /// timers set once more, cancelled parts cancelled once more, and attempts that ran are made
  /// anew.
  ///
  /// An attempt that was failing without a known cause is made anew too, so that the crash does not
  /// hide the cause; only if the task is not restartable is it settled by its echo.
  mutating func resume(at now: Instant, _ actions: inout [JobAction]) {
    for place in tasks.indices {
      cancel(place, tasks[place].attempt?.cancelledParties ?? [], &actions)
      if tasks[place].isLookingUp {
        actions.append(.lookUp(tasks[place].shape.id))
      } else if tasks[place].state == .running {
        resumeAttempt(place, at: now, &actions)
      } else if let timer = tasks[place].timer {
        actions.append(.setTimer(timer.id, at: timer.due))
      }
    }
  }

  /// Says once more all that was asked for: the parts that run go on, wherever they run.
  mutating func recover(at now: Instant, _ actions: inout [JobAction]) {
    for place in tasks.indices {
      boundTimer(place, at: now)
      let task = tasks[place]
      if task.isLookingUp { actions.append(.lookUp(task.shape.id)) }
      if let timer = task.timer { actions.append(.setTimer(timer.id, at: timer.due)) }
      guard task.state == .running, let attempt = task.attempt else { continue }
      for party in attempt.parties {
        let key = PartKey(task: task.shape.id, attempt: attempt.number, party: party)
        switch attempt.parts[party]?.state {
        case .running: actions.append(.start(key))
        case .cancelling: actions += [.start(key), .cancel(key)]
        default: break
        }
      }
    }
  }

  /// By a clock that runs behind the last process's, no timer is further away than it ever was.
  private mutating func boundTimer(_ place: Int, at now: Instant) {
    guard let timer = tasks[place].timer else { return }
    let policy = tasks[place].shape.policy
    let longest =
      switch timer.id.purpose {
      case .backOff: policy.backoff.limit
      case .timeout: policy.timeout ?? .zero
      case .settle: Self.settlingGrace
      }
    tasks[place].timer = .init(id: timer.id, due: min(timer.due, now.later(by: longest)))
  }

  /// The others cannot go on with an attempt that has lost a part: there is a new one.
  mutating func partLost(_ part: PartKey, at now: Instant, _ actions: inout [JobAction]) {
    guard let place = places[part.task], tasks[place].state == .running,
      let attempt = tasks[place].attempt, attempt.number == part.attempt,
      attempt.parts[part.party]?.state.isFinal == false
    else { return }
    resumeAttempt(place, at: now, &actions)
  }

  /// Ends a job that has not begun.
  mutating func refuse(_ refusal: JobRefusal, at now: Instant, _ actions: inout [JobAction]) {
    guard shape == nil else { return }
    submit(refusal.shape, at: now)
    ready.removeAll()
    for place in tasks.indices { finish(place, .stopped, at: now) }
    refusals = refusal.failures
    stopReason = refusal.stopReason
    let outcome: JobState = refusal.stopReason == nil ? .failed : .stopped
    state = outcome
    ended = now
    actions.append(.ended(outcome))
  }

  private mutating func resumeAttempt(
    _ place: Int, at now: Instant, _ actions: inout [JobAction]
  ) {
    let isRestartable =
      tasks[place].shape.policy.restartable && tasks[place].lostAttempts < Self.lossLimit
    if !isRestartable, tasks[place].attempt?.phase == .failing {
      return settleByEcho(place, at: now, &actions)
    }
    guard let attempt = tasks[place].attempt?.number else { return }
    cancelParts(place, &actions)
    tasks[place].attempt?.end(lost: true)
    tasks[place].lostAttempts += 1
    if isRestartable {
      startAttempt(place, at: now, &actions)
    } else {
      let lost = Failure.attemptLost(of: tasks[place].shape.id, attempt: attempt)
      settle(place, lost, at: now, &actions)
    }
  }

  private mutating func stopTask(_ place: Int, at now: Instant, _ actions: inout [JobAction]) {
    cancelParts(place, &actions)
    tasks[place].attempt?.end()
    tasks[place].isLookingUp = false
    finish(place, .stopped, at: now)
  }

  /// Names the ancestor that was stopped; all tasks before this one are final by now.
  private mutating func skipStopped(_ place: Int, at now: Instant) {
    tasks[place].skipReason = tasks[place].shape.needs.firstNonNil { need in
      places[need].flatMap { tasks[$0].reasonToSkip }
    }
    finish(place, .skipped, at: now)
  }
}
