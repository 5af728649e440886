internal import MoiraKit
internal import MoiraModel
internal import MoiraPlan
internal import MoiraSchedule

extension JobDriver {
  func carryOut(_ action: JobAction) async {
    switch action {
    case .lookUp(let task): lookUp(task)
    case .start(let part): start(part)
    case .cancel(let part): end(part)
    case .setTimer(let timer, let moment): set(timer, at: moment)
    case .cancelTimer(let timer): timers.removeValue(forKey: timer)?.cancel()
    case .ended(let state): await finish(state)
    }
  }

  // MARK: Parts

  private func start(_ key: PartKey) {
    guard parts[key] == nil else { return }
    guard let order = order(key), let link = links[key.party] else {
      let failure = Failure("party-unreachable", "nobody runs parts for '\(key.party)'")
      post(.partFailed(PartFailure(part: key, failure: failure)))
      return
    }
    parts[key] = Task { await run(order, on: link) }
  }

  private func end(_ part: PartKey) {
    guard let task = parts[part] else { return }
    if links[part.party]?.end(part, of: record.id) != true { task.cancel() }
  }

  private func run(_ order: PartOrder, on link: any PartyLink) async {
    let (stream, sink) = AsyncStream.makeStream(of: PartReport.self)
    let forwarding = Task { for await report in stream { take(report) } }
    let event: JobEvent
    do throws(Failure) {
      let outcome = try await link.run(order) { sink.yield($0) }
      event = .partSucceeded(
        PartSuccess(part: order.key, outputs: outcome.outputs, absent: outcome.absent))
    } catch  where error.isLoss {
      event = .partLost(order.key)
    } catch {
      event = .partFailed(PartFailure(part: order.key, failure: error))
    }
    sink.finish()
    await forwarding.value
    parts[order.key] = nil
    post(event)
  }

  private func order(_ key: PartKey) -> PartOrder? {
    guard let task = tasks[key.task], let part = task.parts.first(where: { $0.party == key.party })
    else { return nil }
    var inputs: [PortName: ArtifactReference] = [:]
    for input in part.inputs {
      let made = machine.outputs(of: input.task)?[key.party] ?? []
      inputs[input.port] = made.first { $0.port == input.output }
    }
    return PartOrder(
      job: record.id, attempt: key.attempt, task: task.without(machine.absent(of: key.task)),
      part: part, inputs: inputs, identities: record.identities ?? [:],
      absent: machine.absent(of: key.task).sorted())
  }

  // MARK: Reuse

  private func lookUp(_ id: TaskID) {
    guard lookUps[id] == nil else { return }
    lookUps[id] = Task {
      let reuse = await reusable(id)
      lookUps[id] = nil
      post(.cacheAnswered(CacheAnswer(task: id, reuse: reuse)))
    }
  }

  /// What an earlier job made for the same key, if it still lies at every party. What cannot be
  /// looked up is made again.
  private func reusable(_ id: TaskID) async -> [PartyID: [ArtifactReference]]? {
    guard let key = await key(of: id), let task = tasks[id],
      let outputs = try? await store.recall(key),
      Set(outputs.keys) == Set(task.parts.map(\.party))
    else { return nil }
    for (party, references) in outputs {
      guard let link = links[party], await link.holds(references.map(\.hash)) else { return nil }
    }
    return outputs
  }

  /// Notes what a task made, once it is done at all parties.
  func learn(_ id: TaskID) async {
    guard isToBeNoted(id), let outputs = machine.outputs(of: id), let key = await key(of: id)
    else { return }
    note(ReuseNote(key: key, outputs: outputs))
  }

  /// Whether what a task made may be reused: it is done at all its parties.
  func isToBeNoted(_ id: TaskID) -> Bool {
    machine.state(of: id) == .succeeded && tasks[id]?.isReusable == true
      && machine.absent(of: id).isEmpty
  }

  /// The key of a task; first those of all that it stands on.
  ///
  /// Nil when a party could not say what its part depends on; then nothing is reused.
  private func key(of id: TaskID) async -> ContentHash? {
    if let key = keys[id] { return key }
    var open = [id]
    while let next = open.last {
      guard let task = tasks[next], keys[next] == nil else {
        open.removeLast()
        continue
      }
      let missing = task.needs.filter { keys[$0] == nil }
      if !missing.isEmpty {
        open.append(contentsOf: missing)
        continue
      }
      guard let fingerprints = await fingerprints(of: task) else { return nil }
      let key = keys.key(of: task, fingerprints: fingerprints)
      guard await stillHolds(key, of: next, fingerprints) else { return nil }
      keys[next] = key
      open.removeLast()
    }
    return keys[id]
  }

  /// Whether a key that is computed now is the one that the task ran under.
  ///
  /// A task that ended before a crash may have read a file that has changed since. Its outputs, and
  /// all that was made from them, must not be found under what the file says now.
  private func stillHolds(
    _ key: ContentHash, of task: TaskID, _ fingerprints: [String?]
  ) async -> Bool {
    guard replayed.contains(task), fingerprints.contains(where: { $0 != nil }) else { return true }
    guard let outputs = try? await store.recall(key) else { return false }
    return outputs == machine.outputs(of: task)
  }

  private func fingerprints(of task: PlannedTask) async -> [String?]? {
    var all: [String?] = []
    for part in task.parts {
      guard let link = links[part.party],
        let order = order(PartKey(task: task.id, attempt: 0, party: part.party))
      else { return nil }
      do {
        all.append(try await link.fingerprint(order))
      } catch {
        return nil
      }
    }
    return all
  }

  // MARK: Timers

  private func set(_ timer: TimerID, at moment: Instant) {
    timers[timer]?.cancel()
    timers[timer] = Task { [clock] in
      guard (try? await clock.sleep(until: moment)) != nil, !Task.isCancelled else { return }
      timers[timer] = nil
      post(.timerFired(timer))
    }
  }
}
