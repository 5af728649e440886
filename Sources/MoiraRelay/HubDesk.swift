public import MoiraModel
internal import MoiraSchedule

/// The hub's side of all its connections, without clock, socket or database: events in, actions out.
///
/// It keeps what is open at each party (proposals, orders, questions), says it again on every new
/// connection, and gives up on what waits for a party that stays away. It relays letters and receipts
/// between the seats of a job, and looks at nothing but their addresses.
///
/// - Complexity: a message costs O(log open orders of its party); a tick O(everything open).
public struct HubDesk: Sendable {
  var parties: [PartyID: Line] = [:]
  /// Whose the seats of each running job are.
  private var seats: [JobID: [PartyID: PartyID]] = [:]
  private var turn: UInt64 = 0
  private let patience: Duration
  private let repetition: Duration

  /// - Parameters:
  ///   - patience: how long a connection may be silent.
  ///   - repetition: after how long it is said again what is open.
  public init(patience: Duration, repetition: Duration = .seconds(5)) {
    self.patience = patience
    self.repetition = repetition
  }

  public enum Event: Sendable {
    case connected(PartyID, session: UInt64, Hello)
    case disconnected(PartyID, session: UInt64)
    case received(AgentMessage, from: PartyID, session: UInt64)
    /// Ask a party for its consent; `wait` says how long to wait while the party is away.
    case propose(JobID, proposal: [UInt8], to: PartyID, wait: Duration)
    /// The job runs between these seats: what they send to one another is relayed from now on.
    case opened(JobID, seats: [PartyID: PartyID])
    case order(StartOrder, at: PartyID, wait: Duration)
    case withdraw(OrderKey)
    case ask(UInt64, Question, of: PartyID, wait: Duration)
    /// What a party told, up to this number, is kept.
    case kept(PartyID, session: UInt64, UInt64)
    case over(JobID)
    case tick
  }

  public enum Action: Equatable, Sendable {
    case send(HubMessage, to: PartyID, session: UInt64)
    /// Nothing of the connection is heard any more.
    case close(PartyID, session: UInt64)
    case decided(JobID, PartyID, Consent)
    /// Keep what a part reported, then say `kept`.
    case report(OrderKey, [UInt8], from: PartyID, session: UInt64, number: UInt64)
    case ended(OrderKey, PartEnd)
    case answered(UInt64, Answer)
    case refuse(RelayRefusal, from: PartyID)
  }

  /// What is open at one party, connected or not.
  struct Line: Sendable {
    var session: UInt64?
    var hello: Hello?
    var since: Instant
    var heard: Instant
    /// When all that is open was said last.
    var said: Instant
    /// The number of the last telling that was taken in.
    var told: UInt64 = 0
    var proposals: [JobID: Waiting<[UInt8]>] = [:]
    var orders: [OrderKey: Waiting<StartOrder>] = [:]
    var questions: [UInt64: Waiting<Question>] = [:]

    init(at now: Instant) {
      since = now
      heard = now
      said = now
    }
  }

  struct Waiting<Content: Sendable>: Sendable {
    let content: Content
    let wait: Duration
    /// When it is given up; nil while the party is there.
    var deadline: Instant?
    /// Whether it is to be ended: an order that was cancelled.
    var isWithdrawn = false
  }

  public mutating func handle(_ event: Event, at now: Instant) -> [Action] {
    switch event {
    case .connected(let party, let session, let hello):
      return connect(party, session, hello, at: now)
    case .disconnected(let party, let session): return disconnect(party, session, at: now)
    case .received(let message, let party, let session):
      guard parties[party]?.session == session else { return [] }
      parties[party]?.heard = now
      return receive(message, party, session)
    case .propose(let job, let proposal, let party, let wait):
      return open(party, \.proposals, job, proposal, wait, .consider(job, proposal: proposal), now)
    case .opened(let job, let seats):
      self.seats[job] = seats
      return []
    case .order(let order, let party, let wait):
      turn += 1
      return open(party, \.orders, order.key, order, wait, .start(order, turn: turn), now)
    case .withdraw(let key): return withdraw(key)
    case .ask(let number, let question, let party, let wait):
      return open(party, \.questions, number, question, wait, .ask(number, question), now)
    case .kept(let party, let session, let number):
      guard parties[party]?.session == session else { return [] }
      return [.send(.noted(number), to: party, session: session)]
    case .over(let job): return end(job)
    case .tick: return tick(at: now)
    }
  }

