/// A moment, in milliseconds since 1970-01-01 00:00 UTC. Always handed in, never asked for down here.
public struct Instant: Hashable, Comparable, Codable, Sendable {
  public let milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }
  public init(from decoder: any Decoder) throws {
    milliseconds = try decoder.singleValueContainer().decode(Int64.self)
  }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(milliseconds)
  }
  public static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }
  public static func + (moment: Self, wait: Duration) -> Self {
    Instant(milliseconds: moment.milliseconds + wait.milliseconds)
  }
  public static func - (later: Self, earlier: Self) -> Duration {
    .milliseconds(later.milliseconds - earlier.milliseconds)
  }
}

extension Duration {
  /// Whole milliseconds, rounded down.
  public var milliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
  public var seconds: Double { Double(milliseconds) / 1000 }
}
