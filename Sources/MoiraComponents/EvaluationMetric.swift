public import MoiraConfig

/// What an evaluation can report: figures, the table of confusion, and curves.
public enum EvaluationMetric: String, ParameterChoice, Codable, Sendable {
  case accuracy, precision, recall, specificity, f1, auc, ks, lift, confusion, roc
  case mse, rmse, mae, r2
  case logLoss = "log_loss"
  case averagePrecision = "average_precision"
  /// With its threshold, and what holds there.
  case bestF1 = "best_f1"
  case precisionRecall = "precision_recall"
  case macroPrecision = "macro_precision"
  case macroRecall = "macro_recall"
  case macroF1 = "macro_f1"
  case weightedPrecision = "weighted_precision"
  case weightedRecall = "weighted_recall"
  case weightedF1 = "weighted_f1"

  /// Whether a figure of that name belongs to it.
  func covers(_ name: String) -> Bool {
    name == rawValue || self == .bestF1 && name.hasPrefix("best_f1_")
  }
}

extension EvaluationReport {
  /// Without what is not among the metrics; as it is, where none are named.
  func keeping(_ metrics: [EvaluationMetric]) -> EvaluationReport {
    if metrics.isEmpty { return self }
    var kept = self
    kept.own = own.keeping(metrics)
    kept.pooled = pooled?.keeping(metrics)
    kept.baselines = baselines?.mapValues { $0.keeping(metrics) }
    return kept
  }
}

extension EvaluationReport.Comparison {
  fileprivate func keeping(_ metrics: [EvaluationMetric]) -> Self {
    .init(federated: federated.keeping(metrics), local: local?.keeping(metrics))
  }
}

extension EvaluationReport.MetricSet {
  /// How many rows there were is always told: no other figure means much without it.
  fileprivate func keeping(_ metrics: [EvaluationMetric]) -> Self {
    var kept = self
    kept.values = values.filter { entry in
      entry.key == "rows" || metrics.contains { $0.covers(entry.key) }
    }
    kept.errors = errors.filter { entry in metrics.contains { $0.covers(entry.key) } }
    if !metrics.contains(.confusion) { kept.confusion = [] }
    if let curves {
      let few = EvaluationReport.Curves(
        roc: metrics.contains(.roc) ? curves.roc : [],
        precisionRecall: metrics.contains(.precisionRecall) ? curves.precisionRecall : [],
        lift: metrics.contains(.lift) ? curves.lift : [])
      kept.curves = few.roc.isEmpty && few.precisionRecall.isEmpty && few.lift.isEmpty ? nil : few
    }
    return kept
  }
}
