// swift-format-ignore-file
// Made by 'moira generate'.

/// Establishes the protection that later tasks use, and hands them its keys.
public struct Encryptor: ScriptStep {
  public let task: ScriptTask

  /// Keys and roster, for the tasks that send values to be added up.
  public var protection: ScriptWire { task.output("protection") }

  /// - Parameters:
  ///   - method: How values are hidden from the arbiter: by masks that cancel in the sum, by shares dealt out among the clients, or not at all.
  ///   - threshold: secret_sharing: how many clients can together tell a value (Shamir), more than half of them; empty for all (additive).
  public init(
    _ taskID: String,
    method: String? = nil,
    threshold: Int? = nil
  ) {
    task = ScriptTask(
      taskID, "encryptor",
      [],
      [("method", method), ("threshold", threshold)])
  }
}
