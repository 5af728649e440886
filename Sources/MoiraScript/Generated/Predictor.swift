// swift-format-ignore-file
// Made by 'moira generate'.

/// Applies a model to a table, and makes a table of predictions.
public struct Predictor: ScriptStep {
  public let task: ScriptTask

  /// Id, label, probability and class of each row.
  public var predictions: ScriptWire { task.output("predictions") }

  /// - Parameters:
  ///   - model: The model to apply.
  ///   - data: The rows to predict; a label is kept if there is one.
  ///   - threshold: Probabilities from here on give the second class (binary models).
  ///   - applyScaling: Whether the model's own scaling is applied to the rows first.
  public init(
    _ taskID: String,
    model: ScriptWire? = nil,
    data: ScriptWire? = nil,
    threshold: Double? = nil,
    applyScaling: Bool? = nil
  ) {
    task = ScriptTask(
      taskID, "predictor",
      [("model", model), ("data", data)],
      [("threshold", threshold), ("apply_scaling", applyScaling)])
  }
}