  // MARK: What is open

  private mutating func open<Key: Hashable, Content>(
    _ party: PartyID, _ shelf: WritableKeyPath<Line, [Key: Waiting<Content>]>, _ key: Key,
    _ content: Content, _ wait: Duration, _ message: HubMessage, _ now: Instant
  ) -> [Action] {
    let session = parties[party]?.session
    let deadline = session == nil ? now + wait : nil
    parties[party, default: Line(at: now)][keyPath: shelf][key] = Waiting(
      content: content, wait: wait, deadline: deadline)
    return session.map { [.send(message, to: party, session: $0)] } ?? []
  }

  private mutating func withdraw(_ key: OrderKey) -> [Action] {
    guard let party = seats[key.job]?[key.part.party], parties[party]?.orders[key] != nil else {
      return []
    }
    guard let session = parties[party]?.session else {
      parties[party]?.orders[key] = nil
      return [.ended(key, .failed(Failure("cancelled", "the part was cancelled")))]
    }
    parties[party]?.orders[key]?.isWithdrawn = true
    return [.send(.cancel(key), to: party, session: session)]
  }

  private mutating func end(_ job: JobID) -> [Action] {
    var actions: [Action] = []
    let members = Set(seats.removeValue(forKey: job)?.values.map { $0 } ?? [])
    for party in parties.keys.sorted() {
      let had = parties[party]?.proposals.removeValue(forKey: job) != nil
      let others = parties[party]?.orders.filter { $0.key.job != job } ?? [:]
      parties[party]?.orders = others
      if had || members.contains(party), let session = parties[party]?.session {
        actions.append(.send(.forget(job), to: party, session: session))
      }
    }
    return actions
  }

  // MARK: Messages

  private mutating func receive(
    _ message: AgentMessage, _ party: PartyID, _ session: UInt64
  ) -> [Action] {
    switch message {
    case .hello, .beat: return []
    case .decided(let job, let consent):
      guard parties[party]?.proposals.removeValue(forKey: job) != nil else { return [] }
      return [.decided(job, party, consent)]
    case .told(let number, let telling): return take(telling, number, party, session)
    case .answered(let number, let answer):
      guard parties[party]?.questions[number] != nil else { return [] }
      if answer.isLast { parties[party]?.questions[number] = nil }
      return [.answered(number, answer)]
    case .letter(let letter):
      if letter.sealed.count > LaneLimits.sealedBytes {
        return [.refuse(.tooLong(letter.address), from: party)]
      }
      let address = letter.address
      return relay(address, from: address.from, to: address.to, .letter(letter), party)
    case .receipt(let receipt):
      let address = receipt.address
      return relay(address, from: address.to, to: address.from, .receipt(receipt), party)
    }
  }

  private func relay(
    _ address: LaneAddress, from: PartyID, to: PartyID, _ message: HubMessage, _ party: PartyID
  ) -> [Action] {
    guard let seats = seats[address.job] else {
      return [.refuse(.unknownJob(address.job), from: party)]
    }
    guard seats[from] == party, let receiver = seats[to] else {
      return [.refuse(.forgedSender(address), from: party)]
    }
    // While the receiver is away nothing is kept here: the sender has it, and sends it again.
    guard let session = parties[receiver]?.session else { return [] }
    return [.send(message, to: receiver, session: session)]
  }

  private mutating func take(
    _ telling: Telling, _ number: UInt64, _ party: PartyID, _ session: UInt64
  ) -> [Action] {
    guard let told = parties[party]?.told, number <= told + 1 else { return [] }
    if number <= told { return [.send(.noted(number), to: party, session: session)] }
    parties[party]?.told = number
    switch telling {
    case .report(let key, let report):
      guard seats[key.job]?[key.part.party] == party else {
        // Of a job that is over, or somebody else's: there is nobody to hear it.
        return [.send(.noted(number), to: party, session: session)]
      }
      return [.report(key, report, from: party, session: session, number: number)]
    case .ended(let key, let end):
      // The agent knows how its parts ended until the job is forgotten: this need not be kept first.
      let noted = Action.send(.noted(number), to: party, session: session)
      guard parties[party]?.orders.removeValue(forKey: key) != nil else { return [noted] }
      return [.ended(key, end), noted]
    }
  }

  // MARK: Connections

