import MoiraConfig
import MoiraCrypto
import MoiraKit
import MoiraModel
import MoiraTable
import Synchronization

@testable import MoiraComponents
@testable import MoiraPlan

/// Runs one task at several parties that share nothing but messages.
final class PartBench: Sendable {
  typealias Outputs = [PortName: ArtifactReference]

  let members: [RolePlayer]
  let mail = TestMail()
  private let artifacts = Mutex<[String: any ArtifactBytes]>([:])
  private let texts = Mutex<[PartyID: Dataset]>([:])
  private let reports = Mutex<[TaskReport]>([])

  init(clients: Int, arbiter: Bool = true) {
    let names = "abcdefghijklmnop".prefix(clients).map { "hospital-\($0)" }
    members =
      names.enumerated().map { RolePlayer(PartyID($1), $0 == 0 ? .guest : .host) }
      + (arbiter ? [RolePlayer("hub", .arbiter)] : [])
  }

  /// The same key for a party in every bench.
  func identity(of party: PartyID) -> IdentityKeyPair {
    var generator = SeededGenerator(seed: party.text.utf8.reduce(7) { mix64($0 ^ UInt64($1)) })
    return IdentityKeyPair(using: &generator)
  }

  var clients: [PartyID] { members.filter { $0.role != .arbiter }.map(\.party) }
  var logs: [TaskReport] { reports.withLock { $0 } }

  func setText(_ text: String, at party: PartyID, options: ConfigValue = .map([])) {
    let bytes = Array(text.utf8)
    let dataset = Dataset(
      name: "breast", bytes: AlignedBytes(bytes), options: options, hash: sha256(bytes))
    texts.withLock { $0[party] = dataset }
  }

  func text(at party: PartyID) -> Dataset? { texts.withLock { $0[party] } }

  func put(_ value: some ArtifactValue, port: PortName, at party: PartyID) throws
    -> ArtifactReference
  {
    let bytes = try value.artifactBytes()
    let hash = bytes.withBytes { sha256(Array($0)) }
    artifacts.withLock { $0["\(party)/\(hash)"] = bytes }
    return ArtifactReference(
      port: port, kind: type(of: value).kind, hash: hash, bytes: bytes.byteCount)
  }

  func get<Value: ArtifactValue>(
    _ type: Value.Type, _ reference: ArtifactReference?, at party: PartyID
  ) throws -> Value {
    guard let reference, let bytes = artifacts.withLock({ $0["\(party)/\(reference.hash)"] })
    else { throw Failure("artifact-missing", "'\(party)' has no such artifact") }
    return try Value(artifact: bytes)
  }

  func note(_ report: TaskReport) { reports.withLock { $0.append(report) } }

  /// What each party wrote, or the first failure.
  func run(
    _ type: any Component.Type, _ parameters: [(String, ConfigValue)] = [],
    at own: [PartyID: [(String, ConfigValue)]] = [:], inputs: [PartyID: Outputs] = [:]
  ) async throws -> [PartyID: Outputs] {
    let parts = members.filter { type.card.roles.contains($0.role) }.map { member in
      PlannedPart(
        party: member.party, role: member.role,
        parameters: ResolvedParameters(
          value: .map((own[member.party] ?? []) + parameters), sites: [:]), inputs: [])
    }
    let task = PlannedTask(
      id: "task_0", component: type.card.name, componentVersion: type.card.version, parts: parts,
      needs: [], policy: PlannedPolicy(TaskConf()), level: 0, isReusable: true)
    let catalog = Catalog([type])
    let present = parts.map { RolePlayer($0.party, $0.role) }
    return try await withThrowingTaskGroup(of: (PartyID, Outputs).self) { group in
      for part in parts {
        let component = try catalog.bound(task, part, inputs: inputs[part.party] ?? [:])
        let site = TestSite(bench: self, party: part.party, role: part.role, members: present)
        group.addTask {
          try await component.run(in: site)
          return (part.party, site.written)
        }
      }
      var outputs: [PartyID: Outputs] = [:]
      for try await (party, written) in group { outputs[party] = written }
      return outputs
    }
  }

