// swift-format-ignore-file
// Made by 'moira generate'.

/// Takes some of a party's rows: a share, a number, or a share of each label.
public struct Sample: ScriptStep {
  public let task: ScriptTask

  /// The rows that were taken, in their order.
  public var table: ScriptWire { task.output("table") }

  /// - Parameters:
  ///   - data: The rows to take from.
  ///   - share: The share of the rows; above 1 with 'replace' only.
  ///   - shares: A share for each label value; rows of other labels are left out.
  ///   - count: The number of rows.
  ///   - replace: Whether a row may be taken more than once.
  ///   - seed: What the choice follows from, with the ids or the party.
  public init(
    _ taskID: String,
    data: ScriptWire? = nil,
    share: Double? = nil,
    shares: [String: Double]? = nil,
    count: Int? = nil,
    replace: Bool? = nil,
    seed: Int? = nil
  ) {
    task = ScriptTask(
      taskID, "sample",
      [("data", data)],
      [("share", share), ("shares", shares), ("count", count), ("replace", replace), ("seed", seed)])
  }
}
