internal import MoiraModel
internal import MoiraPrivacy

/// What privacy costs a training, from numbers that all parties know.
struct PrivacyPlan: Sendable {
  /// Who takes part, and in what.
  struct Ground: Sendable {
    /// Rows of all parties.
    let totalRows: Int
    let clients: Int
    /// How many clients any sum has at least.
    let leastSummed: Int
    /// How many values an update has.
    let dimension: Int
    /// Sums of gradients in one round, when gradients are aggregated.
    let gradientSteps: Int
  }

  enum Mechanism: Sendable {
    case rows(SubsampledGaussian)
    case updates(UpdateGaussian)

    var noiseMultiplier: Double {
      switch self {
      case .rows(let gaussian): gaussian.noiseMultiplier
      case .updates(let gaussian): gaussian.noiseMultiplier
      }
    }

    var curve: RDPCurve {
      switch self {
      case .rows(let gaussian): RDPCurve(gaussian)
      case .updates(let gaussian): RDPCurve(gaussian)
      }
    }
  }

  let unit: PrivacyUnit
  let mechanism: Mechanism
  let clipping: Clipping
  let delta: Double
  /// Noisy steps in one round.
  let stepsPerRound: Int
  /// Rounds that are planned and affordable.
  let rounds: Int
  private let curve: RDPCurve
  private let ground: Ground

  /// - Throws: `privacy-budget` when not even one round is affordable, `privacy-unreachable`,
  ///   `privacy-out-of-range`.
  init?(_ settings: HomoLR, _ ground: Ground) throws(Failure) {
    let privacy = settings.privacy
    guard privacy.unit != .none else { return nil }
    self.ground = ground
    unit = privacy.unit
    clipping = try Clipping(norm: privacy.clip)
    delta = privacy.delta
    let rate = Self.rowRate(settings, ground)
    stepsPerRound =
      if unit == .example {
        settings.localEpochs * Int((1 / rate).rounded(.up))
      } else {
        settings.aggregation == .model ? 1 : ground.gradientSteps
      }
    mechanism = try Self.mechanism(
      privacy, ground, rate: rate, steps: settings.epochs * stepsPerRound)
    curve = mechanism.curve
    rounds = try Self.rounds(
      privacy, curve: curve, planned: settings.epochs, stepsPerRound: stepsPerRound)
  }

  /// A row is in a step with probability batch · parties / rows.
  private static func rowRate(_ settings: HomoLR, _ ground: Ground) -> Double {
    let batch = settings.batchSize.rows.map { Double($0 * ground.clients) }
    return min(1, (batch ?? Double(ground.totalRows)) / Double(ground.totalRows))
  }

  private static func mechanism(
    _ privacy: PrivacyParameters, _ ground: Ground, rate: Double, steps: Int
  ) throws(Failure) -> Mechanism {
    let (epsilon, delta) = (privacy.epsilon ?? 1, privacy.delta)
    guard privacy.unit.hidesUpdates else {
      let noise =
        if let noise = privacy.noise { noise } else {
          try RDPAccountant.calibrate(
            epsilon: epsilon, delta: delta, sampleRate: rate, steps: steps)
        }
      return .rows(try SubsampledGaussian(noiseMultiplier: noise, sampleRate: rate))
    }
    let make = { (noise: Double) throws(Failure) -> UpdateGaussian in
      if privacy.unit == .central {
        return try .central(
          noiseMultiplier: noise, clip: privacy.clip, dimension: ground.dimension)
      }
      return try .distributed(
        noiseMultiplier: noise, clip: privacy.clip, leastParties: ground.leastSummed,
        parties: ground.clients, dimension: ground.dimension)
    }
    if let noise = privacy.noise { return .updates(try make(noise)) }
    // Found for a single Gaussian; what a sum of many costs more is some 10⁻¹⁶ of it.
    let noise = try RDPAccountant.calibrate(
      epsilon: epsilon * (1 - 1e-9), delta: delta, sampleRate: 1, steps: steps)
    return .updates(try make(noise))
  }

  private static func rounds(
    _ privacy: PrivacyParameters, curve: RDPCurve, planned: Int, stepsPerRound: Int
  ) throws(Failure) -> Int {
    guard let epsilon = privacy.epsilon else { return planned }
    let budget = try PrivacyBudget(epsilon: epsilon, delta: privacy.delta, curve: curve)
    let rounds = min(planned, budget.affordableSteps / stepsPerRound)
    guard rounds > 0 else {
      throw Failure(
        "privacy-budget",
        "one round must cost at most 'privacy.epsilon', but \(epsilon) is less than it costs",
        hint: "more 'noise', a smaller 'batch_size' or a larger 'epsilon'")
    }
    return rounds
  }

  /// The noise of the parties' updates; nil where rows are hidden.
  var updates: UpdateGaussian? {
    if case .updates(let gaussian) = mechanism { gaussian } else { nil }
  }

  /// ε after so many rounds.
  func epsilon(after rounds: Int) throws(Failure) -> Double {
    var spent = RDPAccountant()
    try spent.add(curve, steps: rounds * stepsPerRound)
    return try spent.epsilon(delta: delta)
  }

  /// What has been spent, for the report; rounded up.
  func spent(_ epsilon: Double) -> String {
    "\((epsilon * 100).rounded(.up) / 100) at delta \(delta)"
  }

  func summary() throws(Failure) -> String {
    let spent = try epsilon(after: rounds)
    let hundredths = (spent * 100).rounded(.up) / 100
    let cost =
      "epsilon \(hundredths) at delta \(delta) "
      + "(clip \(clipping.norm), noise \(mechanism.noiseMultiplier)"
    switch (unit, mechanism) {
    case (.central, _):
      return
        "differential privacy of each party's update: \(cost)); the arbiter adds the noise and "
        + "is trusted to, and to tell nobody the sum without it; row counts and labels are not hidden"
    case (.distributed, _):
      return
        "differential privacy of each party's update: \(cost)); each party adds its share of the "
        + "noise, enough for \(ground.leastSummed) of \(ground.clients) parties, so nobody is trusted "
        + "with a sum without it; parties that collude know their own shares; row counts and labels "
        + "are not hidden"
    case (_, .rows(let gaussian)):
      return
        "differential privacy of each row: \(cost), sampling rate \(gaussian.sampleRate)); each "
        + "party adds the noise to what leaves it; the number of rows is not hidden"
    case (_, .updates):
      return "differential privacy: \(cost))"
    }
  }
}
