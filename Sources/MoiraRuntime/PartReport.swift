public import MoiraKit
public import MoiraModel
public import MoiraSchedule

/// What a part told while it ran.
public struct PartReport: Hashable, Codable, Sendable {
  public let part: PartKey
  public let at: Instant
  public let report: TaskReport
  /// Its place among the part's reports, from 1; nil from a part of this process.
  public var serial: Int?

  public init(part: PartKey, at: Instant, report: TaskReport) {
    self.part = part
    self.at = at
    self.report = report
  }
}

/// A report with its place in the job's sequence, from 1.
public struct NumberedReport: Hashable, Sendable {
  public let number: Int
  public let report: PartReport

  public init(number: Int, report: PartReport) {
    self.number = number
    self.report = report
  }
}
