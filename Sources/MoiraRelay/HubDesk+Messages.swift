internal import MoiraModel
internal import MoiraSchedule

/// What comes from agents.
extension HubDesk {
  mutating func receive(
    _ message: AgentMessage, _ party: PartyID, _ session: UInt64, at now: Instant
  ) -> [Action] {
    switch message {
    case .hello, .beat: return []
    case .decided(let job, let consent):
      // The word by which it was told to forget was lost.
      if jobs[job] == nil { return [.send(.forget(job), to: party, session: session)] }
      guard parties[party]?.proposals.removeValue(forKey: job) != nil else {
        return refuseLate(.consent(job), from: party)
      }
      return [.decided(job, party, consent)]
    case .told(let number, let telling): return take(telling, number, party, session, at: now)
    case .answered(let number, let answer): return take(answer, to: number, party, at: now)
    case .letter(let letter):
      if letter.sealed.count > LaneLimits.sealedBytes {
        return [.refuse(.tooLong(letter.address), from: party)]
      }
      let address = letter.address
      if let job = jobs[address.job], job.seats[address.from] == party,
        job.over.contains(address.receiver)
      {
        return [.send(.receipt(.closing(address)), to: party, session: session)]
      }
      return relay(address, from: address.from, to: address.to, .letter(letter), party)
    case .receipt(let receipt):
      let address = receipt.address
      return relay(address, from: address.to, to: address.from, .receipt(receipt), party)
    }
  }

  func relay(
    _ address: LaneAddress, from: PartyID, to: PartyID, _ message: HubMessage, _ party: PartyID
  ) -> [Action] {
    guard let seats = jobs[address.job]?.seats, !seats.isEmpty else {
      return [.refuse(.unknownJob(address.job), from: party)]
    }
    guard seats[from] == party, let receiver = seats[to] else {
      return [.refuse(.forgedSender(address), from: party)]
    }
    // While the receiver is away nothing is kept here: the sender has it, and sends it again.
    guard let session = parties[receiver]?.session else { return [] }
    return [.send(message, to: receiver, session: session)]
  }

  mutating func take(
    _ telling: Telling, _ number: UInt64, _ party: PartyID, _ session: UInt64, at now: Instant
  ) -> [Action] {
    guard let told = parties[party]?.told else { return [] }
    if number <= told { return note(party, session) }
    guard number - told == 1 else {
      // A stream keeps its order, and an agent says all that is not noted when it connects: what is
      // missing here was never said. Waiting for it would keep the jobs of others waiting too.
      let failure = Failure.skipped(party, expected: told + 1, number)
      return [
        .refuse(.skipped(telling.key.job), from: party),
        .close(party, session: session, because: failure),
      ] + disconnect(party, session, at: now)
    }
    parties[party]?.told = number
    switch telling {
    case .report(let key, let report):
      // Of a job that is over, or somebody else's: there is nobody to hear it.
      guard jobs[key.job]?.seats[key.part.party] == party else { return note(party, session) }
      parties[party]?.unkept.insert(number)
      return [.report(key, report, from: party, session: session, number: number)]
    case .ended(let key, let end):
      // The agent knows how its parts ended until the job is forgotten: this need not be kept first.
      guard parties[party]?.orders[key] != nil else { return note(party, session) }
      return [drop(key, at: party, end)] + note(party, session)
    }
  }

  /// Says up to where all is kept.
  func note(_ party: PartyID, _ session: UInt64) -> [Action] {
    guard let line = parties[party] else { return [] }
    let kept = line.unkept.min().map { $0 - 1 } ?? line.told
    return [.send(.noted(kept), to: party, session: session)]
  }
}

extension Failure {
  static func skipped(_ party: PartyID, expected: UInt64, _ number: UInt64) -> Failure {
    Failure(
      "frame-sequence",
      "what an agent tells must be numbered without a gap, but '\(party)' went from \(expected - 1) to \(number)",
      hint: "use the same build of Moira at both; the agent says it again on its next connection")
  }
}

extension Answer {
  /// Whether nothing follows it.
  public var isLast: Bool {
    if case .piece(_, _, let isLast) = self { return isLast }
    return true
  }
}
