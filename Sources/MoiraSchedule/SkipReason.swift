public import MoiraModel

/// Why a task was not run: an ancestor that failed or was stopped.
public struct SkipReason: Hashable, Codable, Sendable {
  /// The ancestor itself, however far up; never a task that was only skipped.
  public let upstream: TaskID
  /// What became of it: `failed` or `stopped`.
  public let state: TaskState

  public init(upstream: TaskID, state: TaskState) {
    self.upstream = upstream
    self.state = state
  }
}

extension SkipReason: CustomStringConvertible {
  public var description: String {
    state == .stopped ? "'\(upstream)' was stopped" : "'\(upstream)' failed"
  }
}
