internal import MoiraModel
internal import MoiraSchedule

/// Connections, and what time does to them.
extension HubDesk {
  mutating func connect(
    _ party: PartyID, _ session: UInt64, _ hello: Hello, at now: Instant
  ) -> [Action] {
    var actions: [Action] = []
    if let old = parties[party]?.session {
      actions.append(.close(party, session: old))
      actions += cutAnswers(of: party)
    }
    var line = parties[party] ?? Line(at: now)
    line.session = session
    line.hello = hello
    line.since = now
    line.heard = now
    line.told = max(hello.firstTold, 1) - 1
    // They will be told again.
    line.unkept = []
    line.endDeadlines()
    parties[party] = line
    for job in hello.jobs.sorted() where jobs[job] == nil {
      actions.append(.send(.forget(job), to: party, session: session))
    }
    return actions + sayAgain(party, session, withLong: true, at: now)
  }

  /// What is open at the party.
  ///
  /// - Parameter withLong: Whether to ask again too what has long answers; they may be on their way.
  mutating func sayAgain(
    _ party: PartyID, _ session: UInt64, withLong: Bool, at now: Instant
  ) -> [Action] {
    guard let line = parties[party] else { return [] }
    parties[party]?.said = now
    turn += 1
    let wanted = line.orders.filter { !$0.value.isWithdrawn }.keys.sorted()
    var messages: [HubMessage] = [.standing(wanted, turn: turn)]
    messages += line.proposals.keys.sorted().map { job in
      .consider(job, proposal: line.proposals[job]?.content ?? [])
    }
    for key in line.orders.keys.sorted() {
      guard let order = line.orders[key] else { continue }
      messages.append(order.isWithdrawn ? .cancel(key) : .start(order.content, turn: turn))
    }
    for number in line.questions.keys.sorted() {
      guard let question = line.questions[number]?.content else { continue }
      if withLong || !question.isLong { messages.append(.ask(number, question)) }
    }
    return messages.map { .send($0, to: party, session: session) }
  }

  mutating func disconnect(
    _ party: PartyID, _ session: UInt64, at now: Instant
  ) -> [Action] {
    guard parties[party]?.session == session else { return [] }
    parties[party]?.session = nil
    parties[party]?.since = now
    parties[party]?.setDeadlines(at: now)
    let withdrawn = parties[party]?.orders.filter(\.value.isWithdrawn).keys.sorted() ?? []
    return withdrawn.map { drop($0, at: party, .failed(.cancelled)) } + cutAnswers(of: party)
  }

  mutating func tick(at now: Instant) -> [Action] {
    var actions: [Action] = []
    for party in parties.keys.sorted() {
      if let line = parties[party], let session = line.session {
        if now - line.heard > patience {
          actions.append(.close(party, session: session))
          actions += disconnect(party, session, at: now)
        } else if line.hasOpen, now - line.said >= repetition {
          actions += sayAgain(party, session, withLong: false, at: now)
        }
      } else {
        actions += giveUp(party, at: now)
      }
      actions += endOverdue(party, at: now)
    }
    return actions
  }

  mutating func giveUp(_ party: PartyID, at now: Instant) -> [Action] {
    guard let line = parties[party] else { return [] }
    let failure = Failure.away(party)
    var actions: [Action] = []
    for key in line.orders.keys.sorted() where line.orders[key]?.isDue(now) == true {
      actions.append(drop(key, at: party, .failed(failure)))
    }
    for job in line.proposals.keys.sorted() where line.proposals[job]?.isDue(now) == true {
      parties[party]?.proposals[job] = nil
      actions.append(.decided(job, party, Consent(refusals: [failure])))
    }
    for number in line.questions.keys.sorted() where line.questions[number]?.isDue(now) == true {
      parties[party]?.questions[number] = nil
      actions.append(.answered(number, .failed(failure)))
    }
    return actions
  }
}
