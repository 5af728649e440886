public import MoiraModel

/// What the scheduler knows of one task.
public struct TaskShape: Hashable, Codable, Sendable {
  public let id: TaskID
  /// Who has a part in it; at least one.
  public let parties: [PartyID]
  /// The tasks whose outputs it takes; all of them stand before it in the job.
  public let needs: [TaskID]
  public let policy: TaskPolicy

  public init(id: TaskID, parties: [PartyID], needs: [TaskID] = [], policy: TaskPolicy = .init()) {
    self.id = id
    self.parties = parties
    self.needs = needs
    self.policy = policy
  }
}

/// How a task is tried, and tried again.
public struct TaskPolicy: Hashable, Codable, Sendable {
  /// The most retries that a task may ask for.
  public static let retryLimit = 1000

  /// How many more attempts follow a transient failure.
  public let retries: Int
  public let backoff: Backoff
  private let timeoutMilliseconds: Int64?
  /// Higher goes first among the tasks that could start.
  public let priority: Int
  /// Whether to ask for artifacts of an earlier job before the first attempt.
  public let cacheable: Bool
  /// Whether an attempt that a crash cut off is made again; if not, the task fails with it.
  public let restartable: Bool
  private let outlives: Bool?

  public init(
    retries: Int = 0, backoff: Backoff = .standard, timeout: Duration? = nil, priority: Int = 0,
    cacheable: Bool = false, restartable: Bool = true, outlivesParties: Bool = false
  ) {
    self.retries = retries
    self.backoff = backoff
    timeoutMilliseconds = timeout?.boundedMilliseconds
    self.priority = priority
    self.cacheable = cacheable
    self.restartable = restartable
    outlives = outlivesParties ? true : nil
  }

  /// Whether an attempt goes on when a party cannot be reached, as long as one of its parts (the
  /// arbiter's) sees it through.
  public var outlivesParties: Bool { outlives ?? false }

  /// How long one attempt may take; nil for as long as it likes.
  public var timeout: Duration? { timeoutMilliseconds.map { .milliseconds($0) } }

  /// Whether a timeout, if there is one, is above zero and within the limit.
  var hasSoundTimeout: Bool {
    timeoutMilliseconds.map { (1...Duration.waitLimit.milliseconds).contains($0) } ?? true
  }
}
