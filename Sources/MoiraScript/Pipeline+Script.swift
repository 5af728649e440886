internal import MoiraConfig
public import MoiraModel
public import MoiraPlan

/// Collects the tasks of a script, in their order.
@resultBuilder
public enum ScriptBuilder {
  public static func buildExpression(_ step: some ScriptStep) -> [ScriptTask] { [step.task] }
  public static func buildBlock(_ parts: [ScriptTask]...) -> [ScriptTask] { parts.flatMap(\.self) }
  public static func buildOptional(_ part: [ScriptTask]?) -> [ScriptTask] { part ?? [] }
  public static func buildEither(first part: [ScriptTask]) -> [ScriptTask] { part }
  public static func buildEither(second part: [ScriptTask]) -> [ScriptTask] { part }
  public static func buildArray(_ parts: [[ScriptTask]]) -> [ScriptTask] {
    parts.flatMap(\.self)
  }
}

extension Pipeline {
  /// A pipeline from a script; the same value as the file with the same words has.
  ///
  /// ```swift
  /// let pipeline = try Pipeline("breast", guest: "hospital-a", hosts: ["hospital-b"], arbiter: "hub") {
  ///   let rows = Reader("reader_0", dataset: "breast", id: "id", label: "y")
  ///   rows
  ///   HomoLR("homo_lr_0", trainData: rows.table, epochs: 20)
  /// }
  /// print(pipeline.yaml)
  /// ```
  /// - Throws: everything that is wrong with its form; names are looked up by `Plan`.
  public init(
    _ name: String, guest: String, hosts: [String] = [], arbiter: String? = nil,
    conf: KeyValuePairs<String, ScriptValue> = [:],
    @ScriptBuilder tasks: () -> [ScriptTask]
  ) throws(Diagnostics) {
    var parties: [(key: String, value: ConfigValue)] = [("guest", .string(guest))]
    if !hosts.isEmpty { parties.append(("host", .list(hosts.map { .string($0) }))) }
    if let arbiter { parties.append(("arbiter", .string(arbiter))) }
    var entries: [(key: String, value: ConfigValue)] = [
      ("moira", .int(Pipeline.formatVersion)), ("name", .string(name)), ("parties", .map(parties)),
    ]
    if !conf.isEmpty { entries.append(("conf", .map(conf.map { ($0.key, $0.value.value) }))) }
    let tasks = tasks()
    var taken: Set<String> = []
    if let twice = tasks.first(where: { !taken.insert($0.id).inserted }) {
      throw Diagnostics(
        Diagnostic(
          code: "task-name", "'\(twice.id)' is the name of two tasks", at: nil,
          hint: "give one of them another name"))
    }
    entries.append(("tasks", .map(tasks.map { ($0.id, $0.value) })))
    self = try Pipeline(reading: ConfigNode(.map(entries)))
  }
}

extension ConfigNode {
  /// A value that no file has a place for.
  init(_ value: ConfigValue) {
    let content: Content =
      switch value {
      case .null: .null
      case .bool(let flag): .bool(flag)
      case .int(let number): .int(number)
      case .double(let number): .double(number)
      case .string(let text): .string(text)
      case .list(let values): .list(values.map { ConfigNode($0) })
      case .map(let entries):
        .map(
          ConfigMap(
            entries.map { ConfigMap.Entry(key: $0.key, keySite: nil, value: ConfigNode($0.value)) })
        )
      }
    self.init(content, at: nil, text: value.json())
  }
}
