internal import MoiraConfig
internal import MoiraCrypto
public import MoiraModel
public import MoiraPlan

extension Plan {
  /// The SHA-256 of all that the plan asks of its parties: what `contentHash` covers, and how its tasks
  /// and the job are to be treated.
  public var termsHash: ContentHash {
    let tasks: [ConfigValue] = tasks.map { task in
      .map([
        ("id", .string(task.id.text)), ("level", .int(task.level)),
        ("reusable", .bool(task.isReusable)), ("outlives", .bool(task.outlivesParties)),
        ("roles", .list(task.parts.map { .string($0.role.rawValue) })),
      ])
    }
    let service: ConfigValue =
      service.map {
        .map([
          ("priority", .int($0.priority)), ("memory", .int($0.memory)),
          ("direct", .bool($0.direct)),
        ])
      } ?? .null
    let all = ConfigValue.map([
      ("content", .string(contentHash.text)), ("parallelism", .int(parallelism)),
      ("service", service), ("tasks", .list(tasks)),
    ])
    return sha256(Array(all.json(sorted: true).utf8))
  }
}
