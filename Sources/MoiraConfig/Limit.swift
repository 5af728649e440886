/// What a parameter's value must satisfy beyond its type.
public enum Limit: Hashable, Codable, Sendable {
  case atLeast(Double)
  case moreThan(Double)
  case atMost(Double)
  case lessThan(Double)
  case notEmpty

  /// The rule in words: `at least 1`.
  public var rule: String {
    switch self {
    case .atLeast(let bound): "at least \(shortNumber(bound))"
    case .moreThan(let bound): "more than \(shortNumber(bound))"
    case .atMost(let bound): "at most \(shortNumber(bound))"
    case .lessThan(let bound): "less than \(shortNumber(bound))"
    case .notEmpty: "not empty"
    }
  }

  /// Whether the value keeps to it; a value of a type that the limit says nothing about does.
  public func allows(_ value: ConfigValue) -> Bool {
    switch (self, value) {
    case (.notEmpty, .string(let text)): return !text.isEmpty
    case (.notEmpty, .list(let values)): return !values.isEmpty
    case (.notEmpty, _): return true
    default: break
    }
    guard let number = value.number else { return true }
    return switch self {
    case .atLeast(let bound): number >= bound
    case .moreThan(let bound): number > bound
    case .atMost(let bound): number <= bound
    case .lessThan(let bound): number < bound
    case .notEmpty: true
    }
  }
}

/// A number without a trailing `.0`.
public func shortNumber(_ number: Double) -> String {
  if let whole = Int(exactly: number), abs(whole) < 1_000_000_000_000 { return String(whole) }
  return "\(number)"
}
