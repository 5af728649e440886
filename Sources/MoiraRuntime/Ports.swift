public import MoiraKit
public import MoiraModel
public import MoiraSchedule

/// One party's artifacts, by the hash of their bytes.
public protocol ArtifactStore: Sendable {
  /// Keeps the bytes. On return they are whole on the disk, or nothing is.
  func put(_ bytes: any ArtifactBytes, isSecret: Bool) async throws(Failure) -> ContentHash
  /// - Throws: `artifact-missing`.
  func get(_ hash: ContentHash) async throws(Failure) -> any ArtifactBytes
  func contains(_ hash: ContentHash) async -> Bool
  /// Every artifact with its size in bytes.
  func all() async throws(Failure) -> [ContentHash: Int]
  func remove(_ hash: ContentHash) async throws(Failure)
}

/// One party's registered datasets.
public protocol DatasetStore: Sendable {
  /// - Throws: `dataset-unregistered`, `dataset-unreadable`.
  func open(_ choice: DatasetChoice) async throws(Failure) -> Dataset
}

/// Carries messages between the parts of a task.
public protocol Transport: Sendable {
  /// This party's end of the lane of one attempt. Messages of others may be there already.
  func lane(_ part: PartKey, of job: JobID) async throws(Failure) -> any Lane
}

/// One party's end of what connects the parts of one attempt. Messages of one sender arrive in the
/// order in which they were sent, each once.
public protocol Lane: Sendable {
  func send(_ message: [UInt8], to party: PartyID) async throws(Failure)
  /// The next message of `sender`, or of anybody. Ends with `CancellationError` when cancelled.
  func receive(from sender: PartyID?) async throws -> (from: PartyID, bytes: [UInt8])
  func close() async
}

/// Time, as the drivers see it.
public protocol WallClock: Sendable {
  func now() -> Instant
  /// Returns at the moment, or at once if it has passed; throws when cancelled.
  func sleep(until moment: Instant) async throws
}
