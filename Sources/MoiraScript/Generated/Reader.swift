// swift-format-ignore-file
// Made by 'moira generate'.

/// Reads a party's CSV file into a table.
public struct Reader: ScriptStep {
  public let task: ScriptTask

  /// The rows of this party.
  public var table: ScriptWire { task.output("table") }

  /// - Parameters:
  ///   - dataset: A dataset that the party has registered. This or 'path'.
  ///   - path: A file on the party's machine, relative to the party's folder. This or 'dataset'.
  ///   - id: The column whose values tell rows apart. As the party registered, unless given.
  ///   - label: The column to be predicted. As the party registered, unless given.
  ///   - weight: The column of row weights, none negative. As the party registered, unless given.
  ///   - features: The features by name, or by patterns with * and ?. Empty takes all other columns.
  ///   - categorical: Features that are texts, by name or pattern; all others must be numbers.
  ///   - missing: Texts that stand for a missing value. As the party registered, unless given.
  ///   - delimiter: The character between fields, or 'tab'. As the party registered, unless given.
  ///   - quote: The character around fields. As the party registered, unless given.
  ///   - header: Whether line 1 names the columns. As the party registered, unless given.
  ///   - names: The columns' names, for a file without a header; c0, c1, ... unless given.
  ///   - agree: Whether the readers of all parties agree on label and features before they go on.
  public init(
    _ taskID: String,
    dataset: String? = nil,
    path: String? = nil,
    id: String? = nil,
    label: String? = nil,
    weight: String? = nil,
    features: [String]? = nil,
    categorical: [String]? = nil,
    missing: [String]? = nil,
    delimiter: String? = nil,
    quote: String? = nil,
    header: Bool? = nil,
    names: [String]? = nil,
    agree: Bool? = nil
  ) {
    task = ScriptTask(
      taskID, "reader",
      [],
      [("dataset", dataset), ("path", path), ("id", id), ("label", label), ("weight", weight), ("features", features), ("categorical", categorical), ("missing", missing), ("delimiter", delimiter), ("quote", quote), ("header", header), ("names", names), ("agree", agree)])
  }
}
