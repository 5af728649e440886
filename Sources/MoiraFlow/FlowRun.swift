public import MoiraModel
public import MoiraRuntime

/// A job that runs, and what must be held while it does.
public struct FlowRun: Sendable {
  /// Ends a job now, for a reason that is noted.
  public typealias Stop = @Sendable (_ reason: String) async throws(Failure) -> Void

  /// What it tells until it ends.
  public let updates: AsyncStream<JobUpdate>
  public let stop: Stop
  /// Let go when the job has ended.
  public let hold: any Sendable

  public init(
    updates: AsyncStream<JobUpdate>, hold: any Sendable = (), stop: @escaping Stop
  ) {
    self.updates = updates
    self.hold = hold
    self.stop = stop
  }
}

/// What a part of a job has made, and where.
public struct FlowArtifact: Hashable, Sendable {
  public let job: JobID
  public let task: TaskID
  /// The plan's member that made it.
  public let member: PartyID
  public let reference: ArtifactReference
}
