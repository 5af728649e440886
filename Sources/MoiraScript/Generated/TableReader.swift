// swift-format-ignore-file
// Made by 'moira generate'.

/// Brings in a table of an earlier job, by the hash of its artifact.
public struct TableReader: ScriptStep {
  public let task: ScriptTask

  /// The table.
  public var table: ScriptWire { task.output("table") }

  /// - Parameters:
  ///   - artifact: The full hash of a table's artifact at this party, as 'moira artifacts' shows it.
  public init(
    _ taskID: String,
    artifact: String? = nil
  ) {
    task = ScriptTask(
      taskID, "table_reader",
      [],
      [("artifact", artifact)])
  }
}
