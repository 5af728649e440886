internal import MoiraModel
internal import MoiraSchedule

/// FATE's names for how a job or a task stands.
enum FlowStatus: String, Codable, Sendable {
  case waiting, running, success, failed, timeout, canceled

  var isFinal: Bool { self != .waiting && self != .running }

  /// A job. FATE's pipeline waits for ever on a job in `timeout`: such a job is `failed`, and the
  /// task that took too long is in `timeout`.
  init(_ state: JobState) {
    self =
      switch state {
      case .running: .running
      case .succeeded: .success
      case .failed: .failed
      case .stopped: .canceled
      }
  }

  /// A task over its steps, in the order of the plan. What never began stays `waiting`, as FATE has
  /// it.
  init(_ steps: [TaskSnapshot]) {
    let states = steps.map(\.state)
    if steps.contains(where: { $0.failure?.code == "task-timeout" }) {
      self = .timeout
    } else if states.contains(.failed) {
      self = .failed
    } else if states.contains(.stopped) {
      self = .canceled
    } else if !states.isEmpty, states.allSatisfy(\.hasOutputs) {
      self = .success
    } else if states.contains(where: { $0 == .running || $0 == .backingOff || $0.hasOutputs }) {
      self = states.contains(.skipped) ? .canceled : .running
    } else {
      self = .waiting
    }
  }
}
