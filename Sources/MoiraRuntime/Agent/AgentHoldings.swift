public import MoiraModel

/// Which artifacts the jobs of an agent use, as its store has it: each job uses what it made or reused.
public struct AgentHoldings: Sendable {
  /// Jobs that the party has agreed to and that are not over.
  public let open: Set<JobID>
  /// Jobs that are over, the oldest first.
  public let over: [JobID]
  private let uses: [Use]

  private struct Use {
    let shelf: String
    let key: String
    let job: JobID
    let hash: ContentHash
  }

  /// Which jobs are forgotten, and which artifacts are used by the others.
  public struct Choice: Sendable {
    /// The oldest first; none that uses nothing.
    public let gone: [JobID]
    public let used: Set<ContentHash>
  }

  /// - Throws: what the store throws; `journal-unreadable`.
  public init(in store: any DocumentStore) async throws(Failure) {
    open = try await AgentDocuments.openJobs(in: store)
    over = try await AgentDocuments.jobsOver(in: store).sorted { $0.at < $1.at }.map(\.job)
    var uses: [Use] = []
    for shelf in AgentDocuments.usingShelves {
      for (key, bytes) in try await store.documents(on: shelf) {
        let hash = ContentHash(String(key.split(separator: "/").last ?? ""))
        let job = try AgentDocuments.read(JobID.self, bytes)
        uses.append(Use(shelf: shelf, key: key, job: job, hash: hash))
      }
    }
    self.uses = uses
  }

  /// - Parameter keep: how many of the newest jobs that are over; nil for all. Open ones are always kept.
  public func choice(keep: Int?) -> Choice {
    let old = Set(keep.map { Array(over.dropLast($0)) } ?? []).subtracting(open)
    // Who made an artifact that others use still may be forgotten already.
    let users = Set(uses.filter { $0.shelf != AgentDocuments.made }.map(\.job))
    return Choice(
      gone: over.filter { old.contains($0) && users.contains($0) },
      used: Set(uses.filter { !old.contains($0.job) }.map(\.hash)))
  }

  /// Forgets what the chosen jobs used. That they are over stays known: no job gets their id.
  public func forget(_ choice: Choice, in store: any DocumentStore) async throws(Failure) {
    let gone = Set(choice.gone)
    // That an artifact was made here stays known as long as anybody uses it.
    let ended = uses.filter {
      $0.shelf == AgentDocuments.made ? !choice.used.contains($0.hash) : gone.contains($0.job)
    }
    guard !ended.isEmpty else { return }
    try await store.change(
      ended.map { DocumentChange(shelf: $0.shelf, key: $0.key, bytes: nil) })
  }
}
