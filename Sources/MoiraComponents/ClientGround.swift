internal import MoiraConfig
internal import MoiraCrypto
internal import MoiraKit
internal import MoiraMath
internal import MoiraModel
internal import MoiraTable

/// What a client brings to training: rows, the agreed classes, and the common start.
struct ClientGround: Sendable {
  let problem: LogisticProblem
  let features: [String]
  let labelName: String
  let classes: [String]
  let train: TrainingRows
  let validate: TrainingRows?
  let start: [Double]
  let scaling: Scaler?

  init(_ settings: HomoLR, in task: some TaskContext) async throws {
    guard let arbiter = task.arbiter else {
      throw Failure("role-missing", "training needs an arbiter, but the task has none")
    }
    let table = try await task.read(settings.trainData)
    try table.checkTrainable(settings.trainData.port, party: task.party)
    _ = try await agreeSchema(table.schema, in: task)
    let labels = try ClassLabels(table, port: settings.trainData.port, party: task.party)
    let warm = try await Self.warmStart(settings, table, in: task)
    let held = try await Self.validation(settings, table, in: task)
    let agreed = try await LabelAgreement.agree(
      classes: labels.names, start: warm.map { try $0.fingerprint } ?? "", validates: held != nil,
      in: task, arbiter: arbiter)
    classes = agreed.classes
    features = table.numericFeatures
    labelName = table.schema.label?.name ?? "label"
    problem = LogisticProblem(
      columns: features.count, classes: classes.count,
      fitIntercept: settings.initParam.fitIntercept)
    train = TrainingRows(table, labels: try labels.indices(in: classes, party: task.party))
    validate = try held.map { table in
      let labels = try ClassLabels(table, port: "validate_data", party: task.party)
      return TrainingRows(table, labels: try labels.indices(in: agreed.classes, party: task.party))
    }
    start = try Self.start(problem, warm, agreed.classes, settings)
    if let scaler = settings.scaler {
      scaling = try await task.read(scaler)
    } else {
      scaling = warm?.scaling
    }
  }

  private static func warmStart(
    _ settings: HomoLR, _ table: Table, in task: some TaskContext
  ) async throws -> LogisticModel? {
    guard let warm = settings.warmStart else { return nil }
    let model = try await task.read(warm)
    try model.checkFeatures(table.numericFeatures, of: settings.trainData.port, at: task.party)
    return model
  }

  private static func validation(
    _ settings: HomoLR, _ train: Table, in task: some TaskContext
  ) async throws -> Table? {
    guard let input = settings.validateData else { return nil }
    guard settings.privacy.unit == .none else {
      throw Failure(
        "privacy-validation",
        "'validate_data' must be left out with 'privacy': the loss of every round would tell of rows",
        hint: "evaluate the finished model with an evaluator")
    }
    let table = try await task.read(input)
    try table.checkTrainable(input.port, party: task.party)
    guard table.numericFeatures == train.numericFeatures else {
      throw Failure(
        "schema-mismatch",
        "'train_data' and 'validate_data' at \(task.party) must have the same features")
    }
    return table
  }

  private static func start(
    _ problem: LogisticProblem, _ warm: LogisticModel?, _ classes: [String], _ settings: HomoLR
  ) throws(Failure) -> [Double] {
    if let warm {
      guard warm.classes == classes else {
        throw Failure(
          "model-classes",
          "the model to go on from knows the classes \(warm.classes.joined(separator: ", ")), but the rows have \(classes.joined(separator: ", "))"
        )
      }
      return warm.parameters
    }
    let weights = settings.initParam.weights.weights(
      inputs: problem.columns, outputs: problem.outputs,
      seed: UInt64(bitPattern: Int64(settings.seed)))
    return weights + Array(repeating: 0, count: problem.outputs)
  }

  func model(
    _ parameters: [Double], _ settings: HomoLR, history: [LogisticModel.Round], kept: Int, rows: Int
  ) -> LogisticModel {
    let weights = (0..<problem.outputs).map { output in
      Array(parameters[output * problem.columns..<(output + 1) * problem.columns])
    }
    return LogisticModel(
      features: features, labelName: labelName, classes: classes, weights: weights,
      intercepts: Array(parameters[problem.weightCount...]), scaling: scaling,
      hyperParameters: settings.hyperParameters, history: history, keptRound: kept, rows: rows)
  }
}

extension LogisticModel {
  /// The hash of weights and classes, by which parties see that they start from the same.
  var fingerprint: String {
    get throws { sha256(Array(try readableJSON())).text }
  }

  /// - Throws: `model-features` when a table's features are not the model's, in the same order.
  func checkFeatures(_ names: [String], of port: PortName, at party: PartyID) throws(Failure) {
    guard names != features else { return }
    let detail: String
    if let missing = features.first(where: { !names.contains($0) }) {
      detail = "'\(missing)' is missing"
    } else if let extra = names.first(where: { !features.contains($0) }) {
      detail = "'\(extra)' is unknown to the model"
    } else {
      detail = "their order differs"
    }
    throw Failure(
      "model-features",
      "'\(port)' at \(party) must have the \(features.count) features of the model, but \(detail)")
  }
}
