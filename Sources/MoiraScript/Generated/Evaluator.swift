// swift-format-ignore-file
// Made by 'moira generate'.

/// Says how well a model does, at each party and over all of them without pooling rows.
public struct Evaluator: ScriptStep {
  public let task: ScriptTask

  /// The metrics of this party and of all together.
  public var metrics: ScriptWire { task.output("metrics") }

  /// - Parameters:
  ///   - data: Rows with labels, which the model has not seen.
  ///   - model: The model to evaluate; not needed when 'prediction' names a column of predictions.
  ///   - baseline: The model of this party's rows alone, to compare with.
  ///   - protection: Keys from an encryptor; without, keys are agreed for this task alone.
  ///   - threshold: Probabilities from here on count as the second class.
  ///   - applyScaling: Whether the model's own scaling is applied to the rows first.
  ///   - prediction: The column of 'data' that holds predictions, in place of a model.
  ///   - predictionForm: What the column of predictions holds: probabilities of the second class, or values.
  ///   - shareBaselines: Whether the parties show one another their baselines, so that each is scored on the rows of all. It tells them what a model of one party's rows alone looks like.
  ///   - pooled: Whether metrics of all parties' rows are found too; without, nothing leaves a party.
  ///   - reported: The metrics to report, beside how many rows there were; empty reports all.
  public init(
    _ taskID: String,
    data: ScriptWire? = nil,
    model: ScriptWire? = nil,
    baseline: ScriptWire? = nil,
    protection: ScriptWire? = nil,
    threshold: Double? = nil,
    applyScaling: Bool? = nil,
    prediction: String? = nil,
    predictionForm: String? = nil,
    shareBaselines: Bool? = nil,
    pooled: Bool? = nil,
    reported: [String]? = nil
  ) {
    task = ScriptTask(
      taskID, "evaluator",
      [("data", data), ("model", model), ("baseline", baseline), ("protection", protection)],
      [("threshold", threshold), ("apply_scaling", applyScaling), ("prediction", prediction), ("prediction_form", predictionForm), ("share_baselines", shareBaselines), ("pooled", pooled), ("reported", reported)])
  }
}
