import Logging
import MoiraModel
import MoiraRelay
import MoiraRuntime
import MoiraSchedule

/// What an agent writes to its log: for the party's own people, so causes stand in it.
struct AgentLog: Sendable {
  private let logger: Logger

  init(_ party: PartyID) {
    var logger = Logger(label: "moira.party")
    logger[metadataKey: "party"] = "\(party)"
    self.logger = logger
  }

  func note(_ event: AgentEvent) {
    switch event {
    case .connected: logger.info("connected to the hub")
    case .disconnected(nil): logger.info("the hub has ended the connection")
    case .disconnected(let failure?): failed(failure)
    case .linked(let party): logger.info("sending past the hub", metadata: ["to": "\(party)"])
    case .unlinked(let party, let failure):
      logger.info(
        "sending by the hub",
        metadata: [
          "to": "\(party)", "code": "\(failure?.code ?? "")", "why": "\(failure?.message ?? "")",
        ])
    case .decided(let job, let submitter, let consent):
      logger.info(
        consent.isGranted ? "agreed to a job" : "refused a job",
        metadata: [
          "job": "\(job)", "submitter": "\(submitter)",
          "why": "\(consent.refusals.map(\.code).joined(separator: " "))",
        ])
    case .partStarted(let key, let component):
      logger.info("part started", metadata: metadata(key, ["component": "\(component)"]))
    case .partEnded(let key, let end): logger.info("part ended", metadata: metadata(key, end))
    case .failed(let key, let failure):
      logger.error(
        "part failed",
        metadata: metadata(
          key,
          [
            "code": "\(failure.code)", "why": "\(failure.message)",
            "cause": "\(failure.cause ?? "")",
          ]))
    case .released(let asked):
      logger.notice(
        "an artifact left",
        metadata: ["hash": "\(asked.reference.hash.short)", "to": "\(asked.submitter)"])
    case .releaseRefused(let asked, let failure):
      logger.notice(
        "an artifact was not given",
        metadata: [
          "hash": "\(asked.reference.hash.short)", "to": "\(asked.submitter)",
          "why": "\(failure.code)",
        ])
    case .refused(let refusal): logger.warning("refused", metadata: ["what": "\(refusal.kind)"])
    }
  }

  /// Something new that counts from now on.
  func took(_ what: String) { logger.notice("took \(what)") }

  func failed(_ failure: Failure) {
    logger.warning(
      "\(failure.message)",
      metadata: ["code": "\(failure.code)", "cause": "\(failure.cause ?? "")"])
  }

  private func metadata(_ key: OrderKey, _ more: Logger.Metadata) -> Logger.Metadata {
    let own: Logger.Metadata = [
      "job": "\(key.job)", "task": "\(key.part.task)", "attempt": "\(key.part.attempt)",
      "seat": "\(key.part.party)",
    ]
    return own.merging(more) { $1 }
  }

  private func metadata(_ key: OrderKey, _ end: PartEnd) -> Logger.Metadata {
    switch end {
    case .succeeded: metadata(key, ["end": "succeeded"])
    case .failed(let failure): metadata(key, ["end": "\(failure.code)"])
    case .lost: metadata(key, ["end": "lost"])
    }
  }
}
