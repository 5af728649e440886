import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSchedule

/// What earlier jobs have left, for pipelines that name it by job and task.
struct EarlierJobs {
  let home: Home

  /// Where each reference's artifact lies, by party; what cannot be found is left out.
  ///
  /// A job is named by its id, the beginning of it, or `last`.
  func found(
    _ references: [FateReference]
  ) async -> [FateReference: [PartyID: ContentHash]] {
    guard !references.isEmpty,
      let store = try? Composition(home: home).storeForReading()
    else { return [:] }
    var found: [FateReference: [PartyID: ContentHash]] = [:]
    for one in references where one.version == "0" {
      guard let record = try? await store.job(named: one.job),
        let journal = try? await store.journal(of: record.id),
        let snapshot = JobMachine(replaying: journal).snapshot
      else { continue }
      found[one] = Self.places(of: one, in: snapshot)
    }
    return found
  }

  private static func places(
    of reference: FateReference, in snapshot: JobSnapshot
  ) -> [PartyID: ContentHash] {
    for place in reference.places {
      let made = snapshot.artifacts.filter {
        $0.task == place.step && $0.reference.port == place.port
      }
      guard !made.isEmpty else { continue }
      return Dictionary(
        made.map { ($0.party, $0.reference.hash) }, uniquingKeysWith: { first, _ in first })
    }
    return [:]
  }
}
