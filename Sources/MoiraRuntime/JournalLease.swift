public import MoiraModel

/// A store whose jobs only one process at a time may run.
///
/// A process that never asked for the lease reads, and writes without one: that is how a command lists
/// or stops jobs. A process that asked writes only while it has the lease: from the moment it does not,
/// its `create`, `append`, `conclude`, `reopen`, `add`, `remove` and `change` throw `lease-lost`, and
/// nothing of what they were to write is kept.
public protocol LeasedStore: JobStore, DocumentStore {
  /// The lease, or nil while another process has it.
  ///
  /// - Parameter holder: For people: host and process of the one that asks. One line.
  func acquireLease(as holder: String) async throws(Failure) -> (any JournalLease)?
  /// Who has the lease; nil if nobody has.
  func leaseHolder() async throws(Failure) -> String?
}

/// The right to be the one scheduler that runs a store's jobs, once it was got. It lasts as long as the
/// store that gave it is in use, whether anybody keeps this value or not.
public protocol JournalLease: Sendable {
  /// Returns when the lease is lost: another process has it, the store cannot be reached for longer
  /// than the lease lasts, or it was given back. Ends with `CancellationError` when cancelled.
  func lost() async throws
  /// Gives it back, so that another process need not wait. Writes that are under way end first, or
  /// keep the other one waiting.
  func release() async
}
