public import MoiraConfig
public import MoiraModel

/// An input or output of a component, as data.
public struct PortSchema: Hashable, Codable, Sendable {
  public let name: PortName
  public let kind: ArtifactKind
  public let help: String
  /// The roles that have it.
  public let roles: [Role]
  /// An input that may be left unwired.
  public let isOptional: Bool

  public init(
    name: PortName, kind: ArtifactKind, help: String, roles: [Role], isOptional: Bool = false
  ) {
    self.name = name
    self.kind = kind
    self.help = help
    self.roles = roles
    self.isOptional = isOptional
  }
}

/// All that a plan needs to know about a component. It may describe a remote party's build.
public struct ComponentSchema: Hashable, Codable, Sendable {
  public let name: String
  public let version: Int
  public let summary: String
  public let reference: String?
  /// The roles that have a part in its tasks.
  public let roles: [Role]
  /// Roles that some party must have, or the component cannot work.
  public let requiredRoles: [Role]
  /// The parameter that, when it is false, does without the required roles.
  public let requirementSwitch: String?
  /// Whether an earlier job's artifacts may stand in for a run; keys must be fresh, for example.
  public let isReusable: Bool
  /// Whether a task goes on without a party that cannot be reached, while enough of them stay.
  public let outlivesParties: Bool
  public let inputs: [PortSchema]
  public let outputs: [PortSchema]
  public let parameters: ParameterGroup

  public init(
    name: String, version: Int, summary: String, reference: String? = nil, roles: [Role],
    requiredRoles: [Role] = [], requirementSwitch: String? = nil, isReusable: Bool = true,
    outlivesParties: Bool = false, inputs: [PortSchema],
    outputs: [PortSchema], parameters: ParameterGroup
  ) {
    self.name = name
    self.version = version
    self.summary = summary
    self.reference = reference
    self.roles = roles
    self.requiredRoles = requiredRoles
    self.requirementSwitch = requirementSwitch
    self.isReusable = isReusable
    self.outlivesParties = outlivesParties
    self.inputs = inputs
    self.outputs = outputs
    self.parameters = parameters
  }

  public func input(_ name: PortName) -> PortSchema? { inputs.first { $0.name == name } }
  public func output(_ name: PortName) -> PortSchema? { outputs.first { $0.name == name } }
}

/// What a component finds wrong in parameters that each are right by themselves.
public struct ParameterFindings: Sendable {
  public struct Finding: Hashable, Sendable {
    /// Dotted: `optimizer.method`.
    public let parameter: String
    public let message: String
    public let hint: String?
  }

  public private(set) var all: [Finding] = []

  public init() {}

  public mutating func error(_ parameter: String, _ message: String, hint: String? = nil) {
    all.append(Finding(parameter: parameter, message: message, hint: hint))
  }
}

/// The components that a build knows, as data, with the checks that only code can make.
public struct ComponentSchemas: Sendable {
  public typealias Check = @Sendable (_ parameters: ConfigValue) -> ParameterFindings

  private let schemas: [String: ComponentSchema]
  private let checks: [String: Check]

  public init(_ schemas: [ComponentSchema], checks: [String: Check] = [:]) {
    self.schemas = Dictionary(
      schemas.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.checks = checks
  }

  public subscript(name: String) -> ComponentSchema? { schemas[name] }
  public func check(for name: String) -> Check? { checks[name] }
  public var all: [ComponentSchema] { schemas.values.sorted { $0.name < $1.name } }
  public var names: [String] { schemas.keys.sorted() }
}
