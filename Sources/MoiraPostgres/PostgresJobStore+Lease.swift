import Foundation
public import MoiraModel
public import MoiraRuntime

/// The lease is a row with an end by the server's clock, renewed while this process runs. Every write
/// proves its number inside its own transaction, so that a process that was stopped for a while can
/// write nothing once another one took over.
///
/// A server that comes back without its last commits, as after a fail-over to a replica that lagged,
/// may have lost the row's last state too: use synchronous replication under a hub with a standby.
extension PostgresJobStore: LeasedStore {
  public func acquireLease(as holder: String) async throws(Failure) -> (any JournalLease)? {
    let database = database
    let began = ContinuousClock.now
    let token = try await database.saying(isWriting: true) {
      try await database.keeper.transaction(patience: database.patience, proving: { nil }) {
        try $0.takeLease(as: holder, for: database.leaseLength)
      }
    }
    guard let token else {
      database.fence.deny()
      return nil
    }
    database.fence.hold(token)
    database.renewal.start(database, token, from: began)
    return PostgresLease(database: database, token: token)
  }

  public func leaseHolder() async throws(Failure) -> String? {
    try await database.read { try $0.leaseHolder() }
  }

  /// Returns when the lease may be free: at once when another process gives it back, and no later than
  /// it runs out. Ask for it then, and wait again if somebody else was faster.
  ///
  /// - Throws: `CancellationError`; a `Failure` when the database cannot be reached.
  public func leaseFreed() async throws {
    let database = database
    let wake = try WakePipe()
    let session = Session(database.address, bounds: .ordinary(idle: database.leaseLength))
    try await withTaskCancellationHandler {
      var isFree = false
      while !isFree {
        try Task.checkCancellation()
        isFree = try await database.saying(isWriting: false) {
          try await session.repeatable(patience: database.patience) {
            try $0.awaitFreeLease(wake: wake.readEnd)
          }
        }
      }
    } onCancel: {
      wake.pull()
    }
  }
}

private struct PostgresLease: JournalLease {
  let database: Database
  let token: Int64

  func lost() async throws { try await database.fence.lost(token) }

  /// If the database cannot be told, the lease runs out by itself.
  func release() async {
    guard database.fence.isHolding(token) else { return }
    database.fence.shut(token, .givenBack)
    database.renewal.stop()
    try? await database.keeper.transaction(
      patience: database.leaseLength, proving: { nil }, { try $0.endLease(token) })
  }
}

/// Ends a waiting in `poll` from another thread.
private final class WakePipe: Sendable {
  let readEnd: Int32
  private let writeEnd: Int32

  init() throws(Failure) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw Failure(
        "database-unreachable", "no pipe can be made: \(String(cString: strerror(errno)))",
        isTransient: true)
    }
    (readEnd, writeEnd) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  }

  deinit {
    close(readEnd)
    close(writeEnd)
  }

  func pull() {
    var byte: UInt8 = 0
    _ = write(writeEnd, &byte, 1)
  }
}
