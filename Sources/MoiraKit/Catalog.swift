internal import MoiraConfig
public import MoiraModel
public import MoiraPlan

/// The components of a build.
public struct Catalog: Sendable {
  private let types: [String: any Component.Type]
  public let names: [String]

  public init(_ types: [any Component.Type]) {
    var byName: [String: any Component.Type] = [:]
    var names: [String] = []
    for type in types where byName[type.card.name] == nil {
      byName[type.card.name] = type
      names.append(type.card.name)
    }
    self.types = byName
    self.names = names
  }

  /// The components as data, with their checks.
  public var schemas: ComponentSchemas {
    var schemas: [ComponentSchema] = []
    var checks: [String: ComponentSchemas.Check] = [:]
    for name in names {
      guard let type = types[name] else { continue }
      schemas.append(Self.schema(type))
      checks[name] = { parameters in Self.findings(type, parameters) }
    }
    return ComponentSchemas(schemas, checks: checks)
  }

  /// A part's component, its parameters and ports filled in.
  ///
  /// - Throws: `catalog-mismatch` when the plan was made by a build whose component differs.
  public func bound(
    _ task: PlannedTask, _ part: PlannedPart, inputs: [PortName: ArtifactReference]
  ) throws(Failure) -> any Component {
    guard let type = types[task.component], type.card.version == task.componentVersion else {
      let known = Self.version(of: types[task.component])
      throw Failure(
        "catalog-mismatch",
        "the plan wants '\(task.component)' version \(task.componentVersion), but this build has \(known)"
      )
    }
    let component = type.init()
    let refused = Self.bind(component, part.parameters.value)
    guard refused.isEmpty else {
      throw Failure(
        "catalog-mismatch",
        "the plan's value of '\(refused[0])' is not what this build's '\(task.component)' takes")
    }
    for (name, port) in Self.ports(of: component)
    where port.schema(named: name).roles.contains(part.role) {
      port.bind(name, to: inputs[name])
    }
    return component
  }

  private static func version(of type: (any Component.Type)?) -> String {
    guard let type else { return "none" }
    return "version \(type.card.version)"
  }

  private static func bind(_ component: some Component, _ value: ConfigValue) -> [String] {
    component.bind(value)
  }

  private static func ports(of component: some Component) -> [(
    name: PortName, port: any DeclaredPort
  )] {
    declaredPorts(in: component)
  }

  private static func findings(
    _ type: any Component.Type, _ parameters: ConfigValue
  ) -> ParameterFindings {
    var findings = ParameterFindings()
    let component = type.init()
    if bind(component, parameters).isEmpty { component.check(&findings) }
    return findings
  }

  private static func schema(_ type: any Component.Type) -> ComponentSchema {
    let card = type.card
    let ports = ports(of: type.init())
    return ComponentSchema(
      name: card.name, version: card.version, summary: card.summary, reference: card.reference,
      roles: card.roles, requiredRoles: card.requiredRoles,
      requirementSwitch: card.requirementSwitch, isReusable: card.isReusable,
      outlivesParties: card.outlivesParties,
      inputs: ports.filter(\.port.isInput).map { $0.port.schema(named: $0.name) },
      outputs: ports.filter { !$0.port.isInput }.map { $0.port.schema(named: $0.name) },
      parameters: ParameterGroup(parameters(of: type)))
  }

  private static func parameters(of type: (some Component).Type) -> [ParameterSchema] {
    type.parameterSchemas
  }
}
