internal import MoiraCrypto
internal import MoiraKit
internal import MoiraMath
internal import MoiraModel
internal import MoiraTable

extension LogisticTraining {
  /// A client's part: reads its rows, agrees on classes and start, trains, writes models.
  static func train(_ settings: HomoLR, in task: Member) async throws {
    let ground = try await ClientGround(settings, in: task)
    let pool = try await Pool(settings.protection, in: task)
    var training = try await LogisticTraining(
      settings, in: task, problem: ground.problem, validates: ground.validate != nil,
      rows: ground.train, pool: pool)
    try training.checkBatches(ground.train)
    let outcome = try await training.trainRounds(ground)
    if training.clippedUpdates > 0, task.party == training.pool.summed.first {
      task.log("\(training.clippedUpdates) updates were shortened to 'clip_update'")
    }
    if training.pool.clips > 0 {
      task.warn("\(training.pool.clips) values were beyond ±4096 and were clipped in the sums")
    }
    try await task.write(
      ground.model(
        outcome.parameters, settings, history: outcome.history, kept: outcome.kept,
        rows: training.totalRows), to: settings.model)
    if settings.localBaseline {
      let baseline = training.trainAlone(ground)
      try await task.write(
        ground.model(
          baseline.parameters, settings, history: [], kept: baseline.kept, rows: ground.train.count),
        to: settings.baseline)
    }
  }

  struct Outcome {
    var parameters: [Double]
    var history: [LogisticModel.Round] = []
    var kept = 0
    /// The validation loss of what is kept.
    var bestLoss: Double?
  }

  mutating func trainRounds(_ ground: ClientGround) async throws -> Outcome {
    var parameters = ground.start
    var outcome = Outcome(parameters: parameters)
    var local = localTraining(ground)
    var descent = descent()
    var hidden = try privacy.flatMap {
      try PrivateGradient(ground.train, problem, $0, party: task.party, workers: task.workers)
    }
    var late: Step?
    for round in 1...rounds {
      let before = parameters
      switch settings.aggregation {
      case .model: try await averageModels(&parameters, &local, &hidden, &descent, round)
      case .gradient: try await sumGradients(&parameters, &local, &hidden, &descent, round)
      }
      if let step = late.take(), let found = found.take() { note(step, found, in: &outcome) }
      let step = try step(round, parameters, before: before)
      var measurement = Measurement()
      if isEvaluated(round) {
        let own = measured(parameters, ground.train, ground.validate)
        guard let found = try await measure(round, own) else {
          late = step
          continue
        }
        measurement = found
      }
      if try await isOver(note(step, measurement, in: &outcome)) { break }
    }
    return outcome
  }

  private func descent() -> Descent {
    // With sparse gradients the penalty is in what is sent, so that it waits as the rest does.
    let isApart = !(sparse != nil && settings.aggregation == .gradient)
    return Descent(
      problem, penalty: isApart ? settings.penalty.penalty : .none, alpha: settings.alpha,
      optimizer: settings.optimizer.optimizer)
  }

  /// Each party draws its own order of rows from the common seed and its own name.
  private func localTraining(_ ground: ClientGround) -> LocalTraining {
    let seed = XXHash64.hash(task.party.text, seed: UInt64(bitPattern: Int64(settings.seed)))
    guard settings.aggregation == .gradient, settings.batchSize.rows != nil else {
      return LocalTraining(
        ground.train, descent: descent(), batchSize: settings.batchSize.rows, seed: seed,
        workers: task.workers)
    }
    return LocalTraining(
      ground.train, descent: descent(), parts: steps, seed: seed, workers: task.workers)
  }

  // MARK: Rounds

  /// What a round has come to.
  private struct Step {
    let round: Int
    let parameters: [Double]
    /// ‖w − w₀‖₂ over the round.
    let change: Double
    let epsilon: Double?
  }

  /// - Throws: `training-diverged`.
  private func step(
    _ round: Int, _ parameters: [Double], before: [Double]
  ) throws -> Step {
    task.report(.progress(done: round, total: rounds))
    guard parameters.allSatisfy(\.isFinite) else {
      throw Failure(
        "training-diverged", "the weights must stay finite, but did not in round \(round)",
        hint: "a smaller 'learning_rate', or a feature_scale task before")
    }
    let change = zip(parameters, before).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return Step(
      round: round, parameters: parameters, change: change.squareRoot(),
      epsilon: try privacy?.epsilon(after: round))
  }

  /// Puts a round into the history and tells of it; with the record before it.
  @discardableResult
  private func note(
    _ step: Step, _ found: Measurement, in outcome: inout Outcome
  ) -> (record: LogisticModel.Round, last: LogisticModel.Round?) {
    let record = LogisticModel.Round(
      round: step.round, learningRate: rate(step.round), trainLoss: found.trainLoss,
      validateLoss: found.validateLoss, validateAuc: found.validateAUC,
      weightChange: step.change, epsilon: step.epsilon)
    if task.party == pool.summed.first {
      if let privacy, let epsilon = record.epsilon {
        task.report(.tally("epsilon spent", privacy.spent(epsilon)))
      }
      task.report(.metrics(step: step.round, values: record.values))
    }
    let last = outcome.history.last
    outcome.history.append(record)
    keep(step.parameters, record, in: &outcome)
    return (record, last)
  }

  /// With validation rows the round of least loss is kept, otherwise the last.
  private func keep(
    _ parameters: [Double], _ record: LogisticModel.Round, in outcome: inout Outcome
  ) {
    if validates {
      guard let loss = record.validateLoss else { return }
      if let best = outcome.bestLoss, best <= loss { return }
      outcome.bestLoss = loss
    }
    outcome.parameters = parameters
    outcome.kept = record.round
  }

  private mutating func isOver(
    _ noted: (record: LogisticModel.Round, last: LogisticModel.Round?)
  ) async throws -> Bool {
    guard settings.earlyStop != .none, noted.record.round < rounds else { return false }
    let isStopped = try await isStopped(isConverged(noted.record, after: noted.last))
    if isStopped { task.log("early stop after round \(noted.record.round)") }
    return isStopped
  }

  // MARK: The baseline

  /// The same training on this party's rows alone.
  private func trainAlone(_ ground: ClientGround) -> Outcome {
    var local = LocalTraining(
      ground.train, descent: descent(), batchSize: settings.batchSize.rows,
      seed: XXHash64.hash(task.party.text, seed: UInt64(bitPattern: Int64(settings.seed))),
      workers: task.workers)
    var parameters = ground.start
    var outcome = Outcome(parameters: parameters)
    for round in 1...settings.epochs {
      local.run(&parameters, epochs: settings.localEpochs, rate: rate(round))
      let sums = ground.validate?.sums(parameters, problem, workers: task.workers)
      if let sums, sums.weight > 0 {
        if let best = outcome.bestLoss, best <= sums.loss { continue }
        outcome.bestLoss = sums.loss
      }
      outcome.parameters = parameters
      outcome.kept = round
    }
    return outcome
  }
}

extension LogisticModel.Round {
  var values: [String: Double] {
    var values = ["learning_rate": learningRate, "weight_change": weightChange]
    values["train_loss"] = trainLoss
    values["validate_loss"] = validateLoss
    values["validate_auc"] = validateAuc
    values["epsilon"] = epsilon
    return values
  }
}
