import Foundation
import MoiraComponents
import MoiraConfig
import MoiraCrypto
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRelay
import MoiraRuntime
import MoiraSchedule
import MoiraStorage
import MoiraTable
import MoiraWire
import Synchronization

/// A party as its folder has it: datasets, policy, budgets, artifacts, audit log.
final class LiveSite: AgentSite {
  private let newest: Mutex<PartyProfile>
  private let folder: PartyHome
  private let trust: MemberTrust
  private let documents: any DocumentStore
  private let audit: AuditLog
  private let clock: any WallClock
  private let log: AgentLog
  private let ledger: Mutex<EpsilonLedger>
  private let schemas = standardCatalog.schemas
  let meters = AgentMeters()
  /// Lines of the audit log that the disk has not taken yet.
  private let unwritten = Mutex<[UnwrittenLine]>([])

  init(
    _ profile: PartyProfile, _ folder: PartyHome, trust: MemberTrust,
    documents: any DocumentStore, audit: AuditLog, clock: any WallClock, log: AgentLog
  ) async throws(Failure) {
    newest = Mutex(profile)
    self.folder = folder
    self.trust = trust
    self.documents = documents
    self.audit = audit
    self.clock = clock
    self.log = log
    ledger = Mutex(
      try EpsilonLedger(documents: try await documents.documents(on: EpsilonLedger.shelf)))
  }

  /// As `party.yaml` had it last.
  private var profile: PartyProfile { newest.withLock { $0 } }

  /// The file has changed: policy and datasets count from the next decision on, resources from the next
  /// connection.
  ///
  /// - Throws: `peer-identity-mismatch` when it is another party's.
  func replace(_ profile: PartyProfile) throws(Failure) {
    guard profile.id == party else {
      throw Failure(
        "peer-identity-mismatch",
        "'party.yaml' names '\(profile.id)', but the agent is of '\(party)'")
    }
    newest.withLock { $0 = profile }
    log.took("a changed party.yaml")
  }

  var party: PartyID { profile.id }

  var resources: AgentResources {
    AgentResources(
      build: Moira.version, catalog: standardCatalog, slots: profile.resources.slots,
      memory: profile.resources.memory, direct: profile.direct.map { "\($0.address)" })
  }

  func artifacts(of seat: PartyID) throws(Failure) -> any ArtifactStore {
    try Composition(home: folder.state).artifacts(of: seat)
  }

  func datasets() -> any DatasetStore { FileDatasets(profile: profile, folder: folder.path) }

  // MARK: Whom to believe

  func peers(
    _ certificates: [PartyID: [UInt8]], at now: Instant
  ) throws(Failure) -> [PartyID: PeerKeys] {
    try trust.peers(certificates)
  }

  func asker(
    _ member: PartyID, _ certificate: [UInt8], at now: Instant
  ) throws(Failure) -> PeerKeys {
    try trust.asker(member, certificate)
  }

  func revoke(_ revocations: [UInt8]) throws(Failure) {
    let root = trust.credentials.verifier.root
    let list = try RevocationList(
      json: String(decoding: revocations, as: UTF8.self), root: root)
    guard list.number > trust.revocations.number else { return }
    try trust.replace(list)
    try folder.keys.replace(list)
    log.took("the list \(list.number) of revoked certificates")
  }

  // MARK: Consent

  func decide(on proposal: JobProposal, at now: Instant) async -> Consent {
    let asked = Proposal(
      job: proposal.job, plan: proposal.plan, submitter: proposal.submission.submitter,
      party: party,
      now: now)
    let rows = await rows(of: asked.datasets(schemas))
    let known = ledger.withLock { $0 }
    let profile = profile
    let decision = profile.decide(
      asked, catalog: schemas, rows: { rows[$0] },
      spent: { known.spent($0, $1, besides: proposal.job) })
    guard decision.granted else {
      return Consent(refusals: decision.refusals.map { failure($0.shared) })
    }
    do throws(Failure) {
      if ledger.withLock({ $0.reserve(decision.reserves, for: proposal.job) }) {
        try await keepLedger(of: proposal.job)
      }
      return Consent(refusals: [])
    } catch {
      return Consent(refusals: [error.withoutCause])
    }
  }

  private func failure(_ refusal: PolicyRefusal) -> Failure {
    var failure = Failure(refusal.code, refusal.message)
    failure.party = party
    return failure
  }

  private func rows(of names: [String]) async -> [String: Int] {
    var rows: [String: Int] = [:]
    for name in names {
      guard let dataset = try? await datasets().open(.named(name)) else { continue }
      rows[name] = DatasetRows.count(dataset)
    }
    return rows
  }

  private func keepLedger(of job: JobID) async throws(Failure) {
    let bytes = ledger.withLock { $0.document(of: job) }
    try await documents.change([
      DocumentChange(shelf: EpsilonLedger.shelf, key: job.text, bytes: bytes)
    ])
  }

  func settle(allBut jobs: Set<JobID>) async {
    for job in ledger.withLock({ $0.jobs }) where !jobs.contains(job) { await settle(job) }
  }

  func settle(_ job: JobID) async {
    guard ledger.withLock({ $0.release(job) }) else { return }
    try? await keepLedger(of: job)
  }

  // MARK: What leaves

  func release(_ question: ArtifactQuestion, at now: Instant) async throws(Failure) {
    let kind = question.reference.kind
    guard let policy = profile.policy, policy.submitters.allows(question.submitter) else {
      throw Failure(
        "policy-submitter", "'\(question.submitter)' is not among the submitters of '\(party)'")
    }
    guard policy.releases(kind) else {
      throw Failure("policy-release", "'\(party)' lets no \(kind) leave")
    }
    let hash = question.reference.hash
    guard !Composition(home: folder.state).isSecret(hash, at: question.seat) else {
      throw Failure("artifact-secret", "the artifact is kept for the agent of '\(party)' alone")
    }
    // Nothing leaves that does not stand in the audit log first.
    let line = AgentEvent.leaving(question)
    try audit.append(line.kind, line.facts, at: now)
  }

  // MARK: The log

  func record(_ event: AgentEvent) async -> Bool {
    let now = clock.now()
    log.note(event)
    meters.count(event)
    if case .partStarted(let key, _) = event, await !spend(key) { return false }
    guard let (kind, facts) = event.audited else { return true }
    return unwritten.withLock { lines in
      lines.append(UnwrittenLine(kind: kind, facts: facts, time: now))
      do throws(Failure) {
        while let line = lines.first {
          try audit.append(line.kind, line.facts, at: line.time)
          lines.removeFirst()
        }
        return true
      } catch {
        // The disk is full: the lines are written, in their order, as soon as it takes them.
        log.failed(error)
        return false
      }
    }
  }

  private struct UnwrittenLine {
    let kind: AuditKind
    let facts: ConfigValue
    let time: Instant
  }

  /// What a training spends of a budget is noted before it begins.
  private func spend(_ key: OrderKey) async -> Bool {
    let changed = ledger.withLock {
      $0.begin(key.part.task, attempt: key.part.attempt, of: key.job)
    }
    if !changed { return true }
    do throws(Failure) {
      try await keepLedger(of: key.job)
      return true
    } catch {
      log.failed(error)
      return false
    }
  }
}
