// swift-format-ignore-file
// Made by 'moira generate'.

/// Scales features alike at all parties, by figures of the pooled rows.
public struct FeatureScale: ScriptStep {
  public let task: ScriptTask

  /// The rows, scaled.
  public var table: ScriptWire { task.output("table") }
  /// What was done, to be applied to other rows.
  public var scaler: ScriptWire { task.output("scaler") }

  /// - Parameters:
  ///   - data: The rows to scale.
  ///   - protection: Keys that hide what is summed; agreed anew, unless wired.
  ///   - givenScaler: A scaler to apply as it is; nothing is summed then.
  ///   - method: To mean 0 and deviation 1 (standard), or to a range (min_max).
  ///   - featureRange: Where min_max puts the least and the greatest value: one range for all, or a range by feature, [0, 1] for those without.
  ///   - scaleCol: The numeric features to scale. Empty takes all.
  ///   - scaleIdx: The features to scale by their places among the table's features, from 0, in place of 'scale_col'.
  ///   - strictRange: Whether min_max moves values beyond the range, of later rows, to its ends.
  ///   - pooled: Whether all parties scale alike; without, each by its own rows or its own given scaler, and nothing leaves a party.
  ///   - missing: Whether missing values stay (keep) or become the pooled mean (mean).
  public init(
    _ taskID: String,
    data: ScriptWire? = nil,
    protection: ScriptWire? = nil,
    givenScaler: ScriptWire? = nil,
    method: String? = nil,
    featureRange: ScriptValue? = nil,
    scaleCol: [String]? = nil,
    scaleIdx: [Int]? = nil,
    strictRange: Bool? = nil,
    pooled: Bool? = nil,
    missing: String? = nil
  ) {
    task = ScriptTask(
      taskID, "feature_scale",
      [("data", data), ("protection", protection), ("given_scaler", givenScaler)],
      [("method", method), ("feature_range", featureRange), ("scale_col", scaleCol), ("scale_idx", scaleIdx), ("strict_range", strictRange), ("pooled", pooled), ("missing", missing)])
  }
}
