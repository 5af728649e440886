/// A type that a parameter may have.
public protocol ParameterValue: Sendable {
  static var parameterKind: ParameterKind { get }
  static var isOptionalParameter: Bool { get }
  /// Nil when the value is not of `parameterKind`.
  init?(parameter: ConfigValue)
  var parameter: ConfigValue { get }
}

extension ParameterValue {
  public static var isOptionalParameter: Bool { false }
}

extension Bool: ParameterValue {
  public static var parameterKind: ParameterKind { .bool }
  public init?(parameter: ConfigValue) {
    guard case .bool(let flag) = parameter else { return nil }
    self = flag
  }
  public var parameter: ConfigValue { .bool(self) }
}

extension Int: ParameterValue {
  public static var parameterKind: ParameterKind { .int }
  public init?(parameter: ConfigValue) {
    guard case .int(let number) = parameter else { return nil }
    self = number
  }
  public var parameter: ConfigValue { .int(self) }
}

extension Double: ParameterValue {
  public static var parameterKind: ParameterKind { .double }
  public init?(parameter: ConfigValue) {
    if case .string(let text) = parameter, let number = Double(text) {
      self = number
      return
    }
    guard let number = parameter.number else { return nil }
    self = number
  }
  public var parameter: ConfigValue { .double(self) }
}

extension String: ParameterValue {
  public static var parameterKind: ParameterKind { .string }
  public init?(parameter: ConfigValue) {
    guard case .string(let text) = parameter else { return nil }
    self = text
  }
  public var parameter: ConfigValue { .string(self) }
}

extension Optional: ParameterValue where Wrapped: ParameterValue {
  public static var parameterKind: ParameterKind { Wrapped.parameterKind }
  public static var isOptionalParameter: Bool { true }
  public init?(parameter: ConfigValue) {
    if parameter.isNull {
      self = .none
    } else {
      guard let wrapped = Wrapped(parameter: parameter) else { return nil }
      self = .some(wrapped)
    }
  }
  public var parameter: ConfigValue { self?.parameter ?? .null }
}

extension Array: ParameterValue where Element: ParameterValue {
  public static var parameterKind: ParameterKind { .list(Element.parameterKind) }
  public init?(parameter: ConfigValue) {
    guard case .list(let values) = parameter else { return nil }
    var elements: [Element] = []
    for value in values {
      guard let element = Element(parameter: value) else { return nil }
      elements.append(element)
    }
    self = elements
  }
  public var parameter: ConfigValue { .list(map(\.parameter)) }
}

extension Dictionary: ParameterValue where Key == String, Value: ParameterValue {
  public static var parameterKind: ParameterKind { .dictionary(Value.parameterKind) }
  public init?(parameter: ConfigValue) {
    guard case .map(let entries) = parameter else { return nil }
    self = [:]
    for entry in entries {
      guard let value = Value(parameter: entry.value) else { return nil }
      self[entry.key] = value
    }
  }
  public var parameter: ConfigValue {
    .map(sorted { $0.key < $1.key }.map { ($0.key, $0.value.parameter) })
  }
}

/// A parameter that takes one of a few words: an enum whose raw values are those words.
public protocol ParameterChoice: ParameterValue, CaseIterable, RawRepresentable<String> {}

extension ParameterChoice {
  public static var parameterKind: ParameterKind { .choice(allCases.map(\.rawValue)) }
  public init?(parameter: ConfigValue) {
    guard case .string(let text) = parameter else { return nil }
    self.init(rawValue: text)
  }
  public var parameter: ConfigValue { .string(rawValue) }
}
