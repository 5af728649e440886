public import MoiraModel

/// The right to be the one scheduler that runs a store's jobs.
public protocol LeasedStore: JobStore, DocumentStore {
  /// The lease, or nil while another process has it.
  ///
  /// - Parameter holder: For people: host and process of the one that asks.
  func acquireLease(as holder: String) async throws(Failure) -> (any JournalLease)?
  /// Who has the lease; nil if nobody has.
  func leaseHolder() async throws(Failure) -> String?
}

/// A lease that was got. From the moment it is lost, the store takes no more from this process: its
/// `create`, `append`, `conclude`, `reopen`, `add`, `change` throw `lease-lost`.
public protocol JournalLease: Sendable {
  /// Returns when the lease is lost: another process has it, or the store cannot be reached for longer
  /// than the lease lasts. Ends with `CancellationError` when cancelled.
  func lost() async throws
  /// Gives it back, so that another process need not wait.
  func release() async
}
