public import MoiraConfig
public import MoiraModel
public import MoiraPlan

/// A kind of task: what it takes, what it makes, what steers it, and what each party does.
///
/// One file declares it; help pages, the JSON Schema and the checks follow from the declaration.
public protocol Component: Parameterized {
  static var card: ComponentCard { get }

  /// Finds what is wrong in parameters that each are right by themselves.
  func check(_ findings: inout ParameterFindings)

  /// Names what the result depends on besides parameters and inputs: the content of a file, say.
  ///
  /// Nil when there is nothing. An earlier job's artifacts are reused only if this is equal too.
  func fingerprint(at site: some PartySite) async throws -> String?

  /// Carries out this party's part.
  func run(in task: some TaskContext) async throws
}

extension Component {
  public func check(_ findings: inout ParameterFindings) {}
  public func fingerprint(at site: some PartySite) async throws -> String? { nil }
}

/// A component's name, version and where it runs.
public struct ComponentCard: Sendable {
  public let name: String
  public let version: Int
  public let roles: [Role]
  public let requiredRoles: [Role]
  /// The parameter that, when it is false, does without the required roles.
  public let requirementSwitch: String?
  public let isReusable: Bool
  public let outlivesParties: Bool
  public let summary: String
  public let reference: String?

  /// - Parameters:
  ///   - version: grows when the same parameters and inputs give another result than before.
  ///   - requires: roles that some party must have.
  ///   - unless: the parameter that does without them when it is false.
  ///   - outlivesParties: whether a task goes on without a party that cannot be reached, while enough
  ///     of them stay; the arbiter's part sees to it.
  ///   - reusable: whether artifacts of an earlier job may stand in for a run.
  public init(
    _ name: String, version: Int, roles: [Role], requires requiredRoles: [Role] = [],
    unless requirementSwitch: String? = nil, reusable: Bool = true, outlivesParties: Bool = false,
    summary: String, reference: String? = nil
  ) {
    self.name = name
    self.version = version
    self.roles = roles
    self.requiredRoles = requiredRoles
    self.requirementSwitch = requirementSwitch
    isReusable = reusable
    self.outlivesParties = outlivesParties
    self.summary = summary
    self.reference = reference
  }
}
