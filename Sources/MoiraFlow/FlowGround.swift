public import MoiraConfig
public import MoiraKit
public import MoiraModel
public import MoiraPlan
public import MoiraRuntime

/// A DAG that was found right.
public struct FlowDraft: Codable, Sendable {
  public let plan: Plan
  public let source: PipelineSource
  public let layout: FlowLayout
  /// FATE's `dag.conf.priority`: higher goes first.
  public let priority: Int
  /// What was doubtful in it.
  public let warnings: [String]
  /// The pipeline in the short form, for a federation that plans it itself.
  public let pipeline: String?

  public init(
    plan: Plan, source: PipelineSource, layout: FlowLayout, priority: Int, warnings: [String],
    pipeline: String? = nil
  ) {
    self.plan = plan
    self.source = source
    self.layout = layout
    self.priority = priority
    self.warnings = warnings
    self.pipeline = pipeline
  }
}

/// What can be seen of a table without looking at its rows one by one.
public struct FlowTableSight: Hashable, Codable, Sendable {
  public let rows: Int
  public let columns: [String]

  public init(rows: Int, columns: [String]) {
    self.rows = rows
    self.columns = columns
  }
}

/// The federation that jobs run on.
public protocol FlowFederation: Sendable {
  /// Checks a DAG and plans it.
  ///
  /// - Parameters:
  ///   - dag: the value of `dag_schema`.
  ///   - earlier: where outputs of older jobs lie.
  func draft(
    _ dag: ConfigValue, tables: [FlowTable], earlier: any FlowEarlierJobs
  ) async throws(FlowRefusal) -> FlowDraft

  /// What the federation will call what is begun as `job`; nil if it is just that.
  func name(of job: JobID) -> JobID?
  /// Begins a job. Begun twice under one id, it is one job, or the second is refused.
  func start(
    _ draft: FlowDraft, as job: JobID, tables: [FlowTable]
  ) async throws(Failure) -> FlowRun
  /// Goes on with a job that another process left.
  ///
  /// - Parameters:
  ///   - draft: what was begun.
  ///   - job: what it was begun as.
  ///   - given: what the federation calls it, if that is another name.
  /// - Returns: nil for a job that has not begun.
  func resume(
    _ draft: FlowDraft, _ job: JobID, given: JobID?, tables: [FlowTable]
  ) async throws(Failure) -> FlowRun?
  /// Ends a job that another process left, if it has begun and goes on without this one.
  ///
  /// - Parameter job: as the federation calls it.
  func stop(left job: JobID, reason: String) async throws(Failure)

  /// The bytes of what a job has made.
  func bytes(of artifact: FlowArtifact) async throws(Failure) -> any ArtifactBytes
  /// Whether tables and models that clients bring may lie at the server.
  var takesData: Bool { get }
  /// The artifacts of a party.
  ///
  /// - Throws: `data-at-party` where they lie with the parties alone.
  func artifacts(of party: PartyID) throws(Failure) -> any ArtifactStore
  /// Reads a table as its party's reader would.
  ///
  /// - Throws: what is wrong with it.
  func look(at table: FlowTable, _ bytes: any ArtifactBytes) async throws(Failure)
    -> FlowTableSight
  /// The components that DAGs may name.
  var components: [String] { get }
}

extension Failure {
  /// What a client wants to bring, take or name lies at a party of a hub.
  ///
  /// - Parameter what: `a table`.
  public static func dataAtParty(_ what: String) -> Failure {
    Failure(
      "data-at-party",
      "jobs run at a hub's parties here: \(what) lies at its party, and this server keeps none",
      hint: "the party registers its data in its party.yaml: 'moira party dataset add'")
  }
}

/// Where the outputs of older jobs lie.
public protocol FlowEarlierJobs: Sendable {
  /// The artifacts of one output by the members of the plan that made them; empty when there are
  /// none.
  ///
  /// - Parameters:
  ///   - job: the job, or the `model_id` under which its models are filed.
  ///   - version: the `model_version`.
  func outputs(
    of job: String, version: String, task: String, key: String
  ) async throws(FlowRefusal) -> [PartyID: ContentHash]
}

/// What the server stands on.
public struct FlowGround: Sendable {
  let jobs: any JobStore
  let documents: any DocumentStore
  /// The bytes of tables that were uploaded.
  let tables: any ArtifactStore
  let clock: any WallClock
  let federation: any FlowFederation

  public init(
    jobs: any JobStore, documents: any DocumentStore, tables: any ArtifactStore,
    clock: any WallClock, federation: any FlowFederation
  ) {
    self.jobs = jobs
    self.documents = documents
    self.tables = tables
    self.clock = clock
    self.federation = federation
  }
}
