internal import MoiraConfig
public import MoiraModel
internal import MoiraPlan
import Synchronization

/// What stands at a port: the kind of value, and which one once the part is bound.
public struct Artifact<Value: ArtifactValue>: Sendable {
  public let port: PortName
  /// Nil at an output.
  public let reference: ArtifactReference?
}

/// An artifact, or one that may be missing.
public protocol PortContent: Sendable {
  static var kind: ArtifactKind { get }
  static var isOptional: Bool { get }
  static func bound(port: PortName, to reference: ArtifactReference?) -> Self?
}

extension Artifact: PortContent {
  public static var kind: ArtifactKind { Value.kind }
  public static var isOptional: Bool { false }
  public static func bound(port: PortName, to reference: ArtifactReference?) -> Self? {
    Artifact(port: port, reference: reference)
  }
}

extension Optional: PortContent where Wrapped: PortContent {
  public static var kind: ArtifactKind { Wrapped.kind }
  public static var isOptional: Bool { true }
  public static func bound(port: PortName, to reference: ArtifactReference?) -> Self? {
    .some(reference.flatMap { Wrapped.bound(port: port, to: $0) })
  }
}

/// Declares an input: `@Input("Rows to train on.", at: .guest, .host) var trainData: Artifact<Table>`.
@propertyWrapper
public struct Input<Content: PortContent>: Sendable {
  private let box = PortBox<Content>()
  private let help: String
  private let roles: [Role]

  public init(_ help: String, at roles: Role...) {
    self.help = help
    self.roles = roles
  }

  public var wrappedValue: Content { box.content(help) }
}

/// Declares an output: `@Output("The trained model.", at: .guest, .host) var model: Artifact<Model>`.
@propertyWrapper
public struct Output<Content: PortContent>: Sendable {
  private let box = PortBox<Content>()
  private let help: String
  private let roles: [Role]

  public init(_ help: String, at roles: Role...) {
    self.help = help
    self.roles = roles
  }

  public var wrappedValue: Content { box.content(help) }
}

/// Shared by the copies of one declaration, so that binding through `Mirror` reaches them.
private final class PortBox<Content: PortContent>: Sendable {
  private let value = Mutex<Content?>(nil)

  func set(_ content: Content?) { value.withLock { $0 = content } }

  func content(_ help: String) -> Content {
    guard let content = value.withLock({ $0 }) else {
      preconditionFailure("a port is used where it is not bound: \(help)")
    }
    return content
  }
}

/// What `Mirror` finds behind a declared port.
protocol DeclaredPort {
  var isInput: Bool { get }
  func schema(named name: PortName) -> PortSchema
  func bind(_ name: PortName, to reference: ArtifactReference?)
}

extension Input: DeclaredPort {
  var isInput: Bool { true }
  func schema(named name: PortName) -> PortSchema {
    PortSchema(
      name: name, kind: Content.kind, help: help, roles: roles, isOptional: Content.isOptional)
  }
  func bind(_ name: PortName, to reference: ArtifactReference?) {
    if reference == nil, !Content.isOptional { return }
    box.set(Content.bound(port: name, to: reference))
  }
}

extension Output: DeclaredPort {
  var isInput: Bool { false }
  func schema(named name: PortName) -> PortSchema {
    PortSchema(name: name, kind: Content.kind, help: help, roles: roles)
  }
  func bind(_ name: PortName, to reference: ArtifactReference?) {
    box.set(Content.bound(port: name, to: nil))
  }
}

func declaredPorts(in component: some Component) -> [(name: PortName, port: any DeclaredPort)] {
  Mirror(reflecting: component).children.compactMap { child in
    guard let port = child.value as? any DeclaredPort, let label = child.label else { return nil }
    return (PortName(declaredName(label)), port)
  }
}

extension Artifact {
  /// What lies at this party under a hash, whichever job made it.
  public init(of hash: ContentHash) {
    port = "artifact"
    reference = ArtifactReference(port: "artifact", kind: Value.kind, hash: hash, bytes: 0)
  }
}
