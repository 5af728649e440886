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
    let outcome = try await training.trainRounds(ground)
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

  private mutating func trainRounds(_ ground: ClientGround) async throws -> Outcome {
    var parameters = ground.start
    var outcome = Outcome(parameters: parameters)
    var local = localTraining(ground)
    var descent = descent()
    var hidden = try privacy.map {
      try PrivateGradient(ground.train, problem, $0, party: task.party, workers: task.workers)
    }
    for round in 1...rounds {
      let before = parameters
      switch settings.aggregation {
      case .model: try await averageModels(&parameters, &local, &hidden, &descent, round)
      case .gradient: try await sumGradients(&parameters, &local, &hidden, &descent, round)
      }
      let record = try await record(round, parameters, before: before, ground)
      let last = outcome.history.last
      outcome.history.append(record)
      keep(parameters, record, in: &outcome)
      if try await isOver(record, after: last) { break }
    }
    return outcome
  }

  private func descent() -> Descent {
    Descent(
      problem, penalty: settings.penalty.penalty, alpha: settings.alpha,
      optimizer: settings.optimizer.optimizer)
  }

  /// Each party draws its own order of rows from the common seed and its own name.
  private func localTraining(_ ground: ClientGround) -> LocalTraining {
    let seed = XXHash64.hash(task.party.text, seed: UInt64(bitPattern: Int64(settings.seed)))
    var size = settings.batchSize.rows
    if settings.aggregation == .gradient, size != nil {
      size = max(1, (ground.train.count + steps - 1) / steps)
    }
    return LocalTraining(
      ground.train, descent: descent(), batchSize: size, seed: seed, workers: task.workers)
  }

  // MARK: Aggregation

  /// FedAvg: Σ nᵢ wᵢ / Σ nᵢ. Multiplied by the row weight before it is rounded.
  private mutating func averageModels(
    _ parameters: inout [Double], _ local: inout LocalTraining, _ hidden: inout PrivateGradient?,
    _ descent: inout Descent, _ round: Int
  ) async throws {
    let start = parameters
    if hidden != nil {
      descend(&parameters, &hidden, &descent, round)
    } else {
      local.run(&parameters, epochs: settings.localEpochs, rate: rate(round))
    }
    let weight = local.rows.weightSum / scale
    let own = WeightedUpdate(values: parameters.map { $0 * weight }, weight: weight)
    parameters = try await mean(of: own, name: "model") ?? start
  }

  /// A round of steps on this party's rows alone, each with noise.
  private func descend(
    _ parameters: inout [Double], _ hidden: inout PrivateGradient?, _ descent: inout Descent,
    _ round: Int
  ) {
    for _ in 0..<steps {
      guard let rows = hidden?.expectedRows, rows > 0, let sum = hidden?.next(parameters) else {
        return
      }
      descent.step(&parameters, gradient: sum.map { $0 / rows }, rate: rate(round))
    }
  }

  /// The sums of one step over this party's rows.
  private func stepSums(
    _ parameters: [Double], _ local: inout LocalTraining, _ hidden: inout PrivateGradient?
  ) -> WeightedUpdate {
    if let rows = hidden?.expectedRows, let sum = hidden?.next(parameters) {
      return WeightedUpdate(values: sum.map { $0 / scale }, weight: rows / scale)
    }
    let sums =
      settings.batchSize.rows == nil
      ? local.rows.sums(parameters, problem, workers: task.workers)
      : local.nextSums(parameters) ?? .zero(outputs: problem.outputs, columns: problem.columns)
    return WeightedUpdate(
      values: (sums.weights + sums.intercepts).map { $0 / scale }, weight: sums.weight / scale)
  }

  /// FedSGD: each step's gradient is that of the pooled batch.
  private mutating func sumGradients(
    _ parameters: inout [Double], _ local: inout LocalTraining, _ hidden: inout PrivateGradient?,
    _ descent: inout Descent, _ round: Int
  ) async throws {
    if hidden == nil, settings.batchSize.rows != nil { local.startEpoch() }
    for _ in 0..<steps {
      let own = stepSums(parameters, &local, &hidden)
      guard let gradient = try await mean(of: own, name: "gradient") else { continue }
      descent.step(&parameters, gradient: gradient, rate: rate(round))
    }
    local.endEpoch()
  }

  // MARK: Rounds

  private mutating func record(
    _ round: Int, _ parameters: [Double], before: [Double], _ ground: ClientGround
  ) async throws -> LogisticModel.Round {
    var measured = Measurement()
    if isEvaluated(round) {
      measured = try await measure((ground.train, ground.validate, parameters))
    }
    var change = 0.0
    for place in parameters.indices {
      let difference = parameters[place] - before[place]
      change += difference * difference
    }
    let record = LogisticModel.Round(
      round: round, learningRate: rate(round), trainLoss: measured.trainLoss,
      validateLoss: measured.validateLoss, validateAuc: measured.validateAUC,
      weightChange: change.squareRoot(), epsilon: try privacy?.epsilon(after: round))
    task.report(.progress(done: round, total: rounds))
    if task.party == task.clients.first {
      task.report(.metrics(step: round, values: record.values))
    }
    guard parameters.allSatisfy(\.isFinite) else {
      throw Failure(
        "training-diverged", "the weights must stay finite, but did not in round \(round)",
        hint: "a smaller 'learning_rate', or a feature_scale task before")
    }
    return record
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

  private func isOver(
    _ record: LogisticModel.Round, after last: LogisticModel.Round?
  ) async throws -> Bool {
    guard settings.earlyStop != .none, record.round < rounds else { return false }
    let isConverged = isConverged(record, after: last)
    if task.party == task.clients.first, let arbiter = task.arbiter {
      try await task.send(RoundDecision(goesOn: !isConverged), to: arbiter)
    }
    if isConverged { task.log("early stop after round \(record.round)") }
    return isConverged
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
