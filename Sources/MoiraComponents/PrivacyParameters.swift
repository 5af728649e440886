public import MoiraConfig
internal import MoiraModel
internal import MoiraPlan
internal import MoiraPrivacy

public enum PrivacyUnit: String, ParameterChoice {
  case none
  /// One row of one party.
  case example
}

/// `privacy: {unit: example, clip: 1, epsilon: 3}`: differential privacy of the training rows.
public struct PrivacyParameters: ParameterGroupValue {
  public static let shorthand: String? = "unit"

  @Param(
    "Whose presence is hidden: nobody's, or that of each example (row), by DP-SGD at its party.")
  public var unit: PrivacyUnit = .none
  @Param("The L2 norm that a row's gradient is shortened to.", .moreThan(0))
  public var clip: Double = 1
  @Param(
    "The noise's standard deviation as a multiple of clip; empty to find it from epsilon.",
    .atLeast(0.001))
  public var noise: Double?
  @Param(
    "What all rounds together may spend; with noise, training ends when it is spent.", .moreThan(0))
  public var epsilon: Double?
  @Param(
    "The probability with which epsilon may fail; less than one over the number of rows.",
    .moreThan(0), .lessThan(0.1))
  public var delta: Double = 1e-5

  public init() {}
}

extension HomoLR {
  /// What goes together with privacy and what does not.
  func checkPrivacy(_ findings: inout ParameterFindings) {
    guard privacy.unit != .none else { return }
    if privacy.noise == nil, privacy.epsilon == nil {
      findings.error("privacy", "'privacy' needs 'noise' or 'epsilon', but has neither")
    }
    if earlyStop == .diff || earlyStop == .abs {
      findings.error(
        "early_stop",
        "'early_stop' by the loss tells it without noise, so it cannot go with 'privacy'",
        hint: "'early_stop: weight_diff' looks at the weights only")
    }
  }
}

/// What privacy costs a training, from numbers that all parties know.
struct PrivacyPlan: Sendable {
  let mechanism: SubsampledGaussian
  let clipping: Clipping
  let delta: Double
  /// Noisy steps in one round.
  let stepsPerRound: Int
  /// Rounds that are planned and affordable.
  let rounds: Int
  private let accountant: RDPCurve

  /// - Parameters:
  ///   - totalRows: of all parties; a row is in a step with probability batch · parties / rows.
  /// - Throws: `privacy-budget` when not even one round is affordable.
  init?(_ settings: HomoLR, totalRows: Int, clients: Int) throws(Failure) {
    let privacy = settings.privacy
    guard privacy.unit == .example else { return nil }
    let batch = settings.batchSize.rows.map { Double($0 * clients) } ?? Double(totalRows)
    let rate = min(1, batch / Double(totalRows))
    stepsPerRound = settings.localEpochs * Int((1 / rate).rounded(.up))
    let planned = settings.epochs * stepsPerRound
    let noise =
      if let noise = privacy.noise { noise } else {
        try RDPAccountant.calibrate(
          epsilon: privacy.epsilon ?? 1, delta: privacy.delta, sampleRate: rate, steps: planned)
      }
    mechanism = try SubsampledGaussian(noiseMultiplier: noise, sampleRate: rate)
    clipping = try Clipping(norm: privacy.clip)
    delta = privacy.delta
    accountant = RDPCurve(mechanism)
    guard let epsilon = privacy.epsilon else {
      rounds = settings.epochs
      return
    }
    let budget = try PrivacyBudget(epsilon: epsilon, delta: privacy.delta, mechanism: mechanism)
    rounds = min(settings.epochs, budget.affordableSteps / stepsPerRound)
    guard rounds > 0 else {
      throw Failure(
        "privacy-budget",
        "one round must cost at most 'privacy.epsilon', but \(epsilon) is less than it costs",
        hint: "more 'noise', a smaller 'batch_size' or a larger 'epsilon'")
    }
  }

  /// ε after so many rounds.
  func epsilon(after rounds: Int) throws(Failure) -> Double {
    var spent = RDPAccountant()
    try spent.add(accountant, steps: rounds * stepsPerRound)
    return try spent.epsilon(delta: delta)
  }

  func summary() throws(Failure) -> String {
    let spent = try epsilon(after: rounds)
    let hundredths = (spent * 100).rounded(.up) / 100
    return
      "differential privacy of each row: epsilon \(hundredths) at delta \(delta) "
      + "(clip \(clipping.norm), noise \(mechanism.noiseMultiplier), sampling rate \(mechanism.sampleRate)); "
      + "the number of rows is not hidden"
  }
}
