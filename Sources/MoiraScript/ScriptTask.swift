internal import MoiraConfig
internal import MoiraModel

/// An output of a task, as an input of another takes it: `split.train`, or `"split_0.train"`.
public struct ScriptWire: Sendable, ExpressibleByStringLiteral {
  /// `task.port`; empty where it differs from party to party.
  public let text: String
  private let sources: [(target: String, text: String)]

  public init(stringLiteral value: String) {
    text = value
    sources = []
  }

  public init(_ task: String, _ port: String) { self.init(stringLiteral: "\(task).\(port)") }

  private init(_ sources: [(target: String, text: String)]) {
    text = ""
    self.sources = sources
  }

  /// From another task at each party, or role: `.at(["hospital-a": sample.table, "host": split.train])`.
  public static func at(_ sources: KeyValuePairs<String, ScriptWire>) -> ScriptWire {
    ScriptWire(sources.map { ($0.key, $0.value.text) })
  }

  /// As the file says it.
  var value: ConfigValue {
    sources.isEmpty ? .string(text) : .map(sources.map { ($0.target, .string($0.text)) })
  }
}

/// One task of a pipeline that a script makes.
///
/// The components of this build have types of their own: `Reader`, `HomoLR`, ... This one serves any.
public struct ScriptTask: ScriptStep {
  public let id: String
  public let component: String
  var inputs: [(String, ConfigValue)] = []
  var parameters: [(key: String, value: ConfigValue)] = []
  var overrides: [(String, [(key: String, value: ConfigValue)])] = []
  var after: [String] = []
  var parties: [String]?
  var conf: [(key: String, value: ConfigValue)] = []

  public var task: ScriptTask { self }

  public init(
    _ id: String, component: String, inputs: KeyValuePairs<String, ScriptWire> = [:],
    parameters: KeyValuePairs<String, ScriptValue> = [:]
  ) {
    self.init(
      id, component, inputs.map { ($0.key, $0.value) },
      parameters.map { ($0.key, $0.value) })
  }

  /// What is nil is left out.
  public init(
    _ id: String, _ component: String, _ inputs: [(String, ScriptWire?)],
    _ parameters: [(String, (any ScriptConvertible)?)]
  ) {
    self.id = id
    self.component = component
    self.inputs = inputs.compactMap { name, wire in wire.map { (name, $0.value) } }
    self.parameters = parameters.compactMap { name, value in
      value.map { (name, $0.scriptValue) }
    }
  }

  /// An output, by its name.
  public func output(_ port: String) -> ScriptWire { ScriptWire(id, port) }

  /// As the file says it.
  var value: ConfigValue {
    var entries: [(key: String, value: ConfigValue)] = [("component", .string(component))]
    if !inputs.isEmpty {
      entries.append(("inputs", .map(inputs.map { ($0.0, $0.1) })))
    }
    if !parameters.isEmpty { entries.append(("parameters", .map(parameters))) }
    if !overrides.isEmpty {
      entries.append(("at", .map(overrides.map { ($0.0, .map($0.1)) })))
    }
    if !after.isEmpty { entries.append(("after", .list(after.map { .string($0) }))) }
    if let parties { entries.append(("parties", .list(parties.map { .string($0) }))) }
    if !conf.isEmpty { entries.append(("conf", .map(conf))) }
    return .map(entries)
  }
}

/// Whatever stands for a task in a script.
public protocol ScriptStep: Sendable {
  var task: ScriptTask { get }
}

extension ScriptStep {
  /// Parameters for one party or one role, over the common ones.
  public func at(
    _ target: String, _ parameters: KeyValuePairs<String, ScriptValue>
  ) -> ScriptTask {
    var task = task
    task.overrides.append((target, parameters.map { ($0.key, $0.value.value) }))
    return task
  }

  /// Waits for tasks whose outputs it does not take.
  public func after(_ steps: any ScriptStep...) -> ScriptTask {
    var task = task
    task.after += steps.map(\.task.id)
    return task
  }

  /// Takes place at these parties only.
  public func only(at parties: String...) -> ScriptTask {
    var task = task
    task.parties = parties
    return task
  }

  /// How it is carried out: `retries`, `timeout`, ...
  public func conf(_ conf: KeyValuePairs<String, ScriptValue>) -> ScriptTask {
    var task = task
    task.conf += conf.map { ($0.key, $0.value.value) }
    return task
  }
}
