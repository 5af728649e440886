internal import Logging
internal import MoiraModel

/// What a hub writes to its log: names, sizes and times, never contents.
public struct HubLog: Sendable {
  private let logger: Logger

  public init(label: String = "moira.hub") { logger = Logger(label: label) }

  func connected(_ party: PartyID, session: UInt64) {
    logger.info("agent connected", metadata: ["party": "\(party)", "session": "\(session)"])
  }

  func disconnected(_ party: PartyID, session: UInt64) {
    logger.info("agent disconnected", metadata: ["party": "\(party)", "session": "\(session)"])
  }

  func refused(_ failure: Failure, from peer: String) {
    logger.warning(
      "refused",
      metadata: ["peer": "\(peer)", "code": "\(failure.code)", "why": "\(failure.message)"])
  }

  func submitted(_ job: JobID, by submitter: PartyID) {
    logger.info("job submitted", metadata: ["job": "\(job)", "submitter": "\(submitter)"])
  }
}
