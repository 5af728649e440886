public import MoiraModel
internal import MoiraSchedule

/// A party's side of its connection to the hub, without clock, socket or disk: events in, actions out.
///
/// - Nothing runs before its job was agreed to.
/// - A part runs once: an order that comes again is answered with how the part ended, or, if the process
///   died that ran it, with `lost`, after which the hub begins a new attempt.
/// - What is told has a number and is said again until the hub has noted it; what a partner has not
///   received is kept when a part ends, and sent by the next process too.
/// - Everything that was kept is kept before anything that follows from it is said: the driver carries
///   out `keep` first. Reports alone are said at once, and kept with the end of a part at the latest; a
///   hub that has noted them may be told them once more by the next process.
///
/// Messages may be lost, repeated or overtake one another: each is idempotent, and what stays
/// unanswered is said again on every `tick`.
public struct AgentMachine: Sendable {
  /// Told apart from the processes before.
  public let incarnation: UInt64
  public private(set) var memory: AgentMemory
  public var lanes = LaneDesk()
  public private(set) var isConnected = false
  var running: Set<OrderKey> = []
  var considering: Set<JobID> = []
  /// Parts that are being ended because the hub did not want them when it was asked.
  private var unwanted: Set<OrderKey> = []
  /// The turn of this connection at which each part that runs was ordered last.
  var turns: [OrderKey: UInt64] = [:]
  private var lastTold: UInt64
  /// What had been told at the last tick.
  private var lastTick: UInt64 = 0
  /// Tellings to be kept, and with nil forgotten, by the next change that must reach the disk, or the next
  /// tick. The reports of a part that runs may be lost with the process: the part is, too.
  private var owed: [UInt64: Telling?] = [:]

  /// - Parameter incarnation: a number that no process of the agent had before.
  public init(restoring memory: AgentMemory, incarnation: UInt64) {
    self.memory = memory
    self.incarnation = incarnation
    lastTold = memory.lastTold
    // Parts that ran in a process before are over, whether they ended or were cut off.
    for key in memory.parts.keys { lanes.markOver(key) }
    for (address, letters) in memory.letters {
      lanes.restore(LaneSender(address, leaving: letters))
    }
  }

  /// The number of the first telling that is not noted, for `Hello`.
  public var firstTold: UInt64 { memory.tellings.keys.min() ?? lastTold + 1 }

  public enum Event: Sendable {
    /// Before anything of the new connection is received; nothing of an earlier one comes after it.
    case connected
    case disconnected
    case received(HubMessage)
    /// The party's policy has been asked.
    case decided(JobID, Consent)
    /// A part told something.
    case reported(OrderKey, [UInt8])
    case ended(OrderKey, PartEnd)
    /// Some time has passed: what has no answer is said again.
    case tick
  }

  public enum Action: Equatable, Sendable {
    /// Make the changes survive a power cut; before anything else of the same event.
    case keep([AgentMemory.Change])
    case send(AgentMessage)
    /// Ask the party's policy; the answer is told with `decided`.
    case consider(JobID, proposal: [UInt8])
    /// Run the part; its end is told with `ended`.
    case start(StartOrder)
    case cancel(OrderKey)
    case answer(UInt64, Question)
    /// The job is over: lanes, and whatever the driver keeps for it, may go.
    case forget(JobID)
    /// Something was refused; for the counters and the log.
    case refuse(RelayRefusal)
  }

  public mutating func handle(_ event: Event) -> [Action] {
    switch event {
    case .connected: return connect()
    case .disconnected:
      isConnected = false
      return []
    case .received(let message): return receive(message)
    case .decided(let job, let consent): return decide(job, consent)
    case .reported(let key, let report):
      guard running.contains(key) else { return [] }
      return tell(report, of: key)
    case .ended(let key, let end): return finish(key, end)
    case .tick:
      defer { lastTick = lastTold }
      let kept = owed.isEmpty ? [] : keep([])
      return isConnected ? kept + sayAgain(upTo: lastTick, onlyStalled: true) : kept
    }
  }

