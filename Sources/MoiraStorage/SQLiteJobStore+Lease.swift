import Foundation
public import MoiraModel
public import MoiraRuntime
import Synchronization

/// The lease is the kernel's lock on a file beside the database. It ends with the process, however that
/// ends, and is lost never before.
extension SQLiteJobStore: LeasedStore {
  private var leasePath: String { (file.path as NSString).resolvingSymlinksInPath + ".lease" }

  public func acquireLease(as holder: String) async throws(Failure) -> (any JournalLease)? {
    let path = leasePath
    return try await file.inTurn { [file, seat] in
      guard let lock = try FileLock.acquire(path, note: holder) else {
        file.fence.deny()
        return nil
      }
      let token = seat.take(lock)
      file.fence.hold(token)
      return FileLease(file: file, seat: seat, token: token)
    }
  }

  public func leaseHolder() async throws(Failure) -> String? { FileLock.note(at: leasePath) }
}

/// Where a store keeps the lock that is its lease.
final class LeaseSeat: Sendable {
  private let state = Mutex<(lock: FileLock?, token: Int64)>((nil, 0))

  /// - Returns: a number that this store has not given out before.
  func take(_ lock: FileLock) -> Int64 {
    state.withLock { state in
      state.lock = lock
      state.token += 1
      return state.token
    }
  }

  /// Unlocks what was taken under the number, if it is still that.
  func leave(_ token: Int64) {
    state.withLock { if $0.token == token { $0.lock = nil } }
  }
}

private struct FileLease: JournalLease {
  let file: JournalFile
  let seat: LeaseSeat
  let token: Int64

  func lost() async throws { try await file.fence.lost(token) }

  /// Behind every write that was begun: after it, none is made.
  func release() async {
    try? await file.inTurn {
      file.fence.shut(token, .givenBack)
      seat.leave(token)
    }
  }
}
