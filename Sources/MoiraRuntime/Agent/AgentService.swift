public import MoiraCrypto
internal import MoiraKit
public import MoiraModel
internal import MoiraPlan
internal import MoiraRelay
internal import MoiraSchedule

/// A party's agent: holds one connection to the hub, decides about jobs, runs the party's parts, and
/// carries what they send, sealed for its receiver.
public actor AgentService {
  public struct Settings: Sendable {
    /// The first and the longest wait before the hub is dialled again.
    public var pause = Duration.milliseconds(200)
    public var longestPause = Duration.seconds(30)
    /// How long a connection must have held for the next wait to be the first one again.
    public var settled = Duration.seconds(1)
    public init() {}
  }

  let site: any AgentSite
  let identity: IdentityKeyPair
  let sealing: SealingKeyPair
  let documents: any DocumentStore
  let clock: any WallClock
  let workers: Workers
  private let settings: Settings

  var machine: AgentMachine
  var outgoing: OutgoingMessages<AgentMessage>?
  var proposals: [JobID: AgentJob] = [:]
  var parts: [OrderKey: Task<Void, Never>] = [:]
  var serials: [OrderKey: Int] = [:]
  /// Reports of parts that run, until they are told.
  var untold: [OrderKey: [PartReport]] = [:]
  static let gathering = Duration.milliseconds(50)
  static let reportsAtOnce = 256
  var lanes = AgentLanes()
  /// Letters that came before their part's beginning was kept.
  var early: [OrderKey: [Letter]] = [:]
  static let earlyLimit = 64
  static let earlyParts = 256
  var direct = DirectLinks()
  let directDialer: (any DirectDialer)?
  private var pending: [DueAction] = []
  private var isCarryingOut = false
  /// Counts connections, and the gaps between them.
  private var connection: UInt64 = 0
  /// What goes out on the connection that is open or being opened.
  private var dialled: OutgoingMessages<AgentMessage>?
  private var isToRenew = false
  /// Answers that are being given.
  private var answering = 0
  private var beat = Duration.seconds(10)
  /// When the hub said its first word on this connection.
  private var welcomed: Instant?
  private var isDraining = false
  private var idle: [CheckedContinuation<Void, Never>] = []

  /// Reads what the party's last process left.
  public init(
    site: any AgentSite, identity: IdentityKeyPair, documents: any DocumentStore,
    clock: any WallClock, workers: Workers, directDialer: (any DirectDialer)? = nil,
    settings: Settings = Settings()
  ) async throws(Failure) {
    self.site = site
    self.identity = identity
    sealing = SealingKeyPair(of: identity)
    self.documents = documents
    self.clock = clock
    self.workers = workers
    self.settings = settings
    self.directDialer = directDialer
    machine = AgentMachine(
      restoring: try await AgentDocuments.memory(in: documents),
      incarnation: .random(in: 1 ... .max))
    await site.settle(allBut: Set(machine.memory.consents.keys))
  }

  public nonisolated var party: PartyID { site.party }

  /// Whether there is a connection to the hub.
  public var isConnected: Bool { machine.isConnected }

  // MARK: The connection

  /// Keeps the connection, until cancelled.
  public func run(dialling dialer: any HubDialer) async throws {
    var pause = settings.pause
    while true {
      try Task.checkCancellation()
      welcomed = nil
      do {
        try await connect(dialer)
        await site.record(.disconnected(nil))
      } catch let failure as Failure {
        await site.record(.disconnected(failure))
      }
      disconnected()
      if let welcomed, clock.now() - welcomed > settings.settled { pause = settings.pause }
      // Jitter, so that all agents of a hub that comes back do not dial at once.
      let share = Double.random(in: 0.5...1)
      try await clock.sleep(until: clock.now() + pause * share)
      pause = min(pause * 2, settings.longestPause)
    }
  }

  private func connect(_ dialer: any HubDialer) async throws {
    let outgoing = OutgoingMessages<AgentMessage>()
    dialled = outgoing
    isToRenew = false
    defer { outgoing.end() }
    let ticking = Task { [clock] in
      while !Task.isCancelled {
        guard (try? await clock.sleep(until: clock.now() + beat)) != nil else { return }
        tick(outgoing)
      }
    }
    defer { ticking.cancel() }
    try await dialer.connect(hello(), outgoing: outgoing) { message in
      await self.take(message, outgoing)
    }
  }

  private func hello() -> Hello {
    let resources = site.resources
    return Hello(
      build: resources.build,
      components: Dictionary(
        resources.catalog.schemas.all.map { ($0.name, $0.version) }, uniquingKeysWith: { a, _ in a }
      ),
      slots: resources.slots, memory: resources.memory, jobs: machine.memory.jobs.sorted(),
      firstTold: machine.firstTold, direct: resources.direct)
  }

  private func take(_ message: HubMessage, _ connection: OutgoingMessages<AgentMessage>) async {
    if case .welcome(let welcome) = message { return await begin(welcome, connection) }
    guard outgoing === connection else { return }
    if case .letter(let letter) = message { return take(letter) }
    if case .receipt = message {
      carryOut(machine.handle(.received(message)))
      return lanes.wakeSenders(machine.lanes)
    }
    carryOut(machine.handle(.received(message)))
  }

  private func begin(
    _ welcome: Welcome, _ connection: OutgoingMessages<AgentMessage>
  ) async {
    if !welcome.revocations.isEmpty { try? site.revoke(welcome.revocations) }
    // A second welcome on a connection brings a newer list, and nothing else.
    guard outgoing !== connection else { return }
    // A hub without patience does not make the agent spin.
    beat = max(min(welcome.patience / 4, .seconds(2)), .milliseconds(100))
    welcomed = clock.now()
    outgoing = connection
    self.connection += 1
    await site.record(.connected(hub: ""))
    carryOut(machine.handle(.connected))
    connection.add(.beat)
  }

  /// Ends the connection and opens another, on which what is new counts: keys, addresses, resources.
  ///
  /// Nothing is lost by it: what has been said is written before the connection ends, an answer that is
  /// being given is given first, and all else is said again on the next one.
  public func renewConnection() {
    isToRenew = true
    renewIfDue()
  }

  private func renewIfDue() {
    guard isToRenew, answering == 0 else { return }
    isToRenew = false
    dialled?.end()
  }

  func beginAnswer() { answering += 1 }

  func endAnswer() {
    answering -= 1
    renewIfDue()
  }

  private func disconnected() {
    outgoing = nil
    connection += 1
    carryOut(machine.handle(.disconnected))
  }

  private func tick(_ connection: OutgoingMessages<AgentMessage>) {
    guard outgoing === connection else { return }
    connection.add(.beat)
    let actions = machine.handle(.tick)
    // What stalls on a link past the hub is said again by the hub.
    for case .send(.letter(let letter)) in actions {
      connection.add(.letter(letter), bytes: letter.sealed.count)
    }
    carryOut(actions.filter { if case .send(.letter) = $0 { false } else { true } })
  }

  /// Takes no more orders, and returns when the parts that run have ended.
  public func drain() async {
    isDraining = true
    if parts.isEmpty { return }
    await withCheckedContinuation { idle.append($0) }
  }

  /// Waits no longer for the parts that run.
  public func endDraining() {
    for waiter in idle { waiter.resume() }
    idle = []
  }

  // MARK: Actions

  /// An action, and the connection that it was wanted on.
  private struct DueAction {
    let action: AgentMachine.Action
    let connection: UInt64
  }

  func carryOut(_ actions: [AgentMachine.Action]) {
    pending += actions.map { DueAction(action: $0, connection: connection) }
    guard !isCarryingOut, !pending.isEmpty else { return }
    if pending.allSatisfy(\.action.isQuick) {
      let actions = pending
      pending = []
      for action in actions { perform(action) }
      return
    }
    isCarryingOut = true
    Task { await pump() }
  }

  /// What is to be kept is kept before anything else is done: all that has gathered, at once.
  private func pump() async {
    while !pending.isEmpty {
      let actions = pending
      pending = []
      var changes: [AgentMemory.Change] = []
      for case .keep(let some) in actions.map(\.action) { changes += some }
      if !changes.isEmpty, await !keep(changes) {
        // Nothing that follows may be said; after a pause it is tried again.
        pending = actions + pending
        try? await clock.sleep(until: clock.now() + .seconds(1))
        continue
      }
      for action in actions { perform(action) }
    }
    isCarryingOut = false
  }

  private func keep(_ changes: [AgentMemory.Change]) async -> Bool {
    do {
      try await documents.change(
        AgentDocuments.changes(changes, proposals: proposals, at: clock.now()))
      return true
    } catch {
      await site.record(.disconnected(error))
      return false
    }
  }

  private func perform(_ due: DueAction) {
    switch due.action {
    case .keep: break
    // Letters find their places wherever they go, and may go past the hub while it is away.
    case .send(.letter(let letter)): post([letter])
    case .send(let message):
      // What waited for the disk while the connection changed would overtake what is said again there.
      if due.connection == connection { say(message) }
    case .consider(let job, let proposal): consider(job, proposal)
    case .start(let order): start(order)
    case .cancel(let key): parts[key]?.cancel()
    case .answer(let number, let question): answer(number, question)
    case .forget(let job): forget(job)
    case .refuse(let refusal): Task { await site.record(.refused(refusal)) }
    }
  }

  private func say(_ message: AgentMessage) {
    // On a stream nothing is left out: one that is full is given up, and all is said again on the next.
    if outgoing?.add(message) == false { outgoing?.end() }
  }

  func partEnded(_ key: OrderKey) {
    parts[key] = nil
    serials[key] = nil
    if parts.isEmpty { endDraining() }
  }

  var takesOrders: Bool { !isDraining }
}

extension AgentMachine.Action {
  /// Whether nothing must reach the disk for it.
  fileprivate var isQuick: Bool {
    if case .keep = self { false } else { true }
  }
}
