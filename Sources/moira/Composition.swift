import Foundation
import MoiraComponents
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSim
import MoiraStorage

/// Puts the live adapters together. Nothing else names them, but for locks and party folders.
struct Composition {
  let home: Home

  /// The store of jobs, made where there is none.
  func store() throws(Failure) -> any JobStore {
    try home.make()
    return try SQLiteJobStore(path: home.database)
  }

  /// The store of jobs as it is; one without jobs where there is none, and nothing is written.
  func storeForReading() throws(Failure) -> any JobStore {
    home.exists ? try SQLiteJobStore(path: home.database) : MemoryJobStore()
  }

  func artifacts(of party: PartyID) throws(Failure) -> any ArtifactStore {
    try FileArtifactStore(directory: home.artifacts(of: party))
  }

  /// Removes what a process that died left half-written.
  func removeTemporaries(of party: PartyID) throws(Failure) {
    _ = try FileArtifactStore(directory: home.artifacts(of: party)).removeTemporaries()
  }

  /// Whether an artifact is kept for the party's agent alone.
  func isSecret(_ hash: ContentHash, at party: PartyID) -> Bool {
    let name = "secrets/\(hash.text.prefix(2))/\(hash.text)"
    return FileManager.default.fileExists(atPath: "\(home.artifacts(of: party))/\(name)")
  }

  /// A coordinator with an agent for each party of the plan, all in this process.
  func coordinator(
    of plan: Plan, at parties: RegisteredParties, store: any JobStore
  ) throws(Failure) -> Coordinator {
    var grounds: [PartyID: Federation.Ground] = [:]
    for member in plan.members {
      let folder = "\(parties.folder)/\(member.registered)"
      let party = parties[member.registered]
      grounds[member.party] = Federation.Ground(
        artifacts: try artifacts(of: member.party),
        datasets: FileDatasets(
          profile: party?.profile ?? PartyProfile(id: member.registered, datasets: []),
          folder: party?.folder ?? folder),
        identity: try IdentityFile.key(at: home.identity(of: member.party)))
    }
    return coordinator(of: grounds, store: store)
  }

  func coordinator(
    of grounds: [PartyID: Federation.Ground], store: any JobStore
  ) -> Coordinator {
    let federation = Federation(
      catalog: standardCatalog, parties: grounds, clock: SystemClock(), workers: workers)
    return Coordinator(store: store, links: federation.links, clock: SystemClock())
  }

  var clock: any WallClock { SystemClock() }

  private var workers: Workers { .threads(ProcessInfo.processInfo.activeProcessorCount) }
}
