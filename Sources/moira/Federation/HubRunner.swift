import Foundation
import Logging
import MoiraBoard
import MoiraModel
import MoiraPostgres
import MoiraRuntime
import MoiraStorage
import MoiraWire
import ServiceLifecycle
import Synchronization

/// Where a hub keeps its jobs.
enum HubStore {
  case sqlite(SQLiteJobStore, path: String)
  case postgres(PostgresJobStore)

  var leased: any LeasedStore {
    switch self {
    case .sqlite(let store, _): store
    case .postgres(let store): store
    }
  }

  /// The lease. In a database that several hubs share, a hub that comes second stands by until it is
  /// free; of a file there is one hub.
  ///
  /// - Throws: `hub-locked`.
  func lease(_ state: HubState) async throws -> any JournalLease {
    let name =
      "\(ProcessInfo.processInfo.hostName), process \(ProcessInfo.processInfo.processIdentifier)"
    while true {
      if let lease = try await leased.acquireLease(as: name) { return lease }
      let holder = try await leased.leaseHolder() ?? "another hub"
      guard case .postgres(let store) = self else {
        throw Failure(
          "hub-locked", "\(holder) runs the jobs of this journal",
          hint: "one hub runs a journal; several share one in PostgreSQL, where one stands by")
      }
      state.set(.unready(reason: "standby: \(holder) runs the jobs"))
      Logger(label: "moira.hub").info("standing by", metadata: ["holder": "\(holder)"])
      try await store.leaseFreed()
    }
  }
}

/// Whether the hub takes work, as its board tells.
final class HubState: Sendable {
  private let readiness = Mutex<Readiness>(.unready(reason: "starting"))

  var current: Readiness { readiness.withLock { $0 } }
  func set(_ new: Readiness) { readiness.withLock { $0 = new } }
}

/// A hub as a service.
struct HubRunner: Service {
  /// How often the list of revoked certificates is looked at.
  static let interval = Duration.seconds(1)

  let store: HubStore
  let hub: HubService
  let server: HubServer
  let trust: MemberTrust
  let keys: KeyWatch
  let state: HubState
  let log: HubLog

  func run() async throws {
    let lease: any JournalLease
    do {
      lease = try await cancelWhenGracefulShutdown { try await store.lease(state) }
    } catch is CancellationError {
      return
    }
    try await hub.start()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await server.run { port in
          state.set(.ready)
          Console.print("moira hub listens at port \(port)")
          fflush(nil)
        }
      }
      group.addTask { await watchRevocations() }
      group.addTask {
        try await keys.run {
          log.took($0.renewal)
        } failed: {
          log.failed($0)
        }
      }
      group.addTask { try await gracefulShutdown() }
      group.addTask {
        try await lease.lost()
        throw Failure(
          "lease-lost", "another hub runs the jobs now",
          hint: "this one may stand by: start it again")
      }
      var failure: (any Error)?
      do {
        try await group.next()
      } catch is CancellationError {
      } catch { failure = error }
      state.set(.unready(reason: "shutting down"))
      await hub.leave()
      group.cancelAll()
      await lease.release()
      if let failure { throw failure }
    }
  }

  /// A new list in the hub's folder is taken up without a restart.
  private func watchRevocations() async {
    while !Task.isCancelled {
      guard (try? await Task.sleep(for: Self.interval)) != nil else { return }
      guard let text = try? String(contentsOfFile: keys.keys.revocationFile, encoding: .utf8),
        let list = try? RevocationList(json: text, root: trust.credentials.verifier.root),
        list.number > trust.revocations.number, (try? trust.replace(list)) != nil
      else { continue }
      await hub.replace(revocations: Array(text.utf8))
    }
  }
}
