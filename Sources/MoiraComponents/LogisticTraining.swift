internal import MoiraCrypto
internal import MoiraKit
internal import MoiraMath
internal import MoiraModel
internal import MoiraTable

/// The rounds of a `homo_lr` task, as each side sees them.
///
/// Both sides make the same sums in the same order; all that steers them (row count, losses, the
/// weights) is pooled and known to all.
struct LogisticTraining<Member: TaskContext> {
  let settings: HomoLR
  let task: Member
  let problem: LogisticProblem
  let validates: Bool
  /// Training rows of all parties that took part in the first sum.
  let totalRows: Int
  var pool: Pool<Member>

  /// What differential privacy asks for; nil without.
  let privacy: PrivacyPlan?
  /// How the parties' updates become one.
  let combination: Combination
  /// What sparse updates need; nil for dense ones.
  var sparse: SparseState?
  /// How many updates were shortened so far, over all parties.
  var clippedUpdates = 0
  /// The measurement that goes out in the next sum of updates.
  var waiting: WaitingMeasurement?
  /// What came of the one that went out in the last.
  var found: Measurement?
  let generator = BufferedSecureGenerator()

  /// The power of two that row counts are divided by, so that sums stay small: 2^⌈log₂ N⌉.
  ///
  /// It cancels in every mean: each sum is divided by weights of the very same sum, for the next one
  /// may come back over fewer parties.
  let scale: Double
  private let gradientSteps: Int

  init(
    _ settings: HomoLR, in task: Member, problem: LogisticProblem, validates: Bool,
    rows: TrainingRows?, pool: Pool<Member>
  ) async throws {
    self.settings = settings
    self.task = task
    self.problem = problem
    self.validates = validates
    var pool = pool
    let counts = try await pool.sumCounts(
      rows.map { [$0.count, $0.weightSum > 0 ? 1 : 0] }, count: 2, name: "rows")
    totalRows = counts[0]
    guard totalRows > 0 else {
      throw Failure("no-rows", "training needs rows, but all parties together have none")
    }
    guard counts[1] > 0 else {
      throw Failure("no-rows", "training needs rows of positive weight, but all weights are 0")
    }
    scale = Self.powerOfTwo(atLeast: totalRows)
    gradientSteps = Self.gradientSteps(
      settings, totalRows: totalRows, clients: task.clients.count)
    privacy = try PrivacyPlan(
      settings,
      PrivacyPlan.Ground(
        totalRows: totalRows, clients: task.clients.count, leastSummed: pool.leastSummed,
        dimension: problem.parameterCount, gradientSteps: gradientSteps))
    combination = try Combination(settings, privacy, protection: pool.protection, in: task)
    if settings.sparsify.isOn {
      sparse = SparseState(settings, dimension: problem.parameterCount)
    }
    self.pool = pool
    if let privacy { task.report(.protection(try privacy.summary())) }
  }

  /// How many rounds there are at most: those asked for, or those that the budget affords.
  var rounds: Int { privacy?.rounds ?? settings.epochs }

  static func powerOfTwo(atLeast count: Int) -> Double {
    var power = 1
    while power < count { power *= 2 }
    return Double(power)
  }

  func rate(_ round: Int) -> Double {
    settings.learningRateScheduler.schedule(rounds: settings.epochs)
      .rate(base: settings.learningRate, round: round - 1)
  }

  /// With privacy never: a loss without noise would tell of rows.
  func isEvaluated(_ round: Int) -> Bool {
    privacy == nil && (round % settings.evaluateEvery == 0 || round == rounds)
  }

  /// How many steps a round has when gradients are aggregated, or with noise on each row.
  var steps: Int {
    if let privacy, privacy.unit == .example { return privacy.stepsPerRound }
    return gradientSteps
  }

  private static func gradientSteps(_ settings: HomoLR, totalRows: Int, clients: Int) -> Int {
    guard let size = settings.batchSize.rows else { return 1 }
    let perStep = size * clients
    return max(1, (totalRows + perStep - 1) / perStep)
  }

}

extension LogisticTraining {
  /// Whether a round was the last one, by `early_stop`.
  func isConverged(_ round: LogisticModel.Round, after last: LogisticModel.Round?) -> Bool {
    switch settings.earlyStop {
    case .none: return false
    case .weightDiff: return round.weightChange < settings.tol
    case .abs: return round.trainLoss.map { $0 < settings.tol } ?? false
    case .diff:
      guard let new = round.trainLoss, let old = last?.trainLoss else { return false }
      return Swift.abs(new - old) < settings.tol
    }
  }

  /// Whether anybody found the training converged. The arbiter, which cannot tell, passes nil.
  ///
  /// All clients find the same; a sum tells it whoever of them is still there.
  mutating func isStopped(_ isConverged: Bool?) async throws -> Bool {
    let votes = isConverged.map { [$0 ? 1 : 0] }
    return try await pool.sumCounts(votes, count: 1, name: "early_stop")[0] > 0
  }
}
