// swift-format-ignore-file
// Made by 'moira generate'.

/// Brings in a model of an earlier job, from an exported file or by the hash of its artifact.
public struct ModelReader: ScriptStep {
  public let task: ScriptTask

  /// The model.
  public var model: ScriptWire { task.output("model") }

  /// - Parameters:
  ///   - path: An exported model's JSON file, relative to the party's folder.
  ///   - artifact: The full hash of a model's artifact at this party, as 'moira artifacts' shows it.
  public init(
    _ taskID: String,
    path: String? = nil,
    artifact: String? = nil
  ) {
    task = ScriptTask(
      taskID, "model_reader",
      [],
      [("path", path), ("artifact", artifact)])
  }
}
