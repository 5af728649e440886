/// Where a task stands.
public enum TaskState: String, Codable, Sendable, CaseIterable {
  /// Something upstream is not done yet.
  case waiting
  /// Could start; waits for a free place.
  case ready
  case running
  /// Failed, and waits for its next attempt.
  case backingOff = "backing-off"
  case succeeded
  /// Not run: an earlier job made the same artifacts from the same inputs.
  case reused
  case failed
  /// Not run: something upstream failed or was stopped.
  case skipped
  case stopped

  public var isFinal: Bool {
    switch self {
    case .succeeded, .reused, .failed, .skipped, .stopped: true
    case .waiting, .ready, .running, .backingOff: false
    }
  }
  /// Whether the outputs are there for the tasks that follow.
  public var hasOutputs: Bool { self == .succeeded || self == .reused }
}

/// Where a job stands.
public enum JobState: String, Codable, Sendable, CaseIterable {
  case running, succeeded, failed, stopped
  public var isFinal: Bool { self != .running }
}
