internal import MoiraMath

extension EvaluationSums {
  /// All metrics that follow.
  ///
  /// - Parameter exact: the curve of the scores themselves; without it AUC, KS and the curves come
  ///   from the histogram, with their binning errors.
  func metrics(exact: ScoreCurve? = nil) -> EvaluationReport.MetricSet {
    switch self {
    case .binary(let loss, let weight, let confusion, let histogram):
      return binary(loss, weight, confusion, histogram, exact)
    case .multi(let loss, let weight, let confusion): return multi(loss, weight, confusion)
    case .regression(let sums):
      var set = EvaluationReport.MetricSet()
      set.values["mse"] = sums.meanSquaredError
      set.values["rmse"] = sums.rootMeanSquaredError
      set.values["mae"] = sums.meanAbsoluteError
      set.values["r2"] = sums.r2
      set.values["rows"] = sums.weight
      return set
    }
  }

  private func binary(
    _ loss: Double, _ weight: Double, _ confusion: Confusion, _ histogram: ScoreHistogram,
    _ exact: ScoreCurve?
  ) -> EvaluationReport.MetricSet {
    var set = EvaluationReport.MetricSet()
    set.values["rows"] = weight
    if weight > 0 { set.values["log_loss"] = loss / weight }
    set.values["accuracy"] = confusion.accuracy
    set.values["precision"] = confusion.precision
    set.values["recall"] = confusion.recall
    set.values["specificity"] = confusion.specificity
    set.values["f1"] = confusion.f1
    set.confusion = [
      [confusion.trueNegatives, confusion.falsePositives],
      [confusion.falseNegatives, confusion.truePositives],
    ]
    let curve = exact ?? histogram.curve
    set.values["auc"] = exact?.auc ?? histogram.auc?.value
    set.values["ks"] = exact?.ks ?? histogram.ks?.value
    if exact == nil {
      set.errors["auc"] = histogram.auc?.error
      set.errors["ks"] = histogram.ks?.error
    }
    set.values["average_precision"] = curve.averagePrecision
    if let best = curve.bestF1 {
      set.values["best_f1"] = best.f1
      set.values["best_f1_threshold"] = best.threshold
      if let place = curve.thresholds.firstIndex(of: best.threshold) {
        let there = curve.confusion(at: place)
        set.values["best_f1_accuracy"] = there.accuracy
        set.values["best_f1_precision"] = there.precision
        set.values["best_f1_recall"] = there.recall
      }
    }
    set.curves = EvaluationReport.Curves(curve)
    return set
  }

  private func multi(
    _ loss: Double, _ weight: Double, _ confusion: ClassConfusion
  ) -> EvaluationReport.MetricSet {
    var set = EvaluationReport.MetricSet()
    set.values["rows"] = weight
    if weight > 0 { set.values["log_loss"] = loss / weight }
    set.values["accuracy"] = confusion.accuracy
    for (name, average) in [
      ("macro", confusion.scores(.macro)), ("weighted", confusion.scores(.weighted)),
    ] {
      set.values["\(name)_precision"] = average?.precision
      set.values["\(name)_recall"] = average?.recall
      set.values["\(name)_f1"] = average?.f1
    }
    set.confusion = (0..<confusion.classCount).map { truth in
      (0..<confusion.classCount).map { confusion[truth: truth, prediction: $0] }
    }
    return set
  }
}

extension EvaluationReport.Curves {
  init(_ curve: ScoreCurve) {
    roc = Self.thinned(curve.rocPoints).map { [$0.falsePositiveRate, $0.truePositiveRate] }
    precisionRecall = Self.thinned(curve.prPoints).map { [$0.recall, $0.precision] }
    lift = curve.liftPoints().map { [$0.depth, $0.gain, $0.lift] }
  }

  /// Evenly spaced, the first and the last among them.
  private static func thinned<Point>(_ points: [Point]) -> [Point] {
    guard points.count > pointLimit else { return points }
    return (0..<pointLimit).map { points[$0 * (points.count - 1) / (pointLimit - 1)] }
  }
}
