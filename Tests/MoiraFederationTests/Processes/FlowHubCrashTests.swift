import Foundation
import MoiraCrypto
import MoiraModel
import MoiraRuntime
import MoiraSim
import MoiraStorage
import MoiraWire
import Testing

/// A server of FATE's API that dies between a submission and the hub's answer.
@Suite("FATE's API over a hub, killed in the moment of a submission", .serialized)
struct FlowHubCrashTests {
  @Test("What the hub was given is stopped or gone on with, what it was not given is given it then")
  func submissions() async throws {
    let federation = try LocalFederation.clinic()
    var door = try FlowDoor(federation)
    var jobs: [String] = []
    for epochs in [2000, 2000, 2] { jobs.append(try await door.submit(epochs: epochs)) }
    #expect(federation.hub?.terminate() == 0)
    for job in jobs { try await door.rerunUnheard(job) }
    door.server.kill9()
    try federation.startHub()
    let alice = try HubVoice(federation)
    // The calls of the server that died, as if two of the three had come through.
    for job in jobs.dropFirst() {
      try await alice.resubmit("flow-\(job)", as: "flow-\(job)-2")
    }
    #expect(try await alice.state(of: "flow-\(jobs[0])-2") == nil)

    // The first job takes the only place, so that nobody watches the others yet.
    door = try FlowDoor(federation, jobs: 1)
    let log = try #require(federation.agents["hospital-a"]?.log)
    let first = JobID.keyed("flow-\(jobs[0])-2", of: "alice")
    _ = log.first { $0.contains("part started") && $0.contains("job=\(first)") }
    #expect(try await door.post("/job/stop", ["job_id": jobs[1]]).code == 0)
    #expect(try await door.end(of: jobs[1]).status == "canceled")
    #expect(try await alice.state(of: "flow-\(jobs[1])-2") == .stopped)
    #expect(try await door.post("/job/stop", ["job_id": jobs[0]]).code == 0)
    #expect(try await door.end(of: jobs[0]).status == "canceled")
    #expect(try await alice.state(of: "flow-\(jobs[0])-2") == .stopped)
    let end = try await door.end(of: jobs[2])
    #expect(end.status == "success", "\(end.words)")
    #expect(try await alice.state(of: "flow-\(jobs[2])-2") == .succeeded)
    // Each of the three was run twice: none of them is at the hub once more.
    #expect(try await alice.store.ids().count == 6)
  }

  @Test("A stop that a client was told of holds though the server dies before it could say it")
  func stops() async throws {
    let federation = try LocalFederation.clinic()
    var door = try FlowDoor(federation)
    let given = try await door.submit(epochs: 2000)
    let kept = try await door.submit(epochs: 2)
    let taken = try await door.submit(epochs: 3)
    #expect(federation.hub?.terminate() == 0)
    for job in [given, kept] {
      try await door.rerunUnheard(job)
      #expect(try await door.post("/job/stop", ["job_id": job]).code == 0)
    }
    try await door.rerunUnheard(taken)
    door.server.kill9()
    try federation.startHub()
    let alice = try HubVoice(federation)
    try await alice.resubmit("flow-\(given)", as: "flow-\(given)-2")
    // Whoever holds the same keys has used the key for another pipeline.
    try await alice.resubmit("flow-\(kept)", as: "flow-\(taken)-2")
    door = try FlowDoor(federation)
    for job in [given, kept] { #expect(try await door.end(of: job).status == "canceled") }
    #expect(try await alice.state(of: "flow-\(given)-2") == .stopped)
    #expect(try await alice.state(of: "flow-\(kept)-2") == nil)
    let end = try await door.end(of: taken)
    #expect(end.status == "failed" && end.words.contains("[idempotency-key-reused]"), "\(end)")
  }
}

extension FlowDoor {
  /// A job that has ended: by a stop, if it has more epochs than a test waits for.
  fileprivate func submit(epochs: Int) async throws -> String {
    let isLong = epochs > 100
    let job = try await submit(HospitalDAG.train(epochs: epochs))
    if isLong { _ = try await post("/job/stop", ["job_id": job]) }
    let end = try await end(of: job)
    guard end.status == (isLong ? "canceled" : "success") else {
      throw FederationFault(text: "\(end)")
    }
    return job
  }

  /// Runs a job again while the hub is away, until the server dials.
  fileprivate func rerunUnheard(_ job: String) async throws {
    #expect(try await post("/job/rerun", ["job_id": job]).code == 0)
    _ = server.log.first { $0.contains("job \(job)-2: the hub cannot be reached") }
  }
}

/// What the submitter alice says to the hub, in this process.
struct HubVoice {
  private let identity: IdentityKeyPair
  private let client: HubClient
  let store: HubJobStore

  init(_ federation: LocalFederation) throws {
    let keys = MemberFolder("\(federation.path)/submitters/alice/keys")
    identity = try IdentityFile.key(at: keys.identityFile)
    let clock = SystemClock()
    let credentials = try keys.credentials(identity: identity.publicKey, at: clock.now())
    guard let address = HubAddress(federation.address) else {
      throw FederationFault(text: "no address: \(federation.address)")
    }
    client = HubClient(address, trust: MemberTrust(credentials, clock: clock))
    store = HubJobStore(client)
  }

  /// Submits what an earlier job was, under another key.
  func resubmit(_ earlier: String, as key: String) async throws {
    guard let record = try await store.record(of: .keyed(earlier, of: "alice")) else {
      throw FederationFault(text: "no job under the key '\(earlier)'")
    }
    let request = try JobRequest(
      record.source, planned: record.plan, key: key, by: "alice", at: SystemClock().now(),
      signing: identity)
    _ = try await client.submit(request)
  }

  /// The certificate of the connection over which a job was submitted.
  func certificate(of key: String) async throws -> [UInt8]? {
    try await store.record(of: .keyed(key, of: "alice"))?.submission?.certificate
  }

  /// Nil for a job that the hub does not know.
  func state(of key: String) async throws -> JobState? {
    try await store.record(of: .keyed(key, of: "alice"))?.state
  }
}
