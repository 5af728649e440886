// swift-format-ignore-file
// Made by 'moira generate'.

/// Sums up each numeric feature: of a party's own rows, and of all rows together.
public struct Statistics: ScriptStep {
  public let task: ScriptTask

  /// The summaries.
  public var statistics: ScriptWire { task.output("statistics") }

  /// - Parameters:
  ///   - data: The rows to sum up.
  ///   - protection: Keys that hide what is summed; agreed anew, unless wired.
  ///   - quantiles: Which quantiles, each from 0 to 1.
  ///   - bins: Bins of the histograms that pooled quantiles come from: more are finer.
  ///   - pooled: Whether figures of all parties' rows are found too; without, nothing leaves a party.
  ///   - ddof: What the divisor of variance and deviation lacks of the count.
  ///   - bias: Whether skewness and kurtosis are those of the rows, or estimates without bias.
  ///   - skipCol: Columns to leave out.
  public init(
    _ taskID: String,
    data: ScriptWire? = nil,
    protection: ScriptWire? = nil,
    quantiles: [Double]? = nil,
    bins: Int? = nil,
    pooled: Bool? = nil,
    ddof: Int? = nil,
    bias: Bool? = nil,
    skipCol: [String]? = nil
  ) {
    task = ScriptTask(
      taskID, "statistics",
      [("data", data), ("protection", protection)],
      [("quantiles", quantiles), ("bins", bins), ("pooled", pooled), ("ddof", ddof), ("bias", bias), ("skip_col", skipCol)])
  }
}
