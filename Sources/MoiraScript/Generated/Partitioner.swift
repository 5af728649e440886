// swift-format-ignore-file
// Made by 'moira generate'.

/// Splits a party's rows into those for training, validation and testing.
public struct Partitioner: ScriptStep {
  public let task: ScriptTask

  /// Rows to train on.
  public var train: ScriptWire { task.output("train") }
  /// Rows to choose a round by; only when 'validate' is given.
  public var validate: ScriptWire { task.output("validate") }
  /// Rows to test on; only when 'test' or 'folds' is given.
  public var test: ScriptWire { task.output("test") }

  /// - Parameters:
  ///   - data: The rows to split.
  ///   - train: Rows to train on: a share below 1, or a number of rows. All others, unless given.
  ///   - validate: Rows to choose a round by: a share below 1, or a number of rows.
  ///   - test: Rows to test on: a share below 1, or a number of rows.
  ///   - stratified: Whether every side gets the same share of each label value.
  ///   - seed: What the choice of rows follows from, with their ids.
  ///   - folds: Into how many folds the rows are dealt, for cross-validation.
  ///   - fold: Which fold is for testing, from 0; the others are for training.
  public init(
    _ taskID: String,
    data: ScriptWire? = nil,
    train: Double? = nil,
    validate: Double? = nil,
    test: Double? = nil,
    stratified: Bool? = nil,
    seed: Int? = nil,
    folds: Int? = nil,
    fold: Int? = nil
  ) {
    task = ScriptTask(
      taskID, "partitioner",
      [("data", data)],
      [("train", train), ("validate", validate), ("test", test), ("stratified", stratified), ("seed", seed), ("folds", folds), ("fold", fold)])
  }
}
