import MoiraConfig
import MoiraModel
import MoiraRelay
import MoiraRuntime
import MoiraSchedule
import MoiraStorage

extension AgentEvent {
  /// What stands of it in the audit log; nil for what concerns the connection alone.
  var audited: (kind: AuditKind, facts: ConfigValue)? {
    switch self {
    case .decided(let job, let submitter, let consent):
      (
        .decision,
        .map([
          ("job", .string(job.text)), ("submitter", .string(submitter)),
          ("granted", .bool(consent.isGranted)),
          ("refusals", .list(consent.refusals.map { .string("\($0.message) [\($0.code)]") })),
        ])
      )
    case .partStarted(let key, let component):
      (.partStarted, .map(Self.facts(key) + [("component", .string(component))]))
    case .partEnded(let key, let end):
      (.partEnded, .map(Self.facts(key) + [("end", .string(Self.word(end)))]))
    case .releaseRefused(let asked, let failure):
      (.releaseRefused, .map(Self.facts(asked) + [("why", .string(failure.code))]))
    // What leaves is written before it does, by whoever lets it.
    case .released, .refused, .connected, .disconnected, .linked, .unlinked, .failed: nil
    }
  }

  static func leaving(_ asked: ArtifactQuestion) -> (kind: AuditKind, facts: ConfigValue) {
    (.artifactLeft, .map(facts(asked)))
  }

  private static func facts(_ key: OrderKey) -> [(key: String, value: ConfigValue)] {
    [
      ("job", .string(key.job.text)), ("task", .string(key.part.task.text)),
      ("attempt", .int(key.part.attempt)), ("seat", .string(key.part.party.text)),
    ]
  }

  private static func facts(_ asked: ArtifactQuestion) -> [(key: String, value: ConfigValue)] {
    [
      ("job", .string(asked.job.text)), ("task", .string(asked.task.text)),
      ("port", .string(asked.reference.port.text)), ("kind", .string(asked.reference.kind.text)),
      ("hash", .string(asked.reference.hash.text)), ("submitter", .string(asked.submitter)),
    ]
  }

  private static func word(_ end: PartEnd) -> String {
    switch end {
    case .succeeded: "succeeded"
    case .failed(let failure): failure.code
    case .lost: "lost"
    }
  }
}
