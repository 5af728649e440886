/// What kind of value a parameter takes.
public indirect enum ParameterKind: Hashable, Codable, Sendable {
  case bool
  case int
  /// An integer is taken too.
  case double
  case string
  /// The name of a dataset that the party has registered.
  case dataset
  case choice([String])
  case list(ParameterKind)
  case group(ParameterGroup)
  /// One of several, tried in order: a number or the word `all`.
  case either([ParameterKind])
  /// A mapping from names of the user's choosing.
  case dictionary(ParameterKind)

  /// With its article, for messages: `an integer`.
  public var phrase: String {
    switch self {
    case .bool: "true or false"
    case .int: "an integer"
    case .double: "a number"
    case .string: "a string"
    case .dataset: "the name of a dataset"
    case .choice(let names):
      names.count == 1 ? "'\(names[0])'" : "one of " + names.joined(separator: ", ")
    case .list(let kind): "a list, each entry \(kind.phrase)"
    case .group: "a mapping"
    case .either(let kinds): kinds.map(\.phrase).joined(separator: " or ")
    case .dictionary(let kind): "a mapping, each value \(kind.phrase)"
    }
  }
}

/// One parameter, as data: it can come from this build's catalog or from a remote party's.
public struct ParameterSchema: Hashable, Codable, Sendable {
  public let name: String
  public let help: String
  public let kind: ParameterKind
  public let limits: [Limit]
  public let isRequired: Bool
  /// Null when there is none; then the parameter is required, or may be left empty.
  public let defaultValue: ConfigValue
  /// Whether `null` may be written.
  public let isOptional: Bool

  public init(
    name: String, help: String, kind: ParameterKind, limits: [Limit] = [], isRequired: Bool,
    defaultValue: ConfigValue, isOptional: Bool
  ) {
    self.name = name
    self.help = help
    self.kind = kind
    self.limits = limits
    self.isRequired = isRequired
    self.defaultValue = defaultValue
    self.isOptional = isOptional
  }
}

/// Parameters that belong together: a component's, or a nested group such as `optimizer`.
public struct ParameterGroup: Hashable, Codable, Sendable {
  public let parameters: [ParameterSchema]
  /// The parameter that a lone scalar sets: `optimizer: adam` for `optimizer: {method: adam}`.
  public let shorthand: String?

  public init(_ parameters: [ParameterSchema], shorthand: String? = nil) {
    self.parameters = parameters
    self.shorthand = shorthand
  }

  public subscript(name: String) -> ParameterSchema? { parameters.first { $0.name == name } }
}
