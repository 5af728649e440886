// swift-format-ignore-file
// Made by 'moira generate'.

/// Brings in a scaler of an earlier job, by the hash of its artifact.
public struct ScalerReader: ScriptStep {
  public let task: ScriptTask

  /// The scaler.
  public var scaler: ScriptWire { task.output("scaler") }

  /// - Parameters:
  ///   - artifact: The full hash of a scaler's artifact at this party, as 'moira artifacts' shows it.
  public init(
    _ taskID: String,
    artifact: String? = nil
  ) {
    task = ScriptTask(
      taskID, "scaler_reader",
      [],
      [("artifact", artifact)])
  }
}