  // MARK: The connection

  /// Whatever was said before may be lost.
  private mutating func connect() -> [Action] {
    isConnected = true
    // Turns are counted by the process of the hub that is at the other end now.
    turns = [:]
    lastTick = lastTold
    return sayAgain(upTo: .max, onlyStalled: false)
  }

  private mutating func sayAgain(upTo last: UInt64, onlyStalled: Bool) -> [Action] {
    var actions = memory.tellings.filter { $0.key <= last }.sorted { $0.key < $1.key }.map {
      Action.send(.told($0.key, $0.value))
    }
    for (job, consent) in memory.consents.sorted(by: { $0.key < $1.key })
    where !considering.contains(job) {
      actions.append(.send(.decided(job, consent)))
    }
    actions += lanes.again(onlyStalled: onlyStalled).map(Action.send)
    return actions
  }

  private mutating func receive(_ message: HubMessage) -> [Action] {
    switch message {
    case .welcome: return []
    case .consider(let job, let proposal): return consider(job, proposal)
    case .start(let order, let turn): return start(order, turn)
    case .cancel(let key): return cancel(key)
    case .standing(let keys, let turn): return keep(only: Set(keys), turn)
    case .forget(let job): return forget(job)
    case .ask(let number, let question): return ask(number, question)
    case .noted(let number):
      note(number)
      return []
    case .letter(let letter): return [.refuse(.misrouted(letter.address.job))]
    case .receipt(let receipt): return take(receipt)
    }
  }

  private mutating func take(_ receipt: Receipt) -> [Action] {
    let due = lanes.take(receipt).map { Action.send(.letter($0)) }
    guard memory.letters[receipt.address] != nil, lanes.isDrained(receipt.address) else {
      return due
    }
    return keep([.letters(receipt.address, [])]) + due
  }

  // MARK: Consent

  private mutating func consider(_ job: JobID, _ proposal: [UInt8]) -> [Action] {
    if let consent = memory.consents[job] { return [.send(.decided(job, consent))] }
    return considering.insert(job).inserted ? [.consider(job, proposal: proposal)] : []
  }

  private mutating func decide(_ job: JobID, _ consent: Consent) -> [Action] {
    guard considering.remove(job) != nil else { return [] }
    return keep([.consent(job, consent)]) + [.send(.decided(job, consent))]
  }

  private func ask(_ number: UInt64, _ question: Question) -> [Action] {
    let job =
      switch question {
      case .fingerprint(let order): order.key.job
      case .holds(let job, _, _): job
      // Whatever a party made for a job that it had agreed to is its own to give or not.
      case .artifact: nil as JobID?
      }
    if let job, memory.consents[job]?.isGranted != true {
      return [
        .refuse(.withoutConsent(job)), .send(.answered(number, .failed(.withoutConsent(job)))),
      ]
    }
    return [.answer(number, question)]
  }

  // MARK: Parts

  private mutating func start(_ order: StartOrder, _ turn: UInt64) -> [Action] {
    let key = order.key
    if running.contains(key) {
      turns[key] = max(turns[key] ?? 0, turn)
      return []
    }
    if let record = memory.parts[key] { return tellEnd(of: key, record) }
    guard memory.consents[key.job]?.isGranted == true else {
      return tell(.ended(key, .failed(.withoutConsent(key.job))), [])
        + [.refuse(.withoutConsent(key.job))]
    }
    running.insert(key)
    turns[key] = turn
    lanes.begin(key)
    return keep([.part(key, .init(incarnation: incarnation, end: nil))]) + [.start(order)]
  }

  /// Says how a part ended that does not run.
  private mutating func tellEnd(
    of key: OrderKey, _ record: AgentMemory.PartRecord
  ) -> [Action] {
    if let end = record.end { return tellOnce(key, end) }
    let lost = PartEnd.lost
    return tell(.ended(key, lost), [.part(key, .init(incarnation: incarnation, end: lost))])
  }

