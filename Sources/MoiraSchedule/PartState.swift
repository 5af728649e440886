public import MoiraModel

/// Where one part of an attempt stands.
public enum PartState: String, Codable, Sendable, CaseIterable {
  case running
  /// Told to end, because another part failed; its last word is awaited.
  case cancelling
  case succeeded
  case failed
  /// Ended, or told to end, because the attempt was over.
  case cancelled
  /// The process died while it ran.
  case lost

  public var isFinal: Bool { self != .running && self != .cancelling }
}

/// What is known of one part of an attempt.
public struct PartProgress: Hashable, Codable, Sendable {
  public internal(set) var state: PartState
  /// Its own failure, which need not be the cause of the attempt's.
  public let failure: Failure?

  public init(state: PartState, failure: Failure? = nil) {
    self.state = state
    self.failure = failure
  }
}
