internal import MoiraCrypto
internal import MoiraKit
internal import MoiraModel
internal import MoiraPlan
internal import MoiraSchedule
import Synchronization

/// What one part of one attempt has around it.
final class PartContext: TaskContext {
  private let order: PartOrder
  private let agent: PartyAgent
  private let lane: any Lane
  private let sink: @Sendable (PartReport) -> Void
  private let written = Mutex<[PortName: ArtifactReference]>([:])
  private let left = Mutex<[PartyID]?>(nil)
  let members: [RolePlayer]

  init(
    order: PartOrder, agent: PartyAgent, lane: any Lane,
    sink: @escaping @Sendable (PartReport) -> Void
  ) {
    self.order = order
    self.agent = agent
    self.lane = lane
    self.sink = sink
    members = order.task.parts.map { RolePlayer($0.party, $0.role) }
  }

  var job: JobID { order.job }
  var task: TaskID { order.task.id }
  var attempt: Int { order.attempt }
  var party: PartyID { order.part.party }
  var role: Role { order.part.role }
  var workers: Workers { agent.workers }
  var identity: IdentityKeyPair { agent.key }
  var identities: [PartyID: IdentityPublicKey] { order.identities }

  /// Who was last said to be absent.
  var absent: [PartyID]? { left.withLock { $0 } }

  /// What was written, by port.
  var outputs: [ArtifactReference] {
    written.withLock { $0.values.sorted { $0.port < $1.port } }
  }

  func dataset(_ choice: DatasetChoice) async throws -> Dataset {
    try await agent.datasets.open(choice)
  }

  func read<Value>(_ artifact: Artifact<Value>) async throws -> Value {
    guard let reference = artifact.reference else {
      throw Failure("artifact-missing", "the output '\(artifact.port)' cannot be read as an input")
    }
    return try Value(artifact: try await agent.artifacts.get(reference.hash))
  }

  func write<Value>(_ value: Value, to artifact: Artifact<Value>) async throws {
    let bytes = try value.artifactBytes()
    let hash = try await agent.artifacts.put(bytes, isSecret: Value.isSecret)
    let reference = ArtifactReference(
      port: artifact.port, kind: Value.kind, hash: hash, bytes: bytes.byteCount)
    written.withLock { $0[artifact.port] = reference }
  }

  func send(_ message: some WireMessage, to party: PartyID) async throws {
    try await lane.send(message.wireBytes, to: party)
  }

  func receive<Message: WireMessage>(
    _ type: Message.Type, from party: PartyID
  ) async throws -> Message {
    try decode(type, await lane.receive(from: party)).message
  }

  func receive<Message: WireMessage>(
    _ type: Message.Type
  ) async throws -> (from: PartyID, message: Message) {
    try decode(type, await lane.receive(from: nil))
  }

  func receive<Message: WireMessage>(
    _ type: Message.Type, within wait: Duration
  ) async throws -> (from: PartyID, message: Message)? {
    let (lane, clock) = (lane, agent.clock)
    let due = clock.now() + wait
    let letter = try await withThrowingTaskGroup(of: (PartyID, [UInt8])?.self) { group in
      group.addTask { try await lane.receive(from: nil) }
      group.addTask {
        try? await clock.sleep(until: due)
        return nil
      }
      // A letter that comes at the last moment is not lost: whoever took it hands it out.
      let first = try await group.next() ?? nil
      group.cancelAll()
      if first != nil { return first }
      do {
        return try await group.next() ?? nil
      } catch is CancellationError {
        try Task.checkCancellation()
        return nil
      }
    }
    guard let letter else { return nil }
    return try decode(type, letter)
  }

  func goOn(without absent: [PartyID]) { left.withLock { $0 = absent } }

  private func decode<Message: WireMessage>(
    _ type: Message.Type, _ received: (from: PartyID, bytes: [UInt8])
  ) throws(Failure) -> (from: PartyID, message: Message) {
    do {
      return (received.from, try Message(wireBytes: received.bytes))
    } catch {
      throw Failure(
        "protocol-violation", "\(received.from) sent bytes that are no message of this protocol",
        cause: "\(error)")
    }
  }

  func report(_ report: TaskReport) {
    sink(PartReport(part: order.key, at: agent.clock.now(), report: report))
  }
}
