internal import MoiraKit
public import MoiraModel
internal import MoiraPlan
public import MoiraRelay
public import MoiraSchedule

/// The hub: keeps jobs, asks parties for their consent, schedules, and relays what they send to one
/// another.
///
/// All that it knows of jobs stands in the store; a new process goes on from there.
public actor HubService {
  public struct Settings: Sendable {
    /// After how long a silent connection is taken for cut.
    public var patience = Duration.seconds(30)
    public var queue = QueueLimits.standard
    /// How long a party that is away is waited for when it is asked for its consent, at most.
    public var consentWait = Duration.seconds(600)
    public init() {}
  }

  public nonisolated let store: any JobStore & DocumentStore
  let planner: any JobPlanner
  let clock: any WallClock
  let settings: Settings
  let metrics: HubMetrics

  var desk: HubDesk
  var queue: JobQueue
  var jobs: [JobID: RunningJob] = [:]
  var arriving = ArrivingJobs()
  /// Jobs that are not in hand since the store did not take what they had to note.
  var aside: Set<JobID> = []
  var members: [PartyID: HubMember] = [:]
  var revocations: [UInt8]
  var isLeaving = false
  /// Orders that the last process had given and this one has not given yet.
  var unsaid: Set<OrderKey> = []
  var waitingForOrders: [CheckedContinuation<Void, Never>] = []

  private var sessions: [UInt64: Session] = [:]
  /// Why connections are being ended whose agents are at fault.
  private var faults: [UInt64: Failure] = [:]
  private var lastSession: UInt64 = 0
  var ends: [OrderKey: CheckedContinuation<PartEnd, Never>] = [:]
  var askers: [UInt64: Asker] = [:]
  var lastQuestion: UInt64 = 0
  private var tellings: [Told] = []
  private var isKeeping = false
  private var ticker: Task<Void, Never>?

  private var started = Instant(milliseconds: 0)
  private static let longestSilence = Duration.seconds(10)

  private struct Session {
    let party: PartyID
    let outgoing: OutgoingMessages<HubMessage>
  }

  /// What came from an agent and takes effect in its order.
  private enum Told {
    case report(OrderKey, [UInt8], PartyID, session: UInt64, number: UInt64)
    case ended(OrderKey, PartEnd)
  }

  public init(
    store: any JobStore & DocumentStore, planner: any JobPlanner, clock: any WallClock,
    settings: Settings = Settings(), revocations: [UInt8] = [], metrics: HubMetrics = HubMetrics()
  ) {
    self.store = store
    self.planner = planner
    self.clock = clock
    self.settings = settings
    self.revocations = revocations
    self.metrics = metrics
    desk = HubDesk(patience: settings.patience)
    queue = JobQueue(limits: settings.queue)
  }

  /// Reads what is known of members, and takes up the jobs that have not ended.
  public func start() async throws(Failure) {
    started = clock.now()
    try await readMembers()
    for job in try await store.unfinished() { try await takeUp(job) }
    ticker = Task { [clock] in
      while !Task.isCancelled {
        guard (try? await clock.sleep(until: clock.now() + .milliseconds(250))) != nil else {
          return
        }
        tick()
      }
    }
  }

  /// Ends all connections, and leaves the jobs as their journals have them.
  public func leave() async {
    isLeaving = true
    unsaid = []
    letAgentsIn()
    ticker?.cancel()
    for job in jobs.values { await job.leave() }
    for session in sessions.values { session.outgoing.end() }
    sessions = [:]
  }

  /// Takes a newer list of revoked certificates, and gives it to all agents: those that are connected
  /// are welcomed once more.
  public func replace(revocations: [UInt8]) {
    self.revocations = revocations
    for session in sessions.values { session.outgoing.add(welcome) }
  }

  private var welcome: HubMessage {
    .welcome(Welcome(patience: settings.patience, revocations: revocations))
  }

  private func tick() {
    // A job that cannot say its orders must not keep the agents of all others out.
    if !unsaid.isEmpty, clock.now() - started > Self.longestSilence {
      unsaid = []
      letAgentsIn()
    }
    carryOut(desk.handle(.tick, at: clock.now()))
    admit()
  }

  // MARK: Connections

  /// A connection that an agent has opened.
  public struct Connection: Sendable {
    public let session: UInt64
    public let outgoing: OutgoingMessages<HubMessage>
  }

  /// - Parameter member: as the certificate of the connection names it.
  /// - Throws: `hub-version` when the agent speaks another version.
  public func connect(_ member: HubMember, _ hello: Hello) async throws(Failure) -> Connection {
    guard hello.version == Welcome.version else {
      throw Failure(
        "hub-version",
        "the agent speaks version \(hello.version) of the link, but the hub \(Welcome.version)",
        hint: "use the same build of Moira at both")
    }
    await ordersAreSaid()
    try await keep(member)
    lastSession += 1
    let session = lastSession
    let outgoing = OutgoingMessages<HubMessage>()
    sessions[session] = Session(party: member.id, outgoing: outgoing)
    outgoing.add(welcome)
    carryOut(desk.handle(.connected(member.id, session: session, hello), at: clock.now()))
    queue.setCapacity(of: member.id, PartyCapacity(slots: hello.slots, memory: hello.memory << 20))
    metrics.connected(sessions.count)
    admit()
    return Connection(session: session, outgoing: outgoing)
  }

  /// - Returns: what the agent did wrong, if the hub ended the connection for that.
  @discardableResult public func disconnect(_ session: UInt64) -> Failure? {
    let fault = faults.removeValue(forKey: session)
    guard let gone = sessions.removeValue(forKey: session), !isLeaving else { return fault }
    gone.outgoing.end()
    carryOut(desk.handle(.disconnected(gone.party, session: session), at: clock.now()))
    metrics.connected(sessions.count)
    return fault
  }

  public func receive(_ message: AgentMessage, session: UInt64) {
    guard let party = sessions[session]?.party else { return }
    metrics.received(message)
    carryOut(desk.handle(.received(message, from: party, session: session), at: clock.now()))
  }

  // MARK: Actions

  func carryOut(_ actions: [HubDesk.Action]) {
    for action in actions { carryOut(action) }
  }

  private func carryOut(_ action: HubDesk.Action) {
    switch action {
    case .send(let message, _, let session): send(message, session)
    case .close(_, let session, let fault):
      guard let gone = sessions.removeValue(forKey: session) else { return }
      faults[session] = fault
      gone.outgoing.end()
      metrics.connected(sessions.count)
    case .decided(let job, let party, let consent): decide(job, party, consent)
    case .report(let key, let report, let party, let session, let number):
      tell(.report(key, report, party, session: session, number: number))
    case .ended(let key, let end): tell(.ended(key, end))
    case .answered(let number, let answer):
      hear(answer, to: number)
    case .refuse(let refusal, let party): metrics.refused(refusal, from: party)
    }
  }

  private func send(_ message: HubMessage, _ session: UInt64) {
    guard let outgoing = sessions[session]?.outgoing else { return }
    if case .letter(let letter) = message {
      metrics.relayed(bytes: letter.sealed.count)
      if !outgoing.add(message, bytes: letter.sealed.count + 1) {
        metrics.refused(.full(letter.address), from: letter.address.from)
      }
    } else if !outgoing.add(message) {
      disconnect(session)
    }
  }

  // MARK: What agents tell

  private func tell(_ told: Told) {
    tellings.append(told)
    guard !isKeeping else { return }
    isKeeping = true
    Task { await keepTellings() }
  }

  /// Keeps reports before they are noted, and lets a part end after its reports.
  private func keepTellings() async {
    while !tellings.isEmpty {
      let batch = tellings
      tellings = []
      var reports: [JobID: [PartReport]] = [:]
      var numbers: [UInt64: (PartyID, UInt64)] = [:]
      var tellers: [JobID: Set<UInt64>] = [:]
      for case .report(let key, let bytes, let party, let session, let number) in batch {
        numbers[session] = (party, number)
        tellers[key.job, default: []].insert(session)
        if let told = try? [PartReport](relayed: bytes), told.allSatisfy({ $0.part == key.part }) {
          reports[key.job, default: []] += told
        } else {
          metrics.refused(.misrouted(key.job), from: party)
        }
      }
      for (job, told) in reports where await !keep(told, of: job) {
        // Not noted, so it is told again, on a new connection.
        for session in tellers[job] ?? [] {
          numbers[session] = nil
          disconnect(session)
        }
      }
      for (session, (party, number)) in numbers {
        carryOut(desk.handle(.kept(party, session: session, number), at: clock.now()))
      }
      for case .ended(let key, let end) in batch {
        ends.removeValue(forKey: key)?.resume(returning: end)
      }
    }
    isKeeping = false
  }

  /// - Returns: false if the store did not take them; true too if the job is over.
  private func keep(_ told: [PartReport], of job: JobID) async -> Bool {
    if let driver = jobs[job]?.driver { return await driver.keep(told) }
    return jobs[job] == nil && !aside.contains(job)
  }
}