  /// The code and message of the failure that the task ends with.
  func failure(
    _ type: any Component.Type, _ parameters: [(String, ConfigValue)] = [],
    at own: [PartyID: [(String, ConfigValue)]] = [:], inputs: [PartyID: Outputs] = [:]
  ) async -> Failure? {
    do {
      _ = try await run(type, parameters, at: own, inputs: inputs)
      return nil
    } catch { return error as? Failure }
  }
}

/// Bytes on their way, in order for each pair of parties.
actor TestMail {
  private var waiting: [PartyID: [(from: PartyID, bytes: [UInt8])]] = [:]
  private(set) var sent: [(from: PartyID, to: PartyID, bytes: [UInt8])] = []

  /// What an attacker on the way, or at one end of it, makes of a message.
  typealias Tamper = @Sendable (_ from: PartyID, _ to: PartyID, _ bytes: [UInt8]) -> [UInt8]
  private var tamper: Tamper?

  func setTamper(_ tamper: @escaping Tamper) { self.tamper = tamper }

  func put(_ bytes: [UInt8], from: PartyID, to: PartyID) {
    let bytes = tamper?(from, to, bytes) ?? bytes
    waiting[to, default: []].append((from, bytes))
    sent.append((from, to, bytes))
  }

  func take(at party: PartyID, from: PartyID?) -> (from: PartyID, bytes: [UInt8])? {
    let place = waiting[party]?.firstIndex { from == nil || $0.from == from }
    return place.flatMap { waiting[party]?.remove(at: $0) }
  }
}

/// One party's part.
final class TestSite: TaskContext {
  let bench: PartBench
  let party: PartyID
  let role: Role
  let members: [RolePlayer]
  private let outputs = Mutex<PartBench.Outputs>([:])

  init(bench: PartBench, party: PartyID, role: Role, members: [RolePlayer]) {
    self.bench = bench
    self.party = party
    self.role = role
    self.members = members
  }

  var job: JobID { "7f3a09c2" }
  var task: TaskID { "task_0" }
  var attempt: Int { 1 }
  var workers: Workers { .serial }
  var identity: IdentityKeyPair { bench.identity(of: party) }
  var identities: [PartyID: IdentityPublicKey] {
    Dictionary(
      uniqueKeysWithValues: members.map { ($0.party, bench.identity(of: $0.party).publicKey) })
  }
  var written: PartBench.Outputs { outputs.withLock { $0 } }

  func dataset(_ choice: DatasetChoice) async throws -> Dataset {
    guard let dataset = bench.text(at: party) else {
      throw Failure("dataset-unregistered", "'\(party)' has no such dataset")
    }
    return dataset
  }

  func read<Value>(_ artifact: Artifact<Value>) async throws -> Value {
    try bench.get(Value.self, artifact.reference, at: party)
  }

  func write<Value>(_ value: Value, to artifact: Artifact<Value>) async throws {
    let reference = try bench.put(value, port: artifact.port, at: party)
    outputs.withLock { $0[artifact.port] = reference }
  }

  func send(_ message: some WireMessage, to party: PartyID) async throws {
    await bench.mail.put(message.wireBytes, from: self.party, to: party)
  }

  func receive<Message: WireMessage>(
    _ type: Message.Type, from party: PartyID
  ) async throws -> Message {
    try await next(type, from: party).message
  }

  func receive<Message: WireMessage>(
    _ type: Message.Type
  ) async throws -> (from: PartyID, message: Message) {
    try await next(type, from: nil)
  }

  /// Nobody is silent here, so that time does not go on.
  func receive<Message: WireMessage>(
    _ type: Message.Type, within wait: Duration
  ) async throws -> (from: PartyID, message: Message)? {
    try await next(type, from: nil)
  }

  func goOn(without absent: [PartyID]) {}

  private func next<Message: WireMessage>(
    _ type: Message.Type, from: PartyID?
  ) async throws -> (from: PartyID, message: Message) {
    while true {
      try Task.checkCancellation()
      if let (sender, bytes) = await bench.mail.take(at: party, from: from) {
        return (sender, try Message(wireBytes: bytes))
      }
      await Task.yield()
    }
  }

  func report(_ report: TaskReport) { bench.note(report) }
}

/// What a component finds wrong in its parameters.
func findings(_ type: any Component.Type, _ parameters: [(String, ConfigValue)]) -> [String] {
  Catalog([type]).schemas.check(for: type.card.name)?(.map(parameters)).all.map {
    "\($0.parameter): \($0.message)"
  } ?? []
}
