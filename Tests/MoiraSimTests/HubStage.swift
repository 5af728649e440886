import MoiraConfig
import MoiraCrypto
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRelay
import MoiraRuntime
import MoiraSchedule
import MoiraSim
import Synchronization
import Testing

/// A hub and the agents of `a`, `b` and `c` in one process, each with a store that outlives it.
final class HubStage: Sendable {
  static let parties: [PartyID] = ["a", "b", "c"]

  let clock = ManualClock(Instant(milliseconds: 1_000_000))
  let jobs = MemoryHubStore()
  let sites: [PartyID: StageSite]
  let dialers: [PartyID: MemoryDialer]
  let documents: [PartyID: GatedDocuments]
  /// What the hub has refused, as `party: kind`.
  let refusals = Mutex<[String]>([])
  /// What does not reach an agent of what the hub says to it.
  private let deafness = Mutex<[PartyID: @Sendable (HubMessage) -> Bool]>([:])
  private let identities: [PartyID: IdentityKeyPair]
  private let running = Mutex<[PartyID: Task<Void, Never>]>([:])
  let agents = Mutex<[PartyID: AgentService]>([:])
  private let hub = Mutex<HubService?>(nil)

  init(refusing: Set<PartyID> = []) {
    var generator = SystemSecureGenerator()
    var identities: [PartyID: IdentityKeyPair] = [:]
    for party in Self.parties { identities[party] = IdentityKeyPair(using: &generator) }
    self.identities = identities
    alice = IdentityKeyPair(using: &generator)
    documents = Dictionary(
      uniqueKeysWithValues: Self.parties.map { ($0, GatedDocuments()) })
    let directory = identities.merging(["alice": alice]) { $1 }.mapValues {
      PeerKeys(identity: $0.publicKey, sealing: SealingKeyPair(of: $0).publicKey)
    }
    sites = Dictionary(
      uniqueKeysWithValues: Self.parties.map {
        ($0, StageSite($0, directory, refuses: refusing.contains($0)))
      })
    let seen = Seen()
    dialers = Dictionary(
      uniqueKeysWithValues: Self.parties.map { party in
        let key = identities[party]?.publicKey ?? Self.none
        return (party, MemoryDialer(Self.member(party, key), to: nil) { seen.note($0) })
      })
    self.seen = seen
  }

  private let seen: Seen
  /// Who submits.
  private let alice: IdentityKeyPair
  private static var none: IdentityPublicKey { fatalError("every party has an identity") }

  var submitter: HubMember { Self.member("alice", alice.publicKey) }

  /// A member whose certificate is its name.
  private static func member(_ id: PartyID, _ key: IdentityPublicKey) -> HubMember {
    HubMember(
      id: id, certificate: Array(id.text.utf8), identity: key,
      validUntil: Instant(milliseconds: .max))
  }

  /// The letters that have passed the hub, as it sees them.
  var relayed: [[UInt8]] { seen.letters.withLock { $0 } }

  // MARK: Processes

  /// Starts a hub on the store, as after a crash of the last one.
  ///
  /// - Parameter waiting: how many jobs of one submitter may wait.
  @discardableResult func startHub(
    waiting: Int = QueueLimits.standard.queuedPerSubmitter,
    planner: any JobPlanner = StagePlanner()
  ) async throws -> HubService {
    var settings = HubService.Settings()
    settings.queue.queuedPerSubmitter = waiting
    var metrics = HubMetrics()
    metrics.refused = { [self] refusal, party in
      refusals.withLock { $0.append("\(party): \(refusal.kind)") }
    }
    let service = HubService(
      store: jobs, planner: planner, clock: clock, settings: settings, metrics: metrics)
    try await service.start()
    hub.withLock { $0 = service }
    for dialer in dialers.values { dialer.lead(to: service) }
    return service
  }

  /// The hub's process dies: nothing is said any more.
  func killHub() async {
    let old = hub.withLock { hub in
      defer { hub = nil }
      return hub
    }
    for dialer in dialers.values { dialer.lead(to: nil) }
    await old?.leave()
  }

  func startAgent(_ party: PartyID) async throws {
    guard let site = sites[party], let identity = identities[party],
      let documents = documents[party], let dialer = dialers[party]
    else { return }
    let agent = try await AgentService(
      site: site, identity: identity, documents: documents, clock: clock, workers: .serial)
    agents.withLock { $0[party] = agent }
    let deaf = deafness.withLock { $0[party] }
    let task = Task {
      _ = try? await agent.run(dialling: DeafDialer(dialer, to: deaf ?? { _ in false }))
    }
    running.withLock { $0[party] = task }
  }

  /// The next agent of the party does not hear some of what the hub says.
  func deafen(_ party: PartyID, to isLost: @escaping @Sendable (HubMessage) -> Bool) {
    deafness.withLock { $0[party] = isLost }
  }

  /// The agent's process dies, and its parts with it.
  func killAgent(_ party: PartyID) async {
    let task = running.withLock { $0.removeValue(forKey: party) }
    task?.cancel()
    dialers[party]?.cut()
    await task?.value
  }

  func startAll(
    waiting: Int = QueueLimits.standard.queuedPerSubmitter,
    planner: any JobPlanner = StagePlanner()
  ) async throws -> HubService {
    let service = try await startHub(waiting: waiting, planner: planner)
    for party in Self.parties { try await startAgent(party) }
    await connected(service)
    return service
  }

  /// Lets time pass until all agents have found the hub.
  func connected(_ service: HubService, _ count: Int = parties.count) async {
    while await service.parties().count(where: \.isConnected) < count {
      clock.advance(by: .milliseconds(100))
      for _ in 0..<50 { await Task.yield() }
    }
  }

