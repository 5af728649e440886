import MoiraModel

/// How tasks become ready, take a place and reach their final state.
extension JobMachine {
  mutating func makeReady(_ place: Int) {
    tasks[place].state = .ready
    ready.push(.init(priority: tasks[place].shape.policy.priority, order: place))
  }

  /// Gives the free places to the tasks that come first.
  mutating func fillPlaces(at now: Instant, _ actions: inout [JobAction]) {
    guard let parallelism = shape?.parallelism else { return }
    while occupied < parallelism, let next = ready.pop()?.order {
      occupied += 1
      inheritAbsence(next)
      let isWhole = tasks[next].absent.isEmpty
      if isWhole, tasks[next].shape.policy.cacheable, !tasks[next].wasLookedUp {
        tasks[next].isLookingUp = true
        actions.append(.lookUp(tasks[next].shape.id))
      } else {
        startAttempt(next, at: now, &actions)
      }
    }
  }

  /// What the tasks that this one stands on went on without is absent here too: it lacks their outputs.
  private mutating func inheritAbsence(_ place: Int) {
    for need in tasks[place].shape.needs {
      guard let needed = places[need], !tasks[needed].absent.isEmpty else { continue }
      tasks[place].absent.formUnion(tasks[needed].absent)
    }
  }

  /// Starts the next attempt of a task that holds a place. Without a party left it is done.
  mutating func startAttempt(_ place: Int, at now: Instant, _ actions: inout [JobAction]) {
    let task = tasks[place].shape
    let number = tasks[place].nextAttempt
    let absent = tasks[place].absent
    let parties = absent.isEmpty ? task.parties : task.parties.filter { !absent.contains($0) }
    guard !parties.isEmpty else {
      occupied -= 1
      return finishWithOutputs(place, .succeeded, [:], at: now)
    }
    tasks[place].state = .running
    tasks[place].started = tasks[place].started ?? now
    tasks[place].attempt = AttemptMachine(
      task: task.id, number: number, parties: parties, started: now)
    for party in parties {
      actions.append(.start(PartKey(task: task.id, attempt: number, party: party)))
    }
    if let timeout = task.policy.timeout {
      setTimer(place, .timeout, attempt: number, at: now.later(by: timeout), &actions)
    }
  }

  mutating func cacheAnswered(
    _ answer: CacheAnswer, at now: Instant, _ actions: inout [JobAction]
  ) {
    guard let place = places[answer.task], tasks[place].isLookingUp else { return }
    tasks[place].isLookingUp = false
    tasks[place].wasLookedUp = true
    if let reuse = answer.reuse, Set(reuse.keys) == Set(tasks[place].shape.parties) {
      occupied -= 1
      finishWithOutputs(place, .reused, reuse, at: now)
    } else {
      startAttempt(place, at: now, &actions)
    }
  }

  /// Ends a task that has given back its place, and makes ready what waited for it alone.
  mutating func finishWithOutputs(
    _ place: Int, _ state: TaskState, _ outputs: [PartyID: [ArtifactReference]], at now: Instant
  ) {
    tasks[place].outputs = outputs
    finish(place, state, at: now)
    for dependent in tasks[place].dependents {
      tasks[dependent].missing -= 1
      if tasks[dependent].missing == 0 { makeReady(dependent) }
    }
  }

  /// Skips all that waits, directly or not, for a task that failed.
  mutating func skipDownstream(of place: Int, at now: Instant) {
    let reason = tasks[place].reasonToSkip
    var open = tasks[place].dependents
    while let next = open.popLast() {
      guard tasks[next].state == .waiting else { continue }
      tasks[next].skipReason = reason
      finish(next, .skipped, at: now)
      open.append(contentsOf: tasks[next].dependents)
    }
  }

  mutating func finish(_ place: Int, _ state: TaskState, at now: Instant) {
    tasks[place].state = state
    tasks[place].ended = now
    unfinished -= 1
  }
}
