internal import MoiraModel
internal import MoiraSchedule

/// What is open at parties: proposals, orders and questions.
extension HubDesk {
  mutating func join(_ job: JobID, _ members: Set<PartyID>, _ now: Instant) {
    jobs[job, default: Job()].members.formUnion(members)
    for party in members { parties[party, default: Line(at: now)].jobs.insert(job) }
  }

  mutating func open<Key: Hashable, Content>(
    _ party: PartyID, _ shelf: WritableKeyPath<Line, [Key: Waiting<Content>]>, _ key: Key,
    _ content: Content, _ wait: Duration, answer: Duration? = nil, _ message: HubMessage,
    _ now: Instant
  ) -> [Action] {
    let session = parties[party]?.session
    var due = answer.map { AnswerDue(within: max(wait, $0), at: now) }
    if session == nil { due?.allow(wait) }
    parties[party, default: Line(at: now)][keyPath: shelf][key] = Waiting(
      content: content, wait: wait, deadline: session == nil ? now + wait : nil, due: due)
    return session.map { [.send(message, to: party, session: $0)] } ?? []
  }

  mutating func withdraw(_ key: OrderKey) -> [Action] {
    guard let party = jobs[key.job]?.seats[key.part.party],
      let line = parties[party], line.orders[key] != nil
    else { return [] }
    guard let session = line.session else { return [drop(key, at: party, .failed(.cancelled))] }
    parties[party]?.orders[key]?.isWithdrawn = true
    return [.send(.cancel(key), to: party, session: session)]
  }

  /// Nothing more is expected of the order.
  mutating func drop(_ key: OrderKey, at party: PartyID, _ end: PartEnd) -> Action {
    parties[party]?.orders[key] = nil
    jobs[key.job]?.over.insert(key)
    return .ended(key, end)
  }

  mutating func end(_ job: JobID) -> [Action] {
    var actions: [Action] = []
    for party in jobs.removeValue(forKey: job)?.members.sorted() ?? [] {
      guard let line = parties[party] else { continue }
      parties[party]?.jobs.remove(job)
      parties[party]?.proposals[job] = nil
      parties[party]?.orders = line.orders.filter { $0.key.job != job }
      if let session = line.session {
        actions.append(.send(.forget(job), to: party, session: session))
      }
    }
    return actions
  }
}

extension HubDesk.Waiting {
  func isDue(_ now: Instant) -> Bool { deadline.map { $0 <= now } ?? false }

  func until(_ deadline: Instant?) -> Self {
    var copy = self
    copy.deadline = deadline
    if deadline != nil { copy.due?.allow(wait) }
    return copy
  }
}

extension HubDesk.Line {
  /// Whether anything is to be said again; of a party with a job, that nothing else is wanted too.
  var hasOpen: Bool { !jobs.isEmpty || !orders.isEmpty || !questions.isEmpty }

  mutating func endDeadlines() { change { _ in nil } }

  mutating func setDeadlines(at now: Instant) { change { now + $0 } }

  mutating func change(_ deadline: (Duration) -> Instant?) {
    orders = orders.mapValues { $0.until(deadline($0.wait)) }
    proposals = proposals.mapValues { $0.until(deadline($0.wait)) }
    questions = questions.mapValues { $0.until(deadline($0.wait)) }
  }
}
