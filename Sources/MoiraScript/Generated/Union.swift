// swift-format-ignore-file
// Made by 'moira generate'.

/// Puts the rows of two of a party's tables below one another.
public struct Union: ScriptStep {
  public let task: ScriptTask

  /// The rows of both.
  public var table: ScriptWire { task.output("table") }

  /// - Parameters:
  ///   - data: The first rows.
  ///   - more: The rows below them; without, the first are passed on.
  public init(
    _ taskID: String,
    data: ScriptWire? = nil,
    more: ScriptWire? = nil
  ) {
    task = ScriptTask(
      taskID, "union",
      [("data", data), ("more", more)],
      [])
  }
}
