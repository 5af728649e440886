public import MoiraConfig
internal import MoiraModel
internal import MoiraPlan
internal import MoiraPrivacy

public enum PrivacyUnit: String, ParameterChoice {
  case none
  /// One row of one party.
  case example
  /// One party's whole update; the arbiter adds the noise.
  case central
  /// One party's whole update; each party adds a share of the noise.
  case distributed

  /// Whether it is the parties' updates that are clipped and hidden.
  var hidesUpdates: Bool { self == .central || self == .distributed }
}

/// `privacy: {unit: example, clip: 1, epsilon: 3}`: differential privacy of the training rows.
public struct PrivacyParameters: ParameterGroupValue {
  public static let shorthand: String? = "unit"

  @Param(
    "Whose presence is hidden: nobody's; that of each row, by DP-SGD at its party (example); or that of a party's whole update, by noise that the arbiter adds once (central) or each party a share of (distributed)."
  )
  public var unit: PrivacyUnit = .none
  @Param(
    "The L2 norm that is shortened to: of a row's gradient (example), or of a party's update (central, distributed).",
    .moreThan(0))
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
    if privacy.unit.hidesUpdates, weighting == .rows {
      findings.error(
        "weighting",
        "'weighting: rows' would let a party with more rows outweigh the noise, so it cannot go with 'privacy.unit: \(privacy.unit.rawValue)'",
        hint: "leave 'weighting' out: each party then counts the same")
    }
    if privacy.unit.hidesUpdates, clipUpdate != nil {
      findings.error(
        "clip_update",
        "'clip_update' and 'privacy.clip' both shorten a party's update, so only one can be set",
        hint: "leave 'clip_update' out")
    }
  }
}
