internal import MoiraKit
internal import MoiraModel
internal import MoiraTable

extension LogisticTraining {
  /// The arbiter's part: takes part in every sum, and learns the sums.
  static func arbitrate(_ settings: HomoLR, in task: Member) async throws {
    let schema = try await agreeSchema(nil, in: task)
    let agreed = try await LabelAgreement.arbitrate(in: task)
    let pool = try await Pool(settings.protection, in: task)
    let problem = LogisticProblem(
      columns: schema.numericFeatures.count, classes: agreed.classes.count,
      fitIntercept: settings.initParam.fitIntercept)
    var training = try await LogisticTraining(
      settings, in: task, problem: problem, validates: agreed.validates, rows: nil, pool: pool)
    try await training.arbitrateRounds()
  }

  private mutating func arbitrateRounds() async throws {
    for round in 1...rounds {
      switch settings.aggregation {
      case .model: _ = try await combine(nil, name: "model")
      case .gradient:
        for _ in 0..<steps { _ = try await combine(nil, name: "gradient") }
      }
      if isEvaluated(round) { _ = try await measure(round, nil) }
      task.report(.progress(done: round, total: rounds))
      if settings.earlyStop != .none, round < rounds, try await isStopped(nil) { return }
    }
  }
}
