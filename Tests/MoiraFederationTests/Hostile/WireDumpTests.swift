import Foundation
import MoiraComponents
import MoiraKit
import MoiraModel
import MoiraRelay
import MoiraRuntime
import MoiraSchedule
import MoiraSim
import MoiraStorage
import MoiraTable
import SwiftProtobuf
import Synchronization
import Testing

@testable import MoiraWire

/// Everything that a hub gets to see of a job, as the bytes that come out of TLS.
final class WireDump: Sendable {
  private let frames = Mutex<(agents: [[UInt8]], hub: [[UInt8]], reports: [[UInt8]])>(([], [], []))

  func note(_ message: AgentMessage) {
    let bytes = (try? Moira_V1_AgentFrame(message).serializedBytes() as [UInt8]) ?? []
    frames.withLock {
      $0.agents.append(bytes)
      if case .told(_, .report(_, let report)) = message { $0.reports.append(report) }
    }
  }

  func note(_ message: HubMessage) {
    let bytes = (try? Moira_V1_HubFrame(message).serializedBytes() as [UInt8]) ?? []
    frames.withLock { $0.hub.append(bytes) }
  }

  var bytes: [UInt8] { frames.withLock { ($0.agents + $0.hub).flatMap { $0 } } }
  /// What parties told of their parts in clear: JSON.
  var reports: [[UInt8]] { frames.withLock { $0.reports } }
}

/// Joins an agent and a hub of this process, and notes every frame of both directions.
struct RecordingDialer: HubDialer {
  let hub: HubService
  let member: HubMember
  let dump: WireDump

  func connect(
    _ hello: Hello, outgoing: OutgoingMessages<AgentMessage>,
    incoming: @escaping @Sendable (HubMessage) async -> Void
  ) async throws {
    dump.note(.hello(hello))
    let connection = try await hub.connect(member, hello)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await connection.outgoing.drain { messages in
          for message in messages {
            dump.note(message)
            await incoming(message)
          }
        }
      }
      group.addTask {
        try await outgoing.drain { messages in
          for message in messages {
            dump.note(message)
            await hub.receive(message, session: connection.session)
          }
        }
      }
      try await group.next()
      group.cancelAll()
    }
    await hub.disconnect(connection.session)
  }
}

@Suite("What a hub sees of a whole job", .timeLimit(.minutes(4)))
struct WireDumpTests {
  private static let hospitals: [PartyID] = ["hospital-a", "hospital-b", "hospital-c"]

  private static func text(_ file: String) throws -> String {
    try String(contentsOfFile: "\(FederationFolders.made.get())/\(file)", encoding: .utf8)
  }

  /// Runs the template over a hub and four agents, all of whose frames are noted.
  private func run() async throws -> (dump: WireDump, models: [Any], snapshot: Bool) {
    let consortium = try SiegeConsortium()
    let dump = WireDump()
    let hub = HubService(
      store: try SQLiteJobStore(path: "\(consortium.folder)/hub.sqlite"), planner: YAMLPlanner(),
      clock: consortium.clock)
    try await hub.start()
    let alice = try consortium.member("alice", .submitter)
    var sites: [PartyID: SiegeSite] = [:]
    for party in Self.hospitals + ["hub"] {
      let data =
        party == "hub"
        ? [:] : ["breast": Array(try Self.text("parties/\(party)/breast-cancer.csv").utf8)]
      sites[party] = SiegeSite(try consortium.member(party), data)
    }
    let models = try await withThrowingTaskGroup(of: Void.self) { group in
      for site in sites.values {
        let agent = try await site.agent()
        let dialer = RecordingDialer(hub: hub, member: site.member.hubMember, dump: dump)
        group.addTask { try? await agent.run(dialling: dialer) }
      }
      while await hub.parties().count < sites.count { await Task.yield() }
      let job = try await hub.submit(
        try await alice.request(try Self.text("homo_lr.yaml"), file: "homo_lr.yaml"),
        by: alice.hubMember)
      var models: [Any] = []
      for await update in try await hub.updates(of: job) {
        guard case .ended(let snapshot) = update else { continue }
        #expect(snapshot.state == .succeeded)
        for (party, made) in snapshot.tasks.flatMap(\.outputs) {
          for one in made where one.kind == .model || one.kind == .scaler {
            guard let store = sites[party]?.store else { continue }
            let bytes = try await store.get(one.hash).withBytes { Data($0) }
            models.append(try JSONSerialization.jsonObject(with: bytes))
          }
        }
      }
      group.cancelAll()
      return models
    }
    await hub.leave()
    return (dump, models, true)
  }