  func end() async {
    await killHub()
    for party in Self.parties { await killAgent(party) }
  }

  /// Submits tasks, with the plan's text as source.
  func submit(
    _ tasks: [(String, ConfigValue)], to service: HubService, key: String? = nil,
    conf: ConfigValue = .map([])
  ) async throws -> JobID {
    let plan = try Stage().plan(tasks, conf: conf)
    return try await submit(plan, signed: plan, to: service, key: key)
  }

  /// Submits a plan as alice.
  ///
  /// - Parameters:
  ///   - signed: the plan that is signed.
  ///   - name: whose name is signed.
  ///   - age: how long ago.
  ///   - text: under which the planner finds it.
  func submit(
    _ plan: Plan, signed: Plan, by name: String = "alice", age: Duration = .zero,
    to service: HubService, key: String? = nil, from: TaskID? = nil, text: String? = nil,
    sets overrides: [String] = []
  ) async throws -> JobID {
    let source = PipelineSource(
      file: "tiny.yaml", text: StagePlanner.keep(plan, as: text), overrides: overrides, parties: "")
    return try await service.submit(
      JobRequest(
        source, planned: signed, key: key, from: from, by: name,
        at: clock.now() + (.zero - age), signing: alice),
      by: submitter)
  }

  /// A submission as it goes over the wire, to be said again.
  func request(_ plan: Plan) throws -> JobRequest {
    try JobRequest(
      PipelineSource(
        file: "tiny.yaml", text: StagePlanner.keep(plan, as: nil), overrides: [], parties: ""),
      planned: plan, key: nil, by: "alice", at: clock.now(), signing: alice)
  }

  /// How the job stands at its end; time passes meanwhile.
  func outcome(of job: JobID) async throws -> JobSnapshot {
    while try await jobs.record(of: job)?.ended == nil {
      try Task.checkCancellation()
      clock.advance(by: .milliseconds(100))
      for _ in 0..<50 { await Task.yield() }
    }
    return try #require(JobMachine(replaying: try await jobs.journal(of: job)).snapshot)
  }

  func number(_ task: TaskID, _ party: PartyID, _ job: JobSnapshot) async throws -> Int {
    let made = try #require(job.tasks.first { $0.id == task }?.outputs[party]?.first)
    let artifacts = try #require(sites[party]).store
    return try Number(artifact: try await artifacts.get(made.hash)).value
  }
}

/// What has passed the hub.
final class Seen: Sendable {
  let letters = Mutex<[[UInt8]]>([])

  func note(_ message: AgentMessage) {
    if case .letter(let letter) = message { letters.withLock { $0.append(letter.sealed) } }
  }
}

/// Finds the plan that a test made by the text under which it was kept.
struct StagePlanner: JobPlanner {
  private static let plans = Mutex<[String: Plan]>([:])

  static func keep(_ plan: Plan, as text: String? = nil) -> String {
    let text = text ?? plan.contentHash.text
    plans.withLock { $0[text] = plan }
    return text
  }

  func plan(_ source: PipelineSource) async throws(Failure) -> Plan {
    guard let plan = Self.plans.withLock({ $0[source.text] }) else {
      throw Failure("pipeline-refused", "there is no such plan")
    }
    return plan
  }
}

/// A party whose policy is a flag.
final class StageSite: AgentSite {
  let party: PartyID
  let store = MemoryArtifactStore()
  private let directory: [PartyID: PeerKeys]
  private let refuses: Bool
  let events = Mutex<[String]>([])
  /// Done when it is asked whether an artifact may leave.
  let whenAsked = Mutex<(@Sendable () async -> Void)?>(nil)

  init(_ party: PartyID, _ directory: [PartyID: PeerKeys], refuses: Bool) {
    self.party = party
    self.directory = directory
    self.refuses = refuses
  }

  var resources: AgentResources {
    AgentResources(build: "test", catalog: tinyCatalog, slots: 4, memory: 1024)
  }

  func artifacts(of seat: PartyID) -> any ArtifactStore { store }
  func datasets() -> any DatasetStore { MemoryDatasets(party) }

  func peers(
    _ certificates: [PartyID: [UInt8]], at now: Instant
  ) throws(Failure) -> [PartyID: PeerKeys] {
    directory.filter { certificates[$0.key] == Array($0.key.text.utf8) }
  }

  func revoke(_ revocations: [UInt8]) {}

  func decide(on proposal: JobProposal, at now: Instant) async -> Consent {
    refuses
      ? Consent(refusals: [
        Failure("policy-submitter", "'\(proposal.submission.submitter)' may not")
      ])
      : Consent(refusals: [])
  }

  func asker(
    _ member: PartyID, _ certificate: [UInt8], at now: Instant
  ) throws(Failure) -> PeerKeys {
    guard let keys = try peers([member: certificate], at: now)[member] else {
      throw Failure("certificate-form", "the certificate is of nobody")
    }
    return keys
  }

  func settle(_ job: JobID) {}
  func settle(allBut jobs: Set<JobID>) {}
  func release(_ question: ArtifactQuestion, at now: Instant) async {
    await whenAsked.withLock { $0 }?()
  }

  func record(_ event: AgentEvent) -> Bool {
    switch event {
    case .partStarted(let key, _): note("started \(key.part.task)/\(key.part.attempt)")
    case .refused(let refusal): note("refused \(refusal.kind)")
    default: break
    }
    return true
  }

  private func note(_ text: String) { events.withLock { $0.append(text) } }

  var log: [String] { events.withLock { $0 } }
}
