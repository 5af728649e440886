// swift-format-ignore-file
// Made by 'moira generate'.

/// Logistic regression over rows that the parties hold apart.
public struct HomoLR: ScriptStep {
  public let task: ScriptTask

  /// Weights and intercepts, the same at all parties.
  public var model: ScriptWire { task.output("model") }
  /// What this party's own rows alone would have given.
  public var baseline: ScriptWire { task.output("baseline") }

  /// - Parameters:
  ///   - trainData: Rows to train on, with labels and numeric features.
  ///   - validateData: Rows to choose the best round by.
  ///   - protection: Keys from an encryptor; without, keys are agreed for this task alone.
  ///   - warmStart: A model to go on from.
  ///   - scaler: How the features were scaled, to be noted in the model.
  ///   - epochs: Rounds: how often models or gradients are aggregated; with gradients, passes over all rows.
  ///   - localEpochs: Passes over its own rows that a party makes in one round; with gradients always 1.
  ///   - batchSize: Rows in one step: a number, or all (also -1 or empty).
  ///   - aggregation: What is aggregated: models (FedAvg) or gradients (FedSGD).
  ///   - learningRate: The length of a step.
  ///   - learningRateScheduler: How the learning rate goes on from round to round.
  ///   - optimizer: How a gradient becomes a step.
  ///   - penalty: Which norm of the weights is penalized; the intercept is spared.
  ///   - alpha: How much the penalty counts: alpha/2 * |w|^2 or alpha * |w|.
  ///   - initParam: Where training starts.
  ///   - earlyStop: When training ends before its last round: the loss changes by less than tol (diff), is below tol (abs), or the weights move by less than tol (weight_diff).
  ///   - tol: The bound of early_stop.
  ///   - evaluateEvery: Rounds between two measurements of loss and AUC.
  ///   - seed: Draws the start and the order of rows; same seed, same model.
  ///   - weighting: How much a party counts in a mean: as much as its rows weigh, or as any other; empty for rows, or equal where 'privacy' hides updates or 'aggregation_rule' is not mean.
  ///   - aggregationRule: How the parties' updates become one.
  ///   - clipUpdate: The L2 norm that a party shortens its update to before it leaves it; empty for none.
  ///   - sparsify: Sparse updates: only some of the values are sent in each round.
  ///   - minBatch: The fewest rows that what a party sends may come from, unless 'privacy' is on: the gradient of a single row is the row.
  ///   - privacy: Differential privacy of the training rows.
  ///   - localBaseline: Whether each party also trains on its own rows alone, for comparison.
  public init(
    _ taskID: String,
    trainData: ScriptWire? = nil,
    validateData: ScriptWire? = nil,
    protection: ScriptWire? = nil,
    warmStart: ScriptWire? = nil,
    scaler: ScriptWire? = nil,
    epochs: Int? = nil,
    localEpochs: Int? = nil,
    batchSize: ScriptValue? = nil,
    aggregation: String? = nil,
    learningRate: Double? = nil,
    learningRateScheduler: ScriptValue? = nil,
    optimizer: ScriptValue? = nil,
    penalty: String? = nil,
    alpha: Double? = nil,
    initParam: ScriptValue? = nil,
    earlyStop: String? = nil,
    tol: Double? = nil,
    evaluateEvery: Int? = nil,
    seed: Int? = nil,
    weighting: String? = nil,
    aggregationRule: ScriptValue? = nil,
    clipUpdate: Double? = nil,
    sparsify: ScriptValue? = nil,
    minBatch: Int? = nil,
    privacy: ScriptValue? = nil,
    localBaseline: Bool? = nil
  ) {
    task = ScriptTask(
      taskID, "homo_lr",
      [("train_data", trainData), ("validate_data", validateData), ("protection", protection), ("warm_start", warmStart), ("scaler", scaler)],
      [("epochs", epochs), ("local_epochs", localEpochs), ("batch_size", batchSize), ("aggregation", aggregation), ("learning_rate", learningRate), ("learning_rate_scheduler", learningRateScheduler), ("optimizer", optimizer), ("penalty", penalty), ("alpha", alpha), ("init_param", initParam), ("early_stop", earlyStop), ("tol", tol), ("evaluate_every", evaluateEvery), ("seed", seed), ("weighting", weighting), ("aggregation_rule", aggregationRule), ("clip_update", clipUpdate), ("sparsify", sparsify), ("min_batch", minBatch), ("privacy", privacy), ("local_baseline", localBaseline)])
  }
}
