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
  /// The sum, or the end of time: moments come from messages and files too.
  public static func + (moment: Self, wait: Duration) -> Self {
    let (sum, isOver) = moment.milliseconds.addingReportingOverflow(wait.milliseconds)
    return Instant(milliseconds: isOver ? (wait < .zero ? .min : .max) : sum)
  }
  /// What lies between, or as much of it as can be said.
  public static func - (later: Self, earlier: Self) -> Duration {
    let (gap, isOver) = later.milliseconds.subtractingReportingOverflow(earlier.milliseconds)
    return .milliseconds(isOver ? (later < earlier ? .min : .max) : gap)
  }
}

extension Duration {
  /// The longest that a pipeline may have anybody wait, in seconds: 366 days.
  public static let longestWait = 366.0 * 86_400

  /// Seconds of a plan, which need not have been checked: between 0 and `longestWait`.
  public init(planned seconds: Double) {
    self = .seconds(seconds > 0 ? min(seconds, Self.longestWait) : 0)
  }

  /// Whole milliseconds, rounded down; the ends of the range for what is beyond it.
  public var milliseconds: Int64 {
    let (whole, isOver) = components.seconds.multipliedReportingOverflow(by: 1000)
    if isOver { return components.seconds < 0 ? .min : .max }
    let part = components.attoseconds / 1_000_000_000_000_000
    let (sum, isBeyond) = whole.addingReportingOverflow(part)
    return isBeyond ? (part < 0 ? .min : .max) : sum
  }
  public var seconds: Double { Double(milliseconds) / 1000 }
}
