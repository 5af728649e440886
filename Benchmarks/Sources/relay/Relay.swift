import Foundation
import MoiraConfig
import MoiraCrypto
import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRelay
import MoiraRuntime
import MoiraSim
import MoiraStorage
import MoiraWire
import MoiraYAML

/// Measures hub and agents over loopback with mutual TLS.
///
///     relay lane              one lane of 1 GiB, and small messages to and fro; all in one process
///     relay agents N ADDRESS FOLDER SECONDS   N light agents of the consortium in FOLDER at a hub
///     relay recovery JOBS        how soon a hub is ready over a journal of so many ended jobs
@main
struct Relay {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    if arguments.first == "agents", arguments.count == 5 {
      let rest = Array(arguments.dropFirst())
      try await agents(Int(rest[0]) ?? 1, HubAddress(rest[1])!, rest[2], Int(rest[3]) ?? 10)
    } else if arguments.first == "recovery", arguments.count == 2 {
      try await Recovery.measure(Int(arguments.last ?? "") ?? 10_000)
    } else {
      try await lane()
    }
  }

  static func member(
    _ id: PartyID, _ kind: MemberKind, hosts: [MemberHost] = [], in folder: String,
    _ authority: ConsortiumAuthority
  ) throws -> (IdentityKeyPair, MemberTrust) {
    let keys = MemberFolder("\(folder)/\(id)/keys")
    try keys.make()
    let clock = SystemClock()
    let identity = try IdentityFile.key(at: keys.identityFile)
    let request = try keys.request(id, kind, hosts: hosts, identity: identity)
    try keys.install(try authority.admit(request, at: clock.now()))
    let credentials = try keys.credentials(identity: identity.publicKey, at: clock.now())
    return (identity, MemberTrust(credentials, clock: clock))
  }

  static func agent(
    _ id: PartyID, _ made: (IdentityKeyPair, MemberTrust)
  ) async throws -> AgentService {
    try await AgentService(
      site: BenchSite(id, made.1), identity: made.0, documents: MemoryDocumentStore(),
      clock: SystemClock(), workers: .serial)
  }

  // MARK: One lane

  static func lane() async throws {
    let folder = NSTemporaryDirectory() + "moira-relay-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let authority = try ConsortiumAuthority.create(
      named: "bench", in: folder, at: SystemClock().now())
    let hubMade = try member(
      "hub-1", .hub, hosts: [MemberHost("127.0.0.1")!], in: folder, authority)
    let alice = try member("alice", .submitter, in: folder, authority)
    let store = try SQLiteJobStore(path: folder + "/moira.sqlite")
    let hub = HubService(store: store, planner: BenchPlanner(), clock: SystemClock())
    try await hub.start()
    let address = HubAddress("127.0.0.1:17911")!
    let server = HubServer(hub, trust: hubMade.1, listening: address, log: HubLog())
    let serving = Task { try await server.run { _ in } }
    var running: [Task<Void, Never>] = []
    for id in ["a", "b"] as [PartyID] {
      let made = try member(id, .party, in: folder, authority)
      let agent = try await agent(id, made)
      running.append(
        Task { try? await agent.run(dialling: WireDialer(address, trust: made.1)) })
    }
    while await hub.parties().count(where: \.isConnected) < 2 {
      try await Task.sleep(for: .milliseconds(20))
    }
    for _ in 0..<3 {
      print(try await run("pour", "{size: 67108864, count: 16}", hub, alice))
    }
    for _ in 0..<3 { print(try await run("rally", "{count: 2000}", hub, alice)) }
    for task in running { task.cancel() }
    serving.cancel()
    exit(0)
  }

  static func run(
    _ component: String, _ parameters: String, _ hub: HubService,
    _ alice: (identity: IdentityKeyPair, trust: MemberTrust)
  ) async throws -> String {
    let text = """
      moira: 1
      name: bench
      parties: {guest: a, host: b}
      conf: {cache: false}
      tasks:
        t: {component: \(component), parameters: \(parameters)}
      """
    let source = PipelineSource(file: "bench.yaml", text: text, overrides: [], parties: "")
    let credentials = alice.trust.credentials
    let request = try JobRequest(
      source, planned: try await BenchPlanner().plan(source), by: "alice", at: SystemClock().now(),
      signing: alice.identity)
    let job = try await hub.submit(
      request,
      by: HubMember(
        id: "alice", certificate: credentials.certificateDER, identity: alice.identity.publicKey,
        validUntil: credentials.member.notAfter))
    var line = "\(component) did not end"
    for await update in try await hub.updates(of: job) {
      if case .report(let one) = update, case .metrics(_, let values) = one.report {
        line = "\(component) \(values)"
      }
    }
    return line
  }

  // MARK: Many agents

  static func agents(
    _ count: Int, _ address: HubAddress, _ folder: String, _ seconds: Int
  ) async throws {
    let authority = try ConsortiumAuthority.load(folder)
    let members = NSTemporaryDirectory() + "moira-agents-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: members) }
    for number in 0..<count {
      let id = PartyID("light-\(number)")
      let made = try member(id, .party, in: members, authority)
      let agent = try await agent(id, made)
      Task { try? await agent.run(dialling: WireDialer(address, trust: made.1)) }
    }
    print("started \(count)")
    try await Task.sleep(for: .seconds(seconds))
  }
}

/// Plans with the components of the benchmark.
struct BenchPlanner: JobPlanner {
  func plan(_ source: PipelineSource) async throws(Failure) -> Plan {
    do {
      return try Plan(
        Pipeline(reading: try readYAML(source.text, file: source.file)),
        catalog: benchCatalog.schemas)
    } catch {
      throw Failure("pipeline-refused", "the benchmark's own pipeline is wrong", cause: "\(error)")
    }
  }
}
