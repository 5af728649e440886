public import MoiraConfig
public import MoiraCrypto
public import MoiraModel

/// A party's own ground: what it has registered, whatever the task.
public protocol PartySite: Sendable {
  var party: PartyID { get }
  /// The file of a registered dataset, or at a path of the party's own machine.
  func dataset(_ choice: DatasetChoice) async throws -> Dataset
}

/// Which file a reader wants.
public enum DatasetChoice: Sendable, Hashable {
  case named(String)
  /// Relative to the party's folder, or absolute.
  case path(String)
}

/// A dataset's bytes, as they lie in its file and unpacked if it is a gzip file.
public struct Dataset: Sendable {
  public let name: String
  public let bytes: any ArtifactBytes
  /// The reading options of the party's registry.
  public let options: ConfigValue
  /// The SHA-256 of the file.
  public let hash: ContentHash

  public init(name: String, bytes: any ArtifactBytes, options: ConfigValue, hash: ContentHash) {
    self.name = name
    self.bytes = bytes
    self.options = options
    self.hash = hash
  }
}

/// What a component's part has around it. Parties share nothing: all that goes from one to
/// another are messages.
public protocol TaskContext: PartySite {
  var job: JobID { get }
  var task: TaskID { get }
  /// From 1.
  var attempt: Int { get }
  var role: Role { get }
  /// The parties that have a part in this task.
  var members: [RolePlayer] { get }
  /// For independent iterations of heavy loops.
  var workers: Workers { get }
  /// This party's long-term key, which signs for it.
  var identity: IdentityKeyPair { get }
  /// The long-term keys of the job's parties, as the job pins them.
  var identities: [PartyID: IdentityPublicKey] { get }

  func read<Value>(_ artifact: Artifact<Value>) async throws -> Value
  func write<Value>(_ value: Value, to artifact: Artifact<Value>) async throws

  func send(_ message: some WireMessage, to party: PartyID) async throws
  /// The next message of one party; messages of the others wait.
  func receive<Message: WireMessage>(_ type: Message.Type, from party: PartyID) async throws
    -> Message
  /// The next message of any party.
  func receive<Message: WireMessage>(_ type: Message.Type) async throws -> (
    from: PartyID, message: Message
  )

  /// The next message of any party; nil when none has come within the time.
  func receive<Message: WireMessage>(_ type: Message.Type, within wait: Duration) async throws -> (
    from: PartyID, message: Message
  )?

  /// Says that the task ends well without these, in place of what was said before: nobody waits for
  /// their parts.
  func goOn(without absent: [PartyID])

  /// Says how far the part is, or what it measured. Never waits.
  func report(_ report: TaskReport)
}

extension TaskContext {
  /// The parties that hold data, in an order that is the same at all of them.
  public var clients: [PartyID] {
    members.filter { $0.role != .arbiter }.map(\.party).sorted()
  }

  public var arbiter: PartyID? { members.first { $0.role == .arbiter }?.party }

  public func log(_ text: String) { report(.log(.notice, text)) }
  public func warn(_ text: String) { report(.log(.warning, text)) }
}

/// What a part tells while it runs. It is shown and kept, and steers nothing.
public enum TaskReport: Hashable, Codable, Sendable {
  public enum Level: String, Codable, Sendable { case notice, warning }

  /// So many of so many steps: rounds, most often.
  case progress(done: Int, total: Int)
  /// Values measured at a step; series are named for the value: `train_loss`.
  case metrics(step: Int, values: [String: Double])
  /// One line. Public things only: never a value from the data.
  case log(Level, String)
  /// What protected the messages of this task, for the job's report.
  case protection(String)
  /// What that came to so far, by name: what is told later takes the place of what was told before.
  case tally(String, String)
}
