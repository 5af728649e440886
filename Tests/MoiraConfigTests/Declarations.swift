import MoiraConfig
import MoiraModel

enum Method: String, ParameterChoice { case sgd, adam, adagrad }

struct OptimizerGroup: ParameterGroupValue {
  static let shorthand: String? = "method"

  @Param("Which optimizer.") var method: Method = .sgd
  @Param("Momentum.", .atLeast(0), .lessThan(1)) var momentum: Double = 0

  init() {}
}

/// Everything that a component may declare.
struct Trainer: Parameterized {
  @Param("Passes over the rows.", .atLeast(1)) var localEpochs: Int = 20
  @Param("How far a step goes.", .moreThan(0), .atMost(10)) var rate: Double
  @Param("Seconds, or none.", .atLeast(0)) var limit: Int?
  @Param("Whether to shuffle.") var shuffle: Bool = true
  @Param("The label's column.", .notEmpty) var label: String = "y"
  @Param("Columns.", .notEmpty) var columns: [String] = ["x"]
  @Param("Shares.", .atLeast(0), .atMost(1)) var shares: [Double] = []
  @Param("How to step.") var optimizer: OptimizerGroup = OptimizerGroup()
  @Param("How to step back, if at all.") var backward: OptimizerGroup?

  static let group = ParameterGroup(parameterSchemas)
}

/// A mapping of scalars, each on a line of its own from line 2 on: its key at column 1, its value
/// at column 9.
func node(_ entries: (String, ConfigNode.Content)...) -> ConfigNode {
  let placed = entries.enumerated().map { index, entry in
    ConfigMap.Entry(
      key: entry.0, keySite: place(index + 2, 1),
      value: ConfigNode(entry.1, at: place(index + 2, 9), text: spelling(entry.1)))
  }
  return ConfigNode(.map(ConfigMap(placed)), at: place(2, 1))
}

func place(_ line: Int, _ column: Int) -> Site { Site(file: "t", line: line, column: column) }

private func spelling(_ content: ConfigNode.Content) -> String? {
  switch content {
  case .bool(let flag): String(flag)
  case .int(let number): String(number)
  case .double(let number): "\(number)"
  case .string(let text): text
  case .null: ""
  case .list, .map: nil
  }
}

func scalars(_ contents: ConfigNode.Content...) -> ConfigNode.Content {
  .list(contents.map { ConfigNode($0, at: place(9, 9), text: spelling($0)) })
}

/// Reads the trainer's parameters; what is wrong comes as `2:9 code: message | hint`.
func reading(_ node: ConfigNode?) -> (resolved: ResolvedParameters, problems: [String]) {
  var found = Diagnostics()
  let resolved = Trainer.group.read(
    node, owner: "'trainer'", fallback: place(1, 1), into: &found)
  let problems = found.sorted.map { one in
    let place = one.site.map { "\($0.line):\($0.column)" } ?? "-"
    return "\(place) \(one.code): \(one.message)" + (one.hint.map { " | \($0)" } ?? "")
  }
  return (resolved, problems)
}
