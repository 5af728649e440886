public import MoiraConfig
internal import MoiraMath
internal import MoiraPlan

/// How much a party counts in a mean.
public enum Weighting: String, ParameterChoice {
  /// As much as its rows weigh.
  case rows
  /// As much as any other that has rows.
  case equal
}

public enum RuleMethod: String, ParameterChoice {
  case mean, median
  case trimmedMean = "trimmed_mean"
  case krum
}

/// `aggregation_rule: median` or `aggregation_rule: {method: krum, byzantine: 1}`.
public struct RuleParameters: ParameterGroupValue {
  public static let shorthand: String? = "method"

  @Param(
    "How one update is made of the parties' updates; all but mean withstand false ones, and need to see each: 'encryptor: {method: none}'."
  )
  public var method: RuleMethod = .mean
  @Param(
    "trimmed_mean: the share of the least and of the greatest values that is left out.",
    .atLeast(0), .lessThan(0.5))
  public var trim: Double = 0.2
  @Param(
    "krum: how many parties may be false; 2 * byzantine + 3 parties are needed.", .atLeast(0),
    .atMost(1000))
  public var byzantine: Int = 1
  @Param("krum: how many of the best updates are averaged.", .atLeast(1), .atMost(1000))
  public var selected: Int = 1

  public init() {}

  var rule: RobustRule {
    switch method {
    case .mean: .mean
    case .median: .median
    case .trimmedMean: .trimmedMean(fraction: trim)
    case .krum: .krum(byzantine: byzantine, selected: selected)
    }
  }
}

public enum IndexMethod: String, ParameterChoice {
  /// Drawn from the seed, by all parties alike.
  case shared
  /// The union of the parties' own largest, found by a masked sum and known to all.
  case union
}

/// `sparsify: {keep: 0.1, index: shared}`.
public struct SparsifyParameters: ParameterGroupValue {
  public static let shorthand: String? = "keep"

  @Param(
    "The share of an update's values that is sent in a round; the rest waits at its party. 1 sends all.",
    .moreThan(0), .atMost(1))
  public var keep: Double = 1
  @Param(
    "Which values: drawn from the seed, the same for all (shared), or the union of the parties' largest (union)."
  )
  public var index: IndexMethod = .shared

  public init() {}

  var isOn: Bool { keep < 1 }
}

extension HomoLR {
  /// What goes together with sparse updates and robust rules, and what does not.
  func checkUpdates(_ findings: inout ParameterFindings) {
    checkSparse(&findings)
    checkRule(&findings)
    if aggregation == .gradient, privacy.unit == .none, let rows = batchSize.rows, rows < minBatch {
      findings.error(
        "batch_size",
        "'batch_size' must be at least 'min_batch' = \(minBatch) when gradients are aggregated, but is \(rows)",
        hint: "the gradient of a single row is the row; a larger batch, or 'privacy'")
    }
  }

  private func checkSparse(_ findings: inout ParameterFindings) {
    guard sparsify.isOn else { return }
    if privacy.unit != .none {
      findings.error(
        "sparsify",
        "'sparsify' keeps what 'privacy' clips away for later rounds, so they cannot go together",
        hint: "leave one of them out")
    }
    if aggregation == .gradient, penalty == .l1 {
      findings.error(
        "penalty",
        "'penalty: l1' shrinks all weights in each step, so it cannot go with sparse gradients",
        hint: "'penalty: l2', or 'aggregation: model'")
    }
    if aggregationRule.method != .mean {
      findings.error(
        "sparsify", "'sparsify' goes with 'aggregation_rule: mean' only",
        hint: "leave one of them out")
    }
  }

  private func checkRule(_ findings: inout ParameterFindings) {
    guard aggregationRule.method != .mean else { return }
    let name = aggregationRule.method.rawValue
    if privacy.unit.hidesUpdates {
      findings.error(
        "aggregation_rule",
        "'aggregation_rule: \(name)' needs to see each party's update, which 'privacy.unit: \(privacy.unit.rawValue)' hides",
        hint: "'aggregation_rule: mean', or 'privacy.unit: example'")
    }
    if weighting == .rows {
      findings.error(
        "weighting",
        "'weighting: rows' cannot go with 'aggregation_rule: \(name)': a false party would claim many rows",
        hint: "leave 'weighting' out: each party then counts the same")
    }
  }
}
