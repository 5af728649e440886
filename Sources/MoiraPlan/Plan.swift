public import MoiraConfig
public import MoiraModel

/// A pipeline checked, wired and ordered. It says all that the parties must do, and can be sent to
/// them and kept in a journal as it is.
public struct Plan: Hashable, Codable, Sendable {
  public static let formatVersion = 1

  public let version: Int
  public let name: String
  public let members: [RolePlayer]
  /// In topological order: every task after those that it needs; as in the file where it can be.
  public let tasks: [PlannedTask]
  public let parallelism: Int
  /// What concerns a hub alone; nil where the pipeline says nothing of it.
  public let service: PlannedService?

  init(
    name: String, members: [RolePlayer], tasks: [PlannedTask], parallelism: Int,
    service: PlannedService?
  ) {
    version = Self.formatVersion
    self.name = name
    self.members = members
    self.tasks = tasks
    self.parallelism = parallelism
    self.service = service
  }

  /// Whose each seat is: the registered party, by the seat's own name.
  public var holders: [PartyID: PartyID] {
    Dictionary(members.map { ($0.party, $0.registered) }, uniquingKeysWith: { a, _ in a })
  }

  public subscript(id: TaskID) -> PlannedTask? { tasks.first { $0.id == id } }
}

/// How a hub is to treat the job among others.
public struct PlannedService: Hashable, Codable, Sendable {
  /// The higher goes first among the jobs that wait.
  public let priority: Int
  /// Megabytes that the job takes at each party.
  public let memory: Int
  /// Whether parties that can reach one another leave the hub out of what they send.
  public let direct: Bool

  public init(priority: Int = 0, memory: Int = 0, direct: Bool = false) {
    self.priority = priority
    self.memory = memory
    self.direct = direct
  }
}

/// One task with a part for each of its parties.
public struct PlannedTask: Hashable, Codable, Sendable {
  public let id: TaskID
  public let component: String
  public let componentVersion: Int
  public private(set) var parts: [PlannedPart]
  /// The tasks that must be done before, by wires or by `after`.
  public let needs: [TaskID]
  public let policy: PlannedPolicy
  /// The length of the longest way from a task without needs: tasks of one level may run side by
  /// side.
  public internal(set) var level: Int
  public internal(set) var isReusable: Bool
  private let outlives: Bool?

  init(
    id: TaskID, component: String, componentVersion: Int, parts: [PlannedPart], needs: [TaskID],
    policy: PlannedPolicy, level: Int, isReusable: Bool, outlivesParties: Bool = false
  ) {
    self.id = id
    self.component = component
    self.componentVersion = componentVersion
    self.parts = parts
    self.needs = needs
    self.policy = policy
    self.level = level
    self.isReusable = isReusable
    outlives = outlivesParties ? true : nil
  }

  /// Whether it goes on without a party that cannot be reached, while enough of them stay.
  public var outlivesParties: Bool { outlives ?? false }

  /// The same task among the other parties.
  public func without(_ absent: Set<PartyID>) -> PlannedTask {
    var copy = self
    copy.parts.removeAll { absent.contains($0.party) }
    return copy
  }
}

/// One party's share of a task.
public struct PlannedPart: Hashable, Codable, Sendable {
  public let party: PartyID
  public let role: Role
  public let parameters: ResolvedParameters
  /// Its input ports that are wired, with where their artifacts come from at this party.
  public let inputs: [PlannedInput]
}

/// An input port and the output that feeds it.
public struct PlannedInput: Hashable, Codable, Sendable {
  public let port: PortName
  public let task: TaskID
  public let output: PortName
}

/// The `conf` of one task, read.
public struct PlannedPolicy: Hashable, Codable, Sendable {
  public let retries: Int
  /// Seconds.
  public let backoffInitial: Double
  public let backoffFactor: Double
  public let backoffLimit: Double
  public let timeout: Double?
  public let priority: Int
  public let cache: Bool
  /// Seconds that a part waits for a party that is away; nil in plans of before there was a hub.
  public let waitForParty: Double?
  /// What is waited where a plan says nothing.
  public static let usualWait = 600.0

  init(_ conf: TaskConf) {
    retries = conf.retries
    backoffInitial = conf.backoff.initial
    backoffFactor = conf.backoff.factor
    backoffLimit = conf.backoff.limit
    timeout = conf.timeout
    priority = conf.priority
    cache = conf.cache
    waitForParty = conf.waitForParty
  }
}

/// `--set task.parameter=value`, read: it goes over everything in the file.
public struct Override: Sendable {
  public let task: TaskID
  /// The parameter and, inside groups, what it is in: `["optimizer", "method"]`.
  public let path: [String]
  public let value: ConfigNode
  public let site: Site?

  public init(task: TaskID, path: [String], value: ConfigNode, site: Site?) {
    self.task = task
    self.path = path
    self.value = value
    self.site = site
  }
}

/// The parties that are registered, with the names of their datasets.
public struct Registry: Sendable {
  public let datasets: [PartyID: [String]]
  /// Whether the datasets are known too; a hub knows its parties alone.
  public let knowsDatasets: Bool

  public init(datasets: [PartyID: [String]]) {
    self.datasets = datasets
    knowsDatasets = true
  }

  /// Parties whose datasets only they know.
  public init(parties: [PartyID]) {
    datasets = Dictionary(parties.map { ($0, []) }, uniquingKeysWith: { first, _ in first })
    knowsDatasets = false
  }
}
