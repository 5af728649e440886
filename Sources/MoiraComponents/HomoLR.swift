internal import MoiraConfig
internal import MoiraKit
internal import MoiraMath
internal import MoiraModel
internal import MoiraPlan
internal import MoiraTable

/// Logistic regression, binary or multi-class, over rows that the parties hold apart.
///
/// One round: every client sends its model (or its gradient) times its row count, masked; the arbiter
/// adds up and sends the sum to all; all divide by the pooled row count and go on from the same
/// weights. Nobody but the client sees its own update, unless `aggregation_rule` asks for it.
///
/// Source: FedAvg and FedSGD, McMahan et al. 2017 (arXiv:1602.05629), Algorithm 1.
struct HomoLR: Component {
  static let card = ComponentCard(
    "homo_lr", version: 2, roles: [.guest, .host, .arbiter], requires: [.arbiter],
    outlivesParties: true,
    summary: "Logistic regression over rows that the parties hold apart.",
    reference: "https://arxiv.org/abs/1602.05629")

  @Input("Rows to train on, with labels and numeric features.", at: .guest, .host)
  var trainData: Artifact<Table>
  @Input("Rows to choose the best round by.", at: .guest, .host)
  var validateData: Artifact<Table>?
  @Input(
    "Keys from an encryptor; without, keys are agreed for this task alone.", at: .guest, .host,
    .arbiter)
  var protection: Artifact<ProtectionKeys>?
  @Input("A model to go on from.", at: .guest, .host)
  var warmStart: Artifact<LogisticModel>?
  @Input("How the features were scaled, to be noted in the model.", at: .guest, .host)
  var scaler: Artifact<Scaler>?

  @Output("Weights and intercepts, the same at all parties.", at: .guest, .host)
  var model: Artifact<LogisticModel>
  @Output("What this party's own rows alone would have given.", at: .guest, .host)
  var baseline: Artifact<LogisticModel>

  @Param(
    "Rounds: how often models or gradients are aggregated; with gradients, passes over all rows.",
    .atLeast(1), .atMost(100_000))
  var epochs: Int = 20
  @Param(
    "Passes over its own rows that a party makes in one round; with gradients always 1.",
    .atLeast(1), .atMost(10_000))
  var localEpochs: Int = 1
  @Param("Rows in one step: a number, or all (also -1 or empty).")
  var batchSize: BatchSize = .all
  @Param("What is aggregated: models (FedAvg) or gradients (FedSGD).")
  var aggregation: Aggregation = .model
  @Param("The length of a step.", .moreThan(0)) var learningRate: Double = 0.1
  @Param("How the learning rate goes on from round to round.")
  var learningRateScheduler: ScheduleParameters = ScheduleParameters()
  @Param("How a gradient becomes a step.") var optimizer: OptimizerParameters =
    OptimizerParameters()
  @Param("Which norm of the weights is penalized; the intercept is spared.")
  var penalty: PenaltyMethod = .l2
  @Param("How much the penalty counts: alpha/2 * |w|^2 or alpha * |w|.", .atLeast(0))
  var alpha: Double = 0.01
  @Param("Where training starts.") var initParam: InitParameters = InitParameters()
  @Param(
    "When training ends before its last round: the loss changes by less than tol (diff), is below tol (abs), or the weights move by less than tol (weight_diff)."
  )
  var earlyStop: EarlyStop = .none
  @Param("The bound of early_stop.", .moreThan(0)) var tol: Double = 1e-4
  @Param("Rounds between two measurements of loss and AUC.", .atLeast(1))
  var evaluateEvery: Int = 1
  @Param("Draws the start and the order of rows; same seed, same model.") var seed: Int = 0
  @Param(
    "How much a party counts in a mean: as much as its rows weigh, or as any other; empty for rows, or equal where 'privacy' hides updates or 'aggregation_rule' is not mean."
  )
  var weighting: Weighting?
  @Param("How the parties' updates become one.")
  var aggregationRule: RuleParameters = RuleParameters()
  @Param(
    "The L2 norm that a party shortens its update to before it leaves it; empty for none.",
    .moreThan(0))
  var clipUpdate: Double?
  @Param("Sparse updates: only some of the values are sent in each round.")
  var sparsify: SparsifyParameters = SparsifyParameters()
  @Param(
    "The fewest rows that what a party sends may come from, unless 'privacy' is on: the gradient of a single row is the row.",
    .atLeast(1))
  var minBatch: Int = 5
  @Param("Differential privacy of the training rows.")
  var privacy: PrivacyParameters = PrivacyParameters()
  @Param("Whether each party also trains on its own rows alone, for comparison.")
  var localBaseline: Bool = true

  func check(_ findings: inout ParameterFindings) {
    if case .rows(let rows) = batchSize, rows < 1 {
      findings.error("batch_size", "'batch_size' must be at least 1, or all, but is \(rows)")
    }
    if aggregation == .gradient, localEpochs > 1 {
      findings.error(
        "local_epochs",
        "'local_epochs' must be 1 when gradients are aggregated, but is \(localEpochs)",
        hint: "set 'aggregation: model', or leave 'local_epochs' out")
    }
    if optimizer.method == .nesterov, optimizer.dampening != 0 {
      findings.error(
        "optimizer.dampening",
        "'dampening' must be 0 with 'nesterov', but is \(shortNumber(optimizer.dampening))")
    }
    checkPrivacy(&findings)
    checkUpdates(&findings)
    if initParam.low > initParam.high {
      findings.error("init_param.low", "'init_param.low' must be at most 'init_param.high'")
    }
  }

  func run(in task: some TaskContext) async throws {
    if task.role == .arbiter {
      try await LogisticTraining.arbitrate(self, in: task)
    } else {
      try await LogisticTraining.train(self, in: task)
    }
  }

  var hyperParameters: [String: String] {
    [
      "epochs": "\(epochs)", "local_epochs": "\(localEpochs)",
      "batch_size": batchSize.rows.map(String.init) ?? "all", "aggregation": aggregation.rawValue,
      "learning_rate": "\(learningRate)",
      "learning_rate_scheduler": learningRateScheduler.parameter.json(),
      "optimizer": optimizer.parameter.json(), "penalty": penalty.rawValue, "alpha": "\(alpha)",
      "init_param": initParam.parameter.json(), "early_stop": earlyStop.rawValue, "tol": "\(tol)",
      "privacy": privacy.parameter.json(),
      "weighting": usualWeighting.rawValue,
      "aggregation_rule": aggregationRule.parameter.json(), "sparsify": sparsify.parameter.json(),
      "clip_update": clipUpdate.map { "\($0)" } ?? "none", "min_batch": "\(minBatch)",
      "seed": "\(seed)",
    ]
  }

  var usualWeighting: Weighting {
    weighting ?? (privacy.unit.hidesUpdates || aggregationRule.method != .mean ? .equal : .rows)
  }
}
