import Foundation
import MoiraComponents
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRelay
import MoiraRuntime
import MoiraSim
import MoiraStorage
import MoiraYAML
import Synchronization

@testable import MoiraWire

/// A hub with a real socket and TLS in this process, which notes what it refuses.
final class SiegeHub: Sendable {
  let hub: HubService
  let member: SiegeMember
  let address: HubAddress
  let refusals: NotedRefusals
  private let serving: Task<Void, Never>

  init(_ consortium: SiegeConsortium, bounds: ConnectionBounds = ConnectionBounds()) async throws {
    member = try consortium.member("coordinator", .hub, hosts: ["127.0.0.1"])
    let refusals = NotedRefusals()
    self.refusals = refusals
    var metrics = HubMetrics()
    metrics.refused = { refusal, party in refusals.note("\(party): \(refusal.kind)") }
    member.trust.whenRefusing { refusals.note($0.code) }
    let hub = HubService(
      store: try SQLiteJobStore(path: "\(consortium.folder)/hub-\(UUID().uuidString).sqlite"),
      planner: YAMLPlanner(), clock: consortium.clock, metrics: metrics)
    self.hub = hub
    try await hub.start()
    let trust = member.trust
    (address, serving) = try await listening {
      try await HubServer(hub, trust: trust, listening: $0, log: HubLog(), bounds: bounds).run($1)
    }
  }

  deinit { serving.cancel() }

  /// Ends it; whoever is connected is cut off.
  func end() async {
    await hub.leave()
    serving.cancel()
    await serving.value
  }
}

/// Serves at a free port, until the task is cancelled.
///
/// - Parameter serve: at the address; says when it listens.
func listening(
  _ serve:
    @escaping @Sendable (HubAddress, @escaping @Sendable (Int) async -> Void) async throws -> Void
) async throws -> (HubAddress, Task<Void, Never>) {
  for _ in 0..<20 {
    guard let address = HubAddress("127.0.0.1:\(FreePort.candidate)") else { continue }
    let (ready, continuation) = AsyncStream.makeStream(of: Void.self)
    let serving = Task {
      try? await serve(address) { _ in continuation.yield() }
      continuation.finish()
    }
    for await _ in ready { return (address, serving) }
  }
  throw FederationFault(text: "no free port")
}

/// What was refused, in order.
final class NotedRefusals: Sendable {
  private let notes = Mutex<[String]>([])
  func note(_ text: String) { notes.withLock { $0.append(text) } }
  var all: [String] { notes.withLock { $0 } }
}

/// Plans pipelines as the hub's own process does.
struct YAMLPlanner: JobPlanner {
  func plan(_ source: PipelineSource) async throws(Failure) -> Plan {
    do throws(Diagnostics) {
      let node = try readYAML(source.text, file: source.file)
      var found = Diagnostics()
      let plan = Pipeline.reading(node, into: &found).flatMap {
        Plan.making($0, catalog: standardCatalog.schemas, into: &found)
      }
      guard let plan else { throw found }
      return plan
    } catch {
      throw Failure("pipeline-refused", "\(error.all.map(\.message))")
    }
  }
}