  @Test(
    "No feature, label, weight, mean or deviation of a job is in it: not as a double, not in decimals"
  )
  func nothingLeaks() async throws {
    let (dump, models, _) = try await run()
    #expect(models.count == 15)
    let bytes = dump.bytes
    let haystack = ByteWindows(bytes)
    var looked = 0
    for value in try Self.features() + models.flatMap(Self.numbers) {
      looked += 1
      let words = withUnsafeBytes(of: value.value.bitPattern.littleEndian) { Array($0) }
      #expect(!haystack.contains(words), "a double of \(value.whose)")
      #expect(!haystack.contains(words.reversed()), "a double of \(value.whose)")
      if value.text.utf8.count >= 8 {
        #expect(!haystack.contains(Array(value.text.utf8)), "the decimals of \(value.whose)")
      }
    }
    #expect(looked > 15_000)
    // The search does find what is there: the name of a task, the bits of what was put in.
    #expect(haystack.contains(Array("homo_lr_0".utf8)))
    let pi = withUnsafeBytes(of: Double.pi.bitPattern.littleEndian) { Array($0) }
    #expect(ByteWindows(bytes + pi).contains(pi))
  }

  @Test(
    "What parts report stands there in clear: notices, progress, metrics, protection, nothing else")
  func seen() async throws {
    let dump = try await run().dump
    var kinds: Set<String> = []
    for told in dump.reports {
      let json = try JSONSerialization.jsonObject(with: Data(told)) as? [[String: Any]]
      let reports = try #require(json)
      #expect(!reports.isEmpty)
      for report in reports {
        #expect(report.keys.sorted() == ["at", "part", "report", "serial"])
        kinds.formUnion((report["report"] as? [String: Any] ?? [:]).keys)
      }
    }
    #expect(kinds == ["log", "metrics", "progress", "protection"])
  }

  private struct Secret {
    let value: Double
    let text: String
    let whose: String
  }

  /// All the numbers of all the hospitals' rows, but for those that many other things are too.
  private static func features() throws -> [Secret] {
    var secrets: [Secret] = []
    for party in hospitals {
      let lines = try text("parties/\(party)/breast-cancer.csv").split(separator: "\n")
      let header = lines[0].split(separator: ",").map(String.init)
      for line in lines.dropFirst() {
        for (name, cell) in zip(header, line.split(separator: ",")) where name != "id" {
          guard let value = Double(cell), value != value.rounded() else { continue }
          secrets.append(Secret(value: value, text: String(cell), whose: "'\(name)' of \(party)"))
        }
      }
    }
    return secrets
  }

  /// The numbers of a model's JSON: weights, intercepts, means, deviations.
  private static func numbers(_ json: Any) -> [Secret] {
    switch json {
    case let object as [String: Any]:
      // Hyper-parameters stand in the plan, and what the training reported in its history.
      return object.filter { !["parameters", "history", "provenance"].contains($0.key) }
        .flatMap { numbers($0.value) }
    case let list as [Any]: return list.flatMap(numbers)
    case let number as NSNumber where number.doubleValue != number.doubleValue.rounded():
      let value = number.doubleValue
      return [Secret(value: value, text: "\(abs(value))", whose: "a model")]
    default: return []
    }
  }
}

/// Finds runs of eight bytes and more in many bytes, quickly.
struct ByteWindows {
  private let bytes: [UInt8]
  private let places: [UInt64: Int32]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var places: [UInt64: Int32] = [:]
    places.reserveCapacity(bytes.count)
    var window: UInt64 = 0
    for (place, byte) in bytes.enumerated() {
      window = window << 8 | UInt64(byte)
      if place >= 7 { places[window] = Int32(place - 7) }
    }
    self.places = places
  }

  /// - Parameter needle: of 8 bytes at least.
  func contains(_ needle: some Collection<UInt8>) -> Bool {
    var window: UInt64 = 0
    for byte in needle.prefix(8) { window = window << 8 | UInt64(byte) }
    guard places[window] != nil else { return false }
    return needle.count == 8 || Data(bytes).range(of: Data(needle)) != nil
  }
}
