internal import MoiraKit
internal import MoiraMath
internal import MoiraModel
internal import MoiraTable

/// What a client does in a round until it has what all go on from.
extension LogisticTraining {
  /// FedAvg: Σ nᵢ wᵢ / Σ nᵢ. Multiplied by the row weight before it is rounded.
  ///
  /// Where updates are clipped, hidden, sparse or compared, it is what the model has moved by.
  mutating func averageModels(
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
    let sent = sendsMoves ? zip(parameters, start).map { $0 - $1 } : parameters
    let own = WeightedUpdate(values: sent.map { $0 * weight }, weight: weight)
    guard let combined = try await combine(own, name: "model") else {
      parameters = start
      return
    }
    parameters = sendsMoves ? zip(start, combined).map { $0 + $1 } : combined
  }

  /// Whether what goes out in a round is the move from the common model, not the model itself.
  private var sendsMoves: Bool {
    switch combination {
    case .mean: settings.clipUpdate != nil
    case .noisy, .sparse, .visible: true
    }
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

  /// FedSGD: each step's gradient is that of the pooled batch.
  mutating func sumGradients(
    _ parameters: inout [Double], _ local: inout LocalTraining, _ hidden: inout PrivateGradient?,
    _ descent: inout Descent, _ round: Int
  ) async throws {
    if hidden == nil, settings.batchSize.rows != nil { local.startEpoch() }
    for _ in 0..<steps {
      let own = stepSums(parameters, &local, &hidden)
      guard let gradient = try await combine(own, name: "gradient") else { continue }
      descent.step(&parameters, gradient: gradient, rate: rate(round))
    }
    local.endEpoch()
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
    var update = WeightedUpdate(
      values: (sums.weights + sums.intercepts).map { $0 / scale }, weight: sums.weight / scale)
    if sparse != nil, settings.penalty == .l2 {
      for place in 0..<problem.weightCount {
        update.values[place] += update.weight * settings.alpha * parameters[place]
      }
    }
    return update
  }

  /// Refuses to send what comes from fewer rows than `min_batch`.
  ///
  /// A linear model's gradient over one row is residual · (x, 1), so its quotients are the row. What
  /// others add under masks may be nothing, so each party looks at its own rows alone.
  /// - Throws: `batch-too-small`.
  func checkBatches(_ rows: TrainingRows) throws(Failure) {
    guard privacy == nil, rows.count > 0 else { return }
    var least = rows.count
    if settings.aggregation == .gradient, settings.batchSize.rows != nil {
      least = BatchOrder(rowCount: rows.count, parts: steps, seed: 0).leastRows
    }
    guard least >= settings.minBatch else {
      throw Failure(
        "batch-too-small",
        "what a party sends must come from at least 'min_batch' = \(settings.minBatch) rows, but some of what \(task.party) would send comes from fewer",
        hint: "a larger 'batch_size', more rows at \(task.party), or 'privacy'")
    }
  }
}