  private mutating func connect(
    _ party: PartyID, _ session: UInt64, _ hello: Hello, at now: Instant
  ) -> [Action] {
    var actions: [Action] = []
    if let old = parties[party]?.session { actions.append(.close(party, session: old)) }
    var line = parties[party] ?? Line(at: now)
    line.session = session
    line.hello = hello
    line.since = now
    line.heard = now
    line.told = max(hello.firstTold, 1) - 1
    line.endDeadlines()
    parties[party] = line
    let known = Set(line.proposals.keys).union(seats.keys)
    for job in hello.jobs.sorted() where !known.contains(job) {
      actions.append(.send(.forget(job), to: party, session: session))
    }
    let questions = line.questions.keys.sorted().compactMap { number in
      line.questions[number].map { HubMessage.ask(number, $0.content) }
    }
    return actions + sayAgain(party, session, at: now)
      + questions.map { .send($0, to: party, session: session) }
  }

  /// What is open at the party, but for questions: their answers may be long.
  private mutating func sayAgain(
    _ party: PartyID, _ session: UInt64, at now: Instant
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
    return messages.map { .send($0, to: party, session: session) }
  }

  private mutating func disconnect(
    _ party: PartyID, _ session: UInt64, at now: Instant
  ) -> [Action] {
    guard parties[party]?.session == session else { return [] }
    parties[party]?.session = nil
    parties[party]?.since = now
    parties[party]?.setDeadlines(at: now)
    let withdrawn = parties[party]?.orders.filter(\.value.isWithdrawn).keys.sorted() ?? []
    return withdrawn.map { key in
      parties[party]?.orders[key] = nil
      return .ended(key, .failed(Failure("cancelled", "the part was cancelled")))
    }
  }

  // MARK: Time

  private mutating func tick(at now: Instant) -> [Action] {
    var actions: [Action] = []
    for party in parties.keys.sorted() {
      if let line = parties[party], let session = line.session {
        if now - line.heard > patience {
          actions.append(.close(party, session: session))
          actions += disconnect(party, session, at: now)
        } else if line.hasOpen, now - line.said >= repetition {
          actions += sayAgain(party, session, at: now)
        }
      } else {
        actions += giveUp(party, at: now)
      }
    }
    return actions
  }

  private mutating func giveUp(_ party: PartyID, at now: Instant) -> [Action] {
    guard let line = parties[party] else { return [] }
    let failure = Failure(
      "party-unreachable", "'\(party)' has not been connected to the hub for as long as is waited",
      hint: "'wait_for_party' in 'conf' says how long", isTransient: true)
    var actions: [Action] = []
    for key in line.orders.keys.sorted() where line.orders[key]?.isDue(now) == true {
      parties[party]?.orders[key] = nil
      actions.append(.ended(key, .failed(failure)))
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

extension HubDesk {
  /// How a party stands, for people.
  public struct Standing: Hashable, Sendable {
    public let party: PartyID
    public let isConnected: Bool
    /// Since when it has been connected, or away.
    public let since: Instant
    /// What it said last of itself; nil if it never was here.
    public let hello: Hello?
  }

  /// The parties that are here, or have been since the hub began.
  public var standings: [Standing] {
    parties.keys.sorted().compactMap { party in
      parties[party].map {
        Standing(party: party, isConnected: $0.session != nil, since: $0.since, hello: $0.hello)
      }
    }
  }
}

extension HubDesk.Waiting {
  fileprivate func isDue(_ now: Instant) -> Bool { deadline.map { $0 <= now } ?? false }

  fileprivate func until(_ deadline: Instant?) -> Self {
    var copy = self
    copy.deadline = deadline
    return copy
  }
}

extension HubDesk.Line {
  fileprivate var hasOpen: Bool { !orders.isEmpty || !proposals.isEmpty }

  fileprivate mutating func endDeadlines() { change { _ in nil } }

  fileprivate mutating func setDeadlines(at now: Instant) { change { now + $0 } }

  private mutating func change(_ deadline: (Duration) -> Instant?) {
    orders = orders.mapValues { $0.until(deadline($0.wait)) }
    proposals = proposals.mapValues { $0.until(deadline($0.wait)) }
    questions = questions.mapValues { $0.until(deadline($0.wait)) }
  }
}

extension Answer {
  /// Whether nothing follows it.
  public var isLast: Bool {
    if case .piece(_, _, let isLast) = self { return isLast }
    return true
  }
}
