public import MoiraConfig
internal import MoiraModel

/// How attempts of a task wait for one another.
public struct BackoffConf: ParameterGroupValue {
  public static let shorthand: String? = "initial"

  @Param("Seconds before the second attempt.", .atLeast(0), .atMost(Duration.longestWait))
  public var initial: Double = 1
  @Param("By how much the wait grows from attempt to attempt.", .atLeast(1), .atMost(1000))
  public var factor: Double = 2
  @Param("The longest wait in seconds.", .atLeast(0), .atMost(Duration.longestWait))
  public var limit: Double = 60

  public init() {}
}

/// How a task is carried out, whatever it computes: the `conf` of a task.
public struct TaskConf: ParameterGroupValue {
  @Param("How often a task is tried again after a transient failure.", .atLeast(0), .atMost(100))
  public var retries: Int = 0
  @Param("How long to wait before the next attempt.") public var backoff: BackoffConf =
    BackoffConf()
  @Param(
    "Seconds that one attempt may take; empty for no bound.", .moreThan(0),
    .atMost(Duration.longestWait))
  public var timeout: Double?
  @Param("Among the tasks that could start, the higher goes first.") public var priority: Int = 0
  @Param("Whether artifacts of an earlier job with the same inputs are reused.")
  public var cache: Bool = true
  @Param(
    "Seconds that a part waits for its party while that is away, before it fails by name.",
    .atLeast(0), .atMost(Duration.longestWait))
  public var waitForParty: Double = 600

  public init() {}
}

/// The `conf` of a whole pipeline: that of every task, and what only a job has.
public struct JobConf: ParameterGroupValue {
  /// Megabytes: a petabyte.
  package static let memoryLimit = 1 << 30

  @Param("How many tasks may run at the same time.", .atLeast(1), .atMost(1024))
  public var parallelism: Int = 4
  @Param("How often a task is tried again after a transient failure.", .atLeast(0), .atMost(100))
  public var retries: Int = 0
  @Param("How long to wait before the next attempt.") public var backoff: BackoffConf =
    BackoffConf()
  @Param(
    "Seconds that one attempt may take; empty for no bound.", .moreThan(0),
    .atMost(Duration.longestWait))
  public var timeout: Double?
  @Param("Among the tasks that could start, the higher goes first.") public var priority: Int = 0
  @Param("Whether artifacts of an earlier job with the same inputs are reused.")
  public var cache: Bool = true
  @Param(
    "Seconds that a part waits for its party while that is away, before it fails by name.",
    .atLeast(0), .atMost(Duration.longestWait))
  public var waitForParty: Double = 600
  @Param(
    "Megabytes that the job takes at each party, for a hub that counts them.", .atLeast(0),
    .atMost(Double(JobConf.memoryLimit)))
  public var memory: Int = 0
  @Param("Whether parties that can reach one another send past the hub.")
  public var direct: Bool = false

  public init() {}

  package static let group = ParameterGroup(parameterSchemas)

  /// Nil where there is nothing that a hub must know.
  var service: PlannedService? {
    let service = PlannedService(priority: priority, memory: memory, direct: direct)
    return service == PlannedService() ? nil : service
  }
}

extension TaskConf {
  package static let group = ParameterGroup(parameterSchemas)
}
