import MoiraConfig
import MoiraKit
import MoiraModel
import MoiraPlan
import Synchronization

/// A number, as an artifact.
struct Number: JSONArtifact {
  static let kind: ArtifactKind = "number"
  static let schemaVersion = 1
  let value: Int
}

/// A number, as a message.
struct Ball: WireMessage {
  let count: UInt32

  init(_ count: UInt32) { self.count = count }
  init(from reader: inout ByteReader) throws(WireError) { count = try reader.integer() }
  func encode(into writer: inout ByteWriter) { writer.write(count) }
}

/// What the components of these tests did, by job; and what they are told to do.
enum Probe {
  struct Run: Hashable {
    let job: JobID
    let task: TaskID
    let party: PartyID
    let attempt: Int
  }

  private static let runs = Mutex<[Run]>([])
  private static let open = Mutex<Set<JobID>>([])

  private static let numbers = Mutex<[String: Int]>([:])
  static func outside(_ name: String) -> Int { numbers.withLock { $0[name] ?? 0 } }
  static func change(_ name: String, to number: Int) { numbers.withLock { $0[name] = number } }

  static func note(_ task: some TaskContext) {
    let run = Run(job: task.job, task: task.task, party: task.party, attempt: task.attempt)
    runs.withLock { $0.append(run) }
  }

  /// The attempts that were begun, as `task/party/attempt`, in alphabetical order.
  static func begun(_ job: JobID) -> [String] {
    runs.withLock { $0.filter { $0.job == job } }
      .map { "\($0.task)/\($0.party)/\($0.attempt)" }.sorted()
  }

  /// From now on `gate` lets a job's parts through.
  static func letThrough(_ job: JobID) { _ = open.withLock { $0.insert(job) } }
  static func isOpen(_ job: JobID) -> Bool { open.withLock { $0.contains(job) } }
}

/// Makes a number out of nothing.
struct Source: Component {
  static let card = ComponentCard(
    "source", version: 1, roles: [.guest, .host], summary: "Makes a number.")

  @Param("The number.") var value: Int = 1
  @Param("A rate that is a whole number, as it often is.") var rate: Double = 2
  @Output("The number.", at: .guest, .host) var out: Artifact<Number>

  func run(in task: some TaskContext) async throws {
    Probe.note(task)
    task.report(.progress(done: 1, total: 1))
    try await task.write(Number(value: value), to: out)
  }
}

/// Reads what lies outside of the job, and may change there.
struct Outside: Component {
  static let card = ComponentCard(
    "outside", version: 1, roles: [.guest, .host], summary: "Reads a number.")

  @Param("Where it lies.") var name: String = ""
  @Output("The number.", at: .guest, .host) var out: Artifact<Number>

  func fingerprint(at site: some PartySite) async throws -> String? { "\(Probe.outside(name))" }

  func run(in task: some TaskContext) async throws {
    Probe.note(task)
    try await task.write(Number(value: Probe.outside(name)), to: out)
  }
}

/// Adds one.
struct Pass: Component {
  static let card = ComponentCard(
    "pass", version: 1, roles: [.guest, .host], summary: "Adds one to a number.")

  @Input("A number.", at: .guest, .host) var data: Artifact<Number>
  @Output("The next.", at: .guest, .host) var out: Artifact<Number>

  func run(in task: some TaskContext) async throws {
    Probe.note(task)
    try await task.write(Number(value: try await task.read(data).value + 1), to: out)
  }
}

/// Guest and host send a ball to and fro.
struct PingPong: Component {
  static let card = ComponentCard(
    "ping_pong", version: 1, roles: [.guest, .host], requires: [.guest, .host],
    summary: "Plays.")

  @Param("How often the ball goes over the net and back.") var rounds: Int = 3
  @Output("Where the ball ended.", at: .guest, .host) var out: Artifact<Number>

  func run(in task: some TaskContext) async throws {
    Probe.note(task)
    var count: UInt32 = 0
    if task.role == .guest {
      let hosts = task.members.filter { $0.role == .host }.map(\.party)
      for _ in 0..<rounds {
        for host in hosts { try await task.send(Ball(count), to: host) }
        for _ in hosts {
          let back = try await task.receive(Ball.self)
          count = max(count, back.message.count)
        }
      }
    } else if let guest = task.members.first(where: { $0.role == .guest })?.party {
      for _ in 0..<rounds {
        count = try await task.receive(Ball.self, from: guest).count + 1
        try await task.send(Ball(count), to: guest)
      }
    }
    try await task.write(Number(value: Int(count)), to: out)
  }
}

/// Fails at one party for its first attempts; the other waits for a word that never comes.
struct Faulty: Component {
  static let card = ComponentCard(
    "faulty", version: 1, roles: [.guest, .host], reusable: false, summary: "Fails.")

  @Param("The party that fails.") var party: String = "a"
  @Param("How many attempts fail.") var attempts: Int = 1
  @Param("Whether it may go better the next time.") var transient: Bool = true
  @Param("Whether the error is one that nobody named.") var unnamed: Bool = false
  @Output("The attempt that succeeded.", at: .guest, .host) var out: Artifact<Number>

  private struct Unnamed: Error {}

  func run(in task: some TaskContext) async throws {
    Probe.note(task)
    if task.attempt <= attempts {
      if task.party.text != party { _ = try await task.receive(Ball.self) }
      if unnamed { throw Unnamed() }
      throw Failure("broken", "it broke", cause: "secret", isTransient: transient)
    }
    try await task.write(Number(value: task.attempt), to: out)
  }
}

/// Waits for a message that nobody sends, until its job's gate is open.
struct Gate: Component {
  static let card = ComponentCard(
    "gate", version: 1, roles: [.guest, .host], summary: "Waits.")

  @Input("A number.", at: .guest, .host) var data: Artifact<Number>?
  @Output("The same.", at: .guest, .host) var out: Artifact<Number>

  func run(in task: some TaskContext) async throws {
    Probe.note(task)
    task.log("waiting")
    if !Probe.isOpen(task.job) { _ = try await task.receive(Ball.self) }
    let value = if let data { try await task.read(data).value } else { 0 }
    try await task.write(Number(value: value), to: out)
  }
}

/// Runs on until its job's gate is open, and goes on then.
struct Hold: Component {
  static let card = ComponentCard(
    "hold", version: 1, roles: [.guest, .host], summary: "Runs until it is let go.")

  @Input("A number.", at: .guest, .host) var data: Artifact<Number>?
  @Output("The same.", at: .guest, .host) var out: Artifact<Number>

  func run(in task: some TaskContext) async throws {
    Probe.note(task)
    task.log("holding")
    while !Probe.isOpen(task.job) {
      try Task.checkCancellation()
      await Task.yield()
    }
    let value = if let data { try await task.read(data).value } else { 0 }
    try await task.write(Number(value: value), to: out)
  }
}

let tinyCatalog = Catalog([
  Source.self, Outside.self, Pass.self, PingPong.self, Faulty.self, Gate.self, Hold.self,
])
