public import MoiraConfig
public import MoiraModel

/// A FATE 2.x DAG file, read as a pipeline of ours.
///
/// Names, shapes and meanings are those of FATE 2.2 (`dag:` and `schema_version:`); what is read
/// otherwise is told by notes. `Docs/coming-from-fate.md` says what and why.
public struct FatePipeline: Sendable {
  public let pipeline: Pipeline
  /// The tasks of the file, in its order, with the steps of the pipeline that stand for them.
  public let tasks: [FateTask]
  /// Whether its one party, a guest here, has FATE's role `local`.
  public let isLocal: Bool

  /// What FATE calls the role of a seat.
  public func roleName(of role: Role) -> String {
    isLocal ? FateRole.local.rawValue : role.rawValue
  }

  /// The components that such files may name.
  public static var componentNames: [String] { FateComponents.names }

  /// Whether a file is FATE's, by its keys.
  public static func describes(_ node: ConfigNode) -> Bool {
    guard let map = node.map, map["moira"] == nil else { return false }
    return ["dag", "schema_version", "dag_schema"].contains { map[$0] != nil }
  }

  /// Reads it, and adds what is wrong with it to the diagnostics.
  ///
  /// - Returns: nil when so much is wrong that a plan could only repeat it.
  public static func reading(
    _ node: ConfigNode, settings: FateSettings = FateSettings(),
    into diagnostics: inout Diagnostics
  ) -> FatePipeline? {
    var reader = FateReader(overrides: settings.overrides)
    guard let file = reader.read(node) else {
      diagnostics.add(contentsOf: reader.diagnostics)
      return nil
    }
    var maker = FateMaker(file, settings, reader.diagnostics)
    let pipeline = maker.make()
    diagnostics.add(contentsOf: maker.diagnostics)
    return pipeline
  }

  /// What earlier jobs must have left for it: find these, and hand them over in `FateSettings.found`.
  ///
  /// - Parameter overrides: those of the settings, for they may name the job.
  public static func references(
    in node: ConfigNode, overrides: [Override] = []
  ) -> [FateReference] {
    var reader = FateReader(overrides: overrides)
    guard let file = reader.read(node) else { return [] }
    var seen: Set<FateReference> = []
    return file.tasks.flatMap(\.inputs).flatMap(\.channels).compactMap { channel in
      guard case .earlier(let reference) = channel.source else { return nil }
      return seen.insert(reference).inserted ? reference : nil
    }
  }
}

/// What whoever reads a FATE file decides beside it.
public struct FateSettings: Sendable {
  /// What the pipeline is called; FATE's files have no name.
  public var name = "fate"
  /// How sums are protected, in place of the file's `dag.conf.extra.protection`. An operator who
  /// serves programs for two parties sets `none` here; it is told as a warning.
  public var protection: FateProtection?
  /// `--set`: `task.parameter` by FATE's names, or `dag.…` for any other field.
  public var overrides: [Override] = []
  /// What was found of `FatePipeline.references(in:)`, by party.
  public var found: [FateReference: [PartyID: ContentHash]] = [:]

  public init() {}
}

/// How what the parties send to be added up is hidden from the arbiter.
public enum FateProtection: String, Sendable, CaseIterable {
  case secureAggregation = "secure_aggregation"
  case secretSharing = "secret_sharing"
  /// The arbiter sees every party's values.
  case none
}

/// One task of a FATE file.
public struct FateTask: Sendable {
  /// Where an artifact of the task lies in the job.
  public struct Place: Hashable, Sendable {
    public let step: TaskID
    public let port: PortName

    public init(_ step: TaskID, _ port: PortName) {
      self.step = step
      self.port = port
    }
  }

  /// Its name in the file.
  public let id: TaskID
  /// FATE's name of its component.
  public let component: String
  public let stage: FateStage
  /// The seats that have a part in it.
  public let members: [Pipeline.Member]
  /// The steps of the pipeline that stand for it, the main one first.
  public let steps: [TaskID]
  /// By FATE's output keys: `train_output_data`, `output_model`, ...
  public let outputs: [String: Place]
}

public enum FateStage: String, Sendable, CaseIterable {
  case train, predict
  case general = "default"
  case crossValidation = "cross_validation"
}

/// What a `model_warehouse` or `data_warehouse` input names: an output of an earlier job's task.
public struct FateReference: Hashable, Sendable {
  /// `model_id` or `job_id`: jobs file their models under their own id.
  public let job: String
  /// `model_version`, or "0".
  public let version: String
  public let task: String
  /// `output_artifact_key`.
  public let key: String

  public init(job: String, version: String = "0", task: String, key: String) {
    self.job = job
    self.version = version
    self.task = task
    self.key = key
  }

  /// Where it may lie in the job, the likeliest first: the step's name follows from task and key.
  public var places: [FateTask.Place] {
    let main = TaskID(task)
    let beside = TaskID("\(task)-\(FateNames.short(key))")
    let ports: [PortName] =
      switch key {
      case "output_model": ["model", "scaler"]
      case "output_data", "dataframe_output": ["table", "predictions"]
      case "train_output_data": ["train", "table", "predictions"]
      case "validate_output_data": ["validate", "table", "predictions"]
      case "test_output_data": ["test", "table", "predictions"]
      default: [PortName(key)]
      }
    return (ports.map { .init(main, $0) }) + (ports.map { .init(beside, $0) })
  }
}

/// How steps beside a task's main one are called.
enum FateNames {
  /// `train_output_data` is `train`.
  static func short(_ key: String) -> String {
    key.hasSuffix("_output_data") ? String(key.dropLast("_output_data".count)) : key
  }

  static func beside(_ task: TaskID, _ suffix: String) -> TaskID { TaskID("\(task)-\(suffix)") }
}
