import MoiraComponents
import MoiraCrypto
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRelay
import MoiraRuntime
import MoiraSchedule
import MoiraSim
import Synchronization

@testable import MoiraWire

/// A party in memory that agrees to everything whose certificates are right, lets models leave, and
/// notes what happens.
final class SiegeSite: AgentSite {
  let member: SiegeMember
  let store = MemoryArtifactStore()
  let data: MemoryDatasets
  private let noted = Mutex<[AgentEvent]>([])

  init(
    _ member: SiegeMember, _ data: [String: [UInt8]] = [:], decidesSlowly: Bool = false
  ) {
    self.member = member
    self.decidesSlowly = decidesSlowly
    self.data = MemoryDatasets(member.id, data)
  }

  var party: PartyID { member.id }
  var resources: AgentResources {
    AgentResources(build: "siege", catalog: standardCatalog, slots: 8, memory: 4096)
  }

  func artifacts(of seat: PartyID) -> any ArtifactStore { store }
  func datasets() -> any DatasetStore { data }

  func peers(
    _ certificates: [PartyID: [UInt8]], at now: Instant
  ) throws(Failure) -> [PartyID: PeerKeys] {
    try member.trust.peers(certificates)
  }

  func asker(
    _ id: PartyID, _ certificate: [UInt8], at now: Instant
  ) throws(Failure) -> PeerKeys {
    try member.trust.asker(id, certificate)
  }

  func revoke(_ revocations: [UInt8]) throws(Failure) {}
  /// Jobs that were settled, in order.
  let settled = NotedRefusals()
  /// What a decision waits for, if it is a slow one: the first settling.
  private let (gate, opening) = AsyncStream.makeStream(of: Void.self)
  private let decidesSlowly: Bool

  func decide(on proposal: JobProposal, at now: Instant) async -> Consent {
    if decidesSlowly { for await _ in gate { break } }
    return Consent(refusals: [])
  }

  func settle(_ job: JobID) async {
    settled.note(job.text)
    opening.yield()
  }
  func settle(allBut jobs: Set<JobID>) async {}

  func release(_ question: ArtifactQuestion, at now: Instant) async throws(Failure) {
    if question.reference.kind != .model {
      throw Failure("policy-release", "'\(party)' lets no \(question.reference.kind) leave")
    }
  }

  func record(_ event: AgentEvent) async -> Bool {
    noted.withLock { $0.append(event) }
    return true
  }

  /// What happened, but for connections, in words of the tests.
  var events: [String] {
    noted.withLock { $0 }.compactMap { event in
      switch event {
      case .decided(let job, _, let consent):
        "decided \(job) \(consent.refusals.map(\.code).joined(separator: " "))"
      case .partStarted(let key, _): "started \(key.part.task)"
      case .partEnded(let key, .succeeded): "ended \(key.part.task)"
      case .partEnded(let key, .failed(let failure)): "ended \(key.part.task) \(failure.code)"
      case .partEnded(let key, .lost): "ended \(key.part.task) lost"
      case .released(let asked): "released \(asked.reference.kind)"
      case .releaseRefused(_, let failure): "kept \(failure.code)"
      case .refused(let refusal): "refused \(refusal.kind)"
      case .linked(let party): "linked \(party)"
      case .unlinked(let party, let failure): "unlinked \(party) \(failure?.code ?? "")"
      case .connected, .disconnected, .failed: nil
      }
    }
  }

  func agent(
    _ settings: AgentService.Settings = .init(), directDialer: (any DirectDialer)? = nil
  ) async throws -> AgentService {
    try await AgentService(
      site: self, identity: member.identity, documents: MemoryDocumentStore(),
      clock: SystemClock(), workers: .serial, directDialer: directDialer, settings: settings)
  }
}
