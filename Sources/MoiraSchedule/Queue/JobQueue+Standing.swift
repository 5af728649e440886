public import MoiraModel

extension JobQueue {
  /// How a job stands; nil if it is not here.
  ///
  /// - Complexity: O(lines · log jobs of a line).
  public func standing(of job: JobID, at now: Instant) -> QueueStanding? {
    switch places[job] {
    case nil: nil
    case .running: .running
    case .waiting(let entry, let line):
      .waiting(place: place(of: entry, in: line, at: max(latest, now)), reason: reason(in: line))
    }
  }

  private func place(of entry: WaitingLine.Entry, in line: Int, at now: Instant) -> Int {
    let own = rank(of: entry, in: lines[line].key, at: now)
    return lines.values.reduce(1) { sum, other in
      sum + other.count { rank(of: $0, in: other.key, at: now) < own }
    }
  }

  private func rank(
    of entry: WaitingLine.Entry, in key: WaitingLine.Key, at now: Instant
  ) -> QueueRank {
    let submitter = submitters[key.submitter]
    return QueueRank(
      priority: limits.effectivePriority(of: key.priority, queued: entry.queued, at: now),
      running: submitter.running, served: submitter.served, entry: entry)
  }

  /// Why the first of the line does not run; nor do those behind it then.
  private func reason(in line: Int) -> QueueReason {
    let key = lines[line].key
    let needs = key.needs.map { (parties[$0.party], $0.need) }
    // Who is away, or too small, is named before those that are only full.
    for (party, need) in needs where !party.couldRun(need) {
      if let obstacle = party.obstacle(to: need) { return obstacle }
    }
    let submitter = submitters[key.submitter]
    if submitter.running >= limits.runningPerSubmitter {
      return .submitterLimit(
        submitter.name, running: submitter.running, limit: limits.runningPerSubmitter)
    }
    if runningCount >= limits.running {
      return .runningLimit(running: runningCount, limit: limits.running)
    }
    for (party, need) in needs {
      if let obstacle = party.obstacle(to: need) { return obstacle }
    }
    return kept(from: key) ?? .nothing
  }

  private func kept(from key: WaitingLine.Key) -> QueueReason? {
    for each in key.needs where !parties[each.party].hasUnkeptRoom(for: each.need) {
      let party = parties[each.party]
      if let keeper = party.keeper { return .placesKept(party.id, for: keeper.job) }
    }
    let submitter = submitters[key.submitter]
    guard submitter.running + submitter.keepers.count >= limits.runningPerSubmitter,
      let keeper = submitter.keepers.last
    else { return nil }
    return .submitterPlaceKept(submitter.name, for: keeper)
  }
}
