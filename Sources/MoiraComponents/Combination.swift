internal import MoiraCrypto
internal import MoiraKit
internal import MoiraMath
internal import MoiraModel
internal import MoiraPrivacy

/// How the parties' updates become one.
enum Combination: Sendable {
  /// A mean by weights, of which nobody sees more than the sum.
  case mean
  /// A mean of shortened updates, with noise.
  case noisy(UpdateGaussian, isCentral: Bool)
  /// A mean of some coordinates at a time.
  case sparse
  /// A rule over updates that the arbiter sees.
  case visible(RobustRule)

  /// - Throws: `updates-hidden` when the rule needs to see what the protection hides,
  ///   `robust-parties` when it needs more parties.
  init(
    _ settings: HomoLR, _ privacy: PrivacyPlan?, protection: any SumProtection,
    in task: some TaskContext
  ) throws(Failure) {
    if let updates = privacy?.updates {
      self = .noisy(updates, isCentral: privacy?.unit == .central)
    } else if settings.sparsify.isOn {
      self = .sparse
    } else if settings.aggregationRule.method != .mean {
      let rule = settings.aggregationRule.rule
      try Self.check(rule, protection: protection, in: task)
      self = .visible(rule)
    } else {
      self = .mean
    }
  }

  private static func check(
    _ rule: RobustRule, protection: any SumProtection, in task: some TaskContext
  ) throws(Failure) {
    guard protection.showsSummands else {
      throw Failure(
        "updates-hidden",
        "'aggregation_rule: \(rule.name)' needs to see each party's update, but the protection of '\(task.task)' shows only their sum",
        hint:
          "'aggregation_rule: mean', or an encryptor with 'method: none' where the arbiter may see all"
      )
    }
    guard task.clients.count >= rule.leastVectors else {
      throw Failure(
        "robust-parties",
        "'aggregation_rule: \(rule.name)' needs at least \(rule.leastVectors) parties with rows, but \(task.clients.count) take part",
        hint: "a smaller 'aggregation_rule.byzantine' or 'selected', or 'median'")
    }
  }
}

extension LogisticTraining {
  /// One update of all parties'; nil where none of them has any weight. The arbiter passes nil.
  mutating func combine(_ own: WeightedUpdate?, name: String) async throws -> [Double]? {
    let update = own.map(prepared)
    switch combination {
    case .mean: return try await mean(of: update, name: name)
    case .sparse: return try await sparseMean(of: update, name: name)
    case .visible(let rule):
      return try await pool.combineVisible(
        update, rule, count: problem.parameterCount, name: name)
    case .noisy(let gaussian, let isCentral):
      var generator = generator
      return try await pool.noisyMean(
        of: update?.mean, gaussian, isCentral: isCentral, name: name, using: &generator)
    }
  }

  /// The update with the weight that the party has, shortened if that is asked for.
  private func prepared(_ own: WeightedUpdate) -> WeightedUpdate {
    var update = own
    if settings.usualWeighting == .equal { update = own.equallyWeighted }
    if let norm = settings.clipUpdate { update.clip(to: norm) }
    return update
  }
}

extension WeightedUpdate {
  /// What is weighted; zeros where the weight is 0.
  var mean: [Double] { weight > 0 ? values.map { $0 / weight } : values.map { _ in 0 } }

  /// The same for each party that has rows.
  var equallyWeighted: WeightedUpdate { WeightedUpdate(values: mean, weight: weight > 0 ? 1 : 0) }

  /// Shortens what is weighted to an L2 norm; leaves alone what is no number.
  mutating func clip(to norm: Double) {
    guard values.allSatisfy(\.isFinite), let clipping = try? Clipping(norm: norm) else { return }
    let (shortened, wasClipped) = clipping.clipped(mean)
    guard wasClipped else { return }
    let weight = weight
    values = shortened.map { $0 * weight }
    isClipped = true
  }
}