  /// Says how a part ended, unless that is being said.
  private mutating func tellOnce(_ key: OrderKey, _ end: PartEnd) -> [Action] {
    let telling = Telling.ended(key, end)
    if let number = memory.tellings.first(where: { $0.value == telling })?.key {
      return isConnected ? [.send(.told(number, telling))] : []
    }
    return tell(telling, [])
  }

  private mutating func cancel(_ key: OrderKey) -> [Action] {
    if running.contains(key) { return [.cancel(key)] }
    if let record = memory.parts[key] { return tellEnd(of: key, record) }
    guard memory.consents[key.job] != nil else { return [] }
    // The order itself may be on its way still, and is not to begin the part when it comes.
    let cancelled = PartEnd.failed(.cancelled)
    lanes.markOver(key)
    return tell(
      .ended(key, cancelled), [.part(key, .init(incarnation: incarnation, end: cancelled))])
  }

  private mutating func keep(only wanted: Set<OrderKey>, _ turn: UInt64) -> [Action] {
    let over = running.filter { !wanted.contains($0) && turns[$0, default: 0] < turn }
    unwanted.formUnion(over)
    return over.sorted().map { .cancel($0) }
  }

  private mutating func finish(_ key: OrderKey, _ end: PartEnd) -> [Action] {
    guard running.remove(key) != nil else { return [] }
    turns[key] = nil
    // A hub that wants it after all, and only had not said so yet, begins a new attempt.
    var end = end
    if unwanted.remove(key) != nil, case .failed = end { end = .lost }
    var changes = [
      AgentMemory.Change.part(key, .init(incarnation: incarnation, end: end))
    ]
    let receipts = lanes.lastReceipts(key)
    for (address, letters) in lanes.end(key) where memory.consents[key.job] != nil {
      changes.append(.letters(address, letters))
    }
    let told = tell(.ended(key, end), changes)
    return isConnected ? told + receipts.map { .send(.receipt($0)) } : told
  }

  // MARK: Tellings

  private mutating func tell(_ telling: Telling, _ changes: [AgentMemory.Change]) -> [Action] {
    lastTold += 1
    let kept = keep(changes + [.telling(lastTold, telling)])
    return isConnected ? kept + [.send(.told(lastTold, telling))] : kept
  }

  private mutating func tell(_ report: [UInt8], of key: OrderKey) -> [Action] {
    lastTold += 1
    let telling = Telling.report(key, report)
    memory.apply(.telling(lastTold, telling))
    owed[lastTold] = .some(telling)
    return isConnected ? [.send(.told(lastTold, telling))] : []
  }

  private mutating func note(_ number: UInt64) {
    for done in memory.tellings.keys.filter({ $0 <= number }) {
      memory.apply(.telling(done, nil))
      // What is not on the disk yet need not come there.
      if owed.removeValue(forKey: done) == nil { owed[done] = .some(nil) }
    }
  }

  private mutating func forget(_ job: JobID) -> [Action] {
    let cancels = running.filter { $0.job == job }.sorted().map { Action.cancel($0) }
    running = running.filter { $0.job != job }
    unwanted = unwanted.filter { $0.job != job }
    turns = turns.filter { $0.key.job != job }
    considering.remove(job)
    // Of a job that was never agreed to too: that it is over is kept with it.
    var changes = [AgentMemory.Change.consent(job, nil)]
    changes += memory.parts.keys.filter { $0.job == job }.sorted().map { .part($0, nil) }
    changes += memory.letters.keys.filter { $0.job == job }.map { .letters($0, []) }
    lanes.forget(job)
    return keep(changes) + cancels + [.forget(job)]
  }

  private mutating func keep(_ changes: [AgentMemory.Change]) -> [Action] {
    for change in changes { memory.apply(change) }
    let late = owed.sorted { $0.key < $1.key }.map { AgentMemory.Change.telling($0.key, $0.value) }
    owed = [:]
    return [.keep(late + changes)]
  }
}
