import MoiraModel
import MoiraRuntime
import MoiraSchedule

/// An artifact that the user named: a hash, or a job with `TASK.PORT@PARTY`.
struct ArtifactChoice {
  let job: JobID
  let task: TaskID
  let party: PartyID
  let reference: ArtifactReference

  /// The one at a place in a job; the party may be left out where one will do.
  ///
  /// - Throws: `artifact-unknown`.
  init(_ place: String, in snapshot: JobSnapshot) throws(Failure) {
    let wanted = place.split(separator: "@", maxSplits: 1)
    let found = snapshot.artifacts.filter { one in
      "\(one.task).\(one.reference.port)" == wanted.first.map(String.init) ?? ""
        && (wanted.count == 1 || wanted[1] == one.party.text)
    }
    guard let first = found.first else { throw Self.unknown(place, snapshot) }
    self.init(job: snapshot.id, task: first.task, party: first.party, reference: first.reference)
  }

  private init(job: JobID, task: TaskID, party: PartyID, reference: ArtifactReference) {
    self.job = job
    self.task = task
    self.party = party
    self.reference = reference
  }

  /// The one whose hash begins so, in any job.
  ///
  /// - Throws: `artifact-unknown`.
  static func hashed(_ prefix: String, in store: any JobStore) async throws(Failure) -> Self {
    for record in try await store.records().reversed() where prefix.count >= 6 {
      let snapshot = JobMachine(replaying: try await store.journal(of: record.id)).snapshot
      for one in snapshot?.artifacts ?? [] where one.reference.hash.text.hasPrefix(prefix) {
        return Self(job: record.id, task: one.task, party: one.party, reference: one.reference)
      }
    }
    throw Failure(
      "artifact-unknown", "no job has an artifact '\(prefix)'",
      hint: "'moira artifacts JOB' lists a job's; name one by its hash, or as JOB TASK.PORT@PARTY")
  }

  private static func unknown(_ place: String, _ snapshot: JobSnapshot) -> Failure {
    let names = snapshot.artifacts.map { "\($0.task).\($0.reference.port)@\($0.party)" }
    return Failure(
      "artifact-unknown", "the job '\(snapshot.id)' has no artifact '\(place)'",
      hint: nearestName(to: place, among: names).map { "did you mean '\($0)'?" }
        ?? "'moira artifacts \(snapshot.id)' lists them")
  }
}

extension JobHistory {
  /// How the job stands.
  ///
  /// - Throws: `job-unstarted`.
  var started: JobSnapshot {
    get throws(Failure) {
      if let snapshot { return snapshot }
      throw Failure(
        "job-unstarted", "the job '\(record.id)' was noted, but never began",
        hint: "'moira resume \(record.id)' begins it")
    }
  }
}
