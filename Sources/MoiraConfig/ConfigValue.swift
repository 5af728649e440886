/// A value of a pipeline file, without its place. Mappings keep their order.
public indirect enum ConfigValue: Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case list([ConfigValue])
  case map([(key: String, value: ConfigValue)])

  public subscript(key: String) -> ConfigValue? {
    if case .map(let entries) = self { entries.first { $0.key == key }?.value } else { nil }
  }

  public var isNull: Bool {
    if case .null = self { true } else { false }
  }

  /// The number, if it is one.
  public var number: Double? {
    switch self {
    case .int(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }

  public var string: String? {
    if case .string(let string) = self { string } else { nil }
  }
}

/// Equal as JSON is: `1` and `1.0` are one number, and the order of a mapping's keys says nothing.
extension ConfigValue: Equatable {
  public static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.double(let a), .double(let b)): a == b || (a.isNaN && b.isNaN)
    case (.int(let a), .double(let b)), (.double(let b), .int(let a)): Int(exactly: b) == a
    case (.string(let a), .string(let b)): a == b
    case (.list(let a), .list(let b)): a == b
    case (.map(let a), .map(let b)):
      hasSameEntries(a, b)
    default: false
    }
  }

  private static func hasSameEntries(
    _ a: [(key: String, value: ConfigValue)], _ b: [(key: String, value: ConfigValue)]
  ) -> Bool {
    guard a.count == b.count else { return false }
    if zip(a, b).allSatisfy({ $0.key == $1.key && $0.value == $1.value }) { return true }
    let known = Dictionary(b.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    return a.allSatisfy { known[$0.key] == $0.value }
  }
}

extension ConfigValue: Hashable {
  public func hash(into hasher: inout Hasher) { hasher.combine(json(sorted: true)) }
}

extension ConfigValue: Codable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }

  public init(from decoder: any Decoder) throws {
    if let keyed = try? decoder.container(keyedBy: Key.self) {
      self = .map(
        try keyed.allKeys.map { ($0.stringValue, try keyed.decode(ConfigValue.self, forKey: $0)) }
          .sorted { $0.0 < $1.0 })
    } else if var unkeyed = try? decoder.unkeyedContainer() {
      var list: [ConfigValue] = []
      while !unkeyed.isAtEnd { list.append(try unkeyed.decode(ConfigValue.self)) }
      self = .list(list)
    } else {
      self = try Self.scalar(from: decoder.singleValueContainer())
    }
  }

  private static func scalar(from container: any SingleValueDecodingContainer) throws -> Self {
    if container.decodeNil() { return .null }
    if let flag = try? container.decode(Bool.self) { return .bool(flag) }
    if let number = try? container.decode(Int.self) { return .int(number) }
    if let number = try? container.decode(Double.self) { return .double(number) }
    return .string(try container.decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .map(let entries):
      var keyed = encoder.container(keyedBy: Key.self)
      for entry in entries { try keyed.encode(entry.value, forKey: Key(stringValue: entry.key)) }
    case .list(let values):
      var unkeyed = encoder.unkeyedContainer()
      for value in values { try unkeyed.encode(value) }
    case .null, .bool, .int, .double, .string:
      var single = encoder.singleValueContainer()
      try encodeScalar(into: &single)
    }
  }

  private func encodeScalar(into single: inout any SingleValueEncodingContainer) throws {
    switch self {
    case .bool(let flag): try single.encode(flag)
    case .int(let number): try single.encode(number)
    case .double(let number): try encode(number, into: &single)
    case .string(let string): try single.encode(string)
    case .null, .list, .map: try single.encodeNil()
    }
  }

  /// Whole numbers with all their digits: encoders round those past 2⁵³ to the shortest.
  private func encode(
    _ number: Double, into single: inout any SingleValueEncodingContainer
  ) throws {
    if let whole = Int(exactly: number) {
      try single.encode(whole)
    } else if number.isFinite {
      try single.encode(number)
    } else {
      try single.encode(String(number))
    }
  }
}
