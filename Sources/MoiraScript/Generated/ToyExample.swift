// swift-format-ignore-file
// Made by 'moira generate'.

/// Tells whether guest and hosts reach each other, by adding numbers in shares.
public struct ToyExample: ScriptStep {
  public let task: ScriptTask

  /// - Parameters:
  ///   - count: How many numbers each party has.
  public init(
    _ taskID: String,
    count: Int? = nil
  ) {
    task = ScriptTask(
      taskID, "toy_example",
      [],
      [("count", count)])
  }
}
