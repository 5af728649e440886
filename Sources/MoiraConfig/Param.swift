import Synchronization

/// Declares a parameter of a component or of a group, with its help, default and limits.
///
/// ```swift
/// @Param("Passes over the local rows in one round.", .atLeast(1)) var epochs: Int = 20
/// ```
/// A fresh declaration holds the default; `bind(_:)` of its owner fills in what the file says,
/// once, before anything reads it.
@propertyWrapper
public struct Param<Value: ParameterValue>: Sendable {
  /// Shared by the copies of one declaration, so that binding through `Mirror` reaches them.
  private final class Box: Sendable {
    let value: Mutex<Value?>
    init(_ value: Value?) { self.value = Mutex(value) }
  }

  private let box: Box
  private let help: String
  private let limits: [Limit]

  /// A parameter with a default.
  public init(wrappedValue: Value, _ help: String, _ limits: Limit...) {
    box = Box(wrappedValue)
    self.help = help
    self.limits = limits
  }

  /// A parameter without a default: optional when its type is, otherwise required.
  public init(_ help: String, _ limits: Limit...) {
    box = Box(Value(parameter: .null))
    self.help = help
    self.limits = limits
  }

  public var wrappedValue: Value {
    guard let value = box.value.withLock({ $0 }) else {
      preconditionFailure("a required parameter is read before it is bound: \(help)")
    }
    return value
  }
}

/// What `Mirror` finds behind a declared parameter.
package protocol DeclaredParameter {
  func schema(named name: String) -> ParameterSchema
  /// False when the value is of another kind.
  func bind(_ value: ConfigValue) -> Bool
}

extension Param: DeclaredParameter {
  package func schema(named name: String) -> ParameterSchema {
    let value = box.value.withLock { $0 }
    return ParameterSchema(
      name: name, help: help, kind: Value.parameterKind, limits: limits, isRequired: value == nil,
      defaultValue: value?.parameter ?? .null, isOptional: Value.isOptionalParameter)
  }

  package func bind(_ value: ConfigValue) -> Bool {
    guard let bound = Value(parameter: value) else { return false }
    box.value.withLock { $0 = bound }
    return true
  }
}
