public import MoiraConfig

/// A parameter's value in a script, written as a literal: `0.1`, `"all"`, `["method": "adam"]`.
public struct ScriptValue: Sendable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  public let value: ConfigValue

  public init(_ value: ConfigValue) { self.value = value }
  public init(integerLiteral value: Int) { self.value = .int(value) }
  public init(floatLiteral value: Double) { self.value = .double(value) }
  public init(stringLiteral value: String) { self.value = .string(value) }
  public init(booleanLiteral value: Bool) { self.value = .bool(value) }
  public init(arrayLiteral elements: ScriptValue...) {
    value = .list(elements.map(\.value))
  }
  public init(dictionaryLiteral elements: (String, ScriptValue)...) {
    value = .map(elements.map { ($0.0, $0.1.value) })
  }
}

/// What a Swift type is as a parameter's value.
public protocol ScriptConvertible: Sendable {
  var scriptValue: ConfigValue { get }
}

extension ScriptValue: ScriptConvertible { public var scriptValue: ConfigValue { value } }
extension Bool: ScriptConvertible { public var scriptValue: ConfigValue { .bool(self) } }
extension Int: ScriptConvertible { public var scriptValue: ConfigValue { .int(self) } }
extension Double: ScriptConvertible { public var scriptValue: ConfigValue { .double(self) } }
extension String: ScriptConvertible { public var scriptValue: ConfigValue { .string(self) } }
extension Array: ScriptConvertible where Element: ScriptConvertible {
  public var scriptValue: ConfigValue { .list(map(\.scriptValue)) }
}
extension Dictionary: ScriptConvertible where Key == String, Value: ScriptConvertible {
  public var scriptValue: ConfigValue {
    .map(sorted { $0.key < $1.key }.map { ($0.key, $0.value.scriptValue) })
  }
}
