import MoiraConfig
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSchedule

/// How a job stands, for programs.
struct JobJSON {
  private let board: RunBoard
  private let snapshot: JobSnapshot
  private let planHash: ContentHash

  init(_ board: RunBoard, _ snapshot: JobSnapshot, planHash: ContentHash) {
    self.board = board
    self.snapshot = snapshot
    self.planHash = planHash
  }

  var value: ConfigValue {
    .map([
      ("job", .string(snapshot.id.text)), ("name", .string(board.plan.name)),
      ("state", .string(snapshot.state.rawValue)), ("plan", .string(planHash.text)),
      ("submitted", .int(Int(snapshot.submitted.milliseconds))),
      ("ended", snapshot.ended.map { .int(Int($0.milliseconds)) } ?? .null),
      ("seconds", snapshot.span.map { .double($0.seconds) } ?? .null),
      ("stop_reason", snapshot.stopReason.map { .string($0) } ?? .null),
      ("refusals", .list((snapshot.refusals ?? []).map { FailureReport($0).json })),
      ("tasks", .list(snapshot.tasks.map(task))), ("metrics", metrics),
      (
        "protection",
        .list(
          board.protections.map {
            .map([("task", .string($0.task.text)), ("text", .string($0.text))])
          })
      ),
      (
        "tallies",
        .list(
          board.tallies.map {
            .map([
              ("task", .string($0.task.text)), ("name", .string($0.name)),
              ("text", .string($0.text)),
            ])
          })
      ), ("artifacts", artifacts),
    ])
  }

  private func task(_ task: TaskSnapshot) -> ConfigValue {
    .map([
      ("task", .string(task.id.text)),
      ("component", .string(board.plan[task.id]?.component ?? "")),
      ("state", .string(task.state.rawValue)), ("attempt", .int(task.attempt)),
      ("started", task.started.map { .int(Int($0.milliseconds)) } ?? .null),
      ("ended", task.ended.map { .int(Int($0.milliseconds)) } ?? .null),
      ("skip_reason", task.skipReason.map { .string($0.description) } ?? .null),
      ("absent", .list(task.absent.map { .string($0.text) })),
      ("failures", .list(task.failures.map { FailureReport($0).json })),
    ])
  }

  var metrics: ConfigValue {
    .list(
      board.lastMetrics.map { one in
        .map([
          ("task", .string(one.task.text)), ("party", .string(one.party.text)),
          ("step", .int(one.metrics.step)), ("values", numbers(one.metrics.values)),
        ])
      })
  }

  var artifacts: ConfigValue {
    .list(
      snapshot.artifacts.map { one in
        .map([
          ("task", .string(one.task.text)), ("port", .string(one.reference.port.text)),
          ("party", .string(one.party.text)), ("kind", .string(one.reference.kind.text)),
          ("hash", .string(one.reference.hash.text)), ("bytes", .int(one.reference.bytes)),
        ])
      })
  }
}

/// Named numbers in the order of their names.
func numbers(_ values: [String: Double]) -> ConfigValue {
  .map(values.sorted { $0.key < $1.key }.map { ($0.key, .double($0.value)) })
}
