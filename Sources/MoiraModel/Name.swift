/// A string that names one kind of thing, so that a party is never mistaken for a task.
public protocol Name: Hashable, Comparable, Codable, Sendable, CustomStringConvertible,
  CodingKeyRepresentable, ExpressibleByStringLiteral
{
  var text: String { get }
  init(_ text: String)
}

extension Name {
  public init(stringLiteral value: String) { self.init(value) }
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(String.self))
  }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
  public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
  public var description: String { text }
  public var codingKey: any CodingKey { NameKey(stringValue: text) }
  public init?(codingKey: some CodingKey) { self.init(codingKey.stringValue) }
}

/// The key under which a name stands in an encoded dictionary.
private struct NameKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { return nil }
}

/// One run of a plan: `7f3a09c2`.
public struct JobID: Name {
  public let text: String
  public init(_ text: String) { self.text = text }
}

/// One step of a job: `homo_lr_0`.
public struct TaskID: Name {
  public let text: String
  public init(_ text: String) { self.text = text }
}

/// An organization that takes part: `hospital-a`.
public struct PartyID: Name {
  public let text: String
  public init(_ text: String) { self.text = text }
}

/// A named input or output of a component: `train_data`.
public struct PortName: Name {
  public let text: String
  public init(_ text: String) { self.text = text }
}

/// What kind of thing goes through a port: a table, a model, ...
///
/// Open, so that a component may bring a kind of its own.
public struct ArtifactKind: Name {
  public let text: String
  public init(_ text: String) { self.text = text }

  public static let table: Self = "table"
  public static let model: Self = "model"
  public static let scaler: Self = "scaler"
  public static let metrics: Self = "metrics"
  public static let statistics: Self = "statistics"
  public static let protection: Self = "protection"

  /// The kind with its article, for messages: `a table`, `metrics`.
  public var phrase: String {
    if text.hasSuffix("s") || self == .protection { return text }
    return "aeiou".contains(text.first ?? "x") ? "an \(text)" : "a \(text)"
  }
}
