import MoiraCrypto
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRelay
import MoiraRuntime
import MoiraSim
import MoiraWire

/// A party that agrees to everything.
final class BenchSite: AgentSite {
  let party: PartyID
  private let trust: MemberTrust
  private let store = MemoryArtifactStore()

  init(_ party: PartyID, _ trust: MemberTrust) {
    self.party = party
    self.trust = trust
  }

  var resources: AgentResources {
    AgentResources(build: "bench", catalog: benchCatalog, slots: 8, memory: 1024)
  }

  func artifacts(of seat: PartyID) -> any ArtifactStore { store }
  func datasets() -> any DatasetStore { MemoryDatasets(party) }

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

  func revoke(_ revocations: [UInt8]) {}
  func decide(on proposal: JobProposal, at now: Instant) async -> Consent { Consent(refusals: []) }
  func settle(_ job: JobID) {}
  func settle(allBut jobs: Set<JobID>) {}
  func release(_ question: ArtifactQuestion, at now: Instant) {}

  func record(_ event: AgentEvent) -> Bool {
    if case .failed(_, let failure) = event { print("failed:", failure) }
    return true
  }
}
