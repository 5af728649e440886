internal import Logging
public import MoiraModel
public import MoiraRelay
import Synchronization

/// What a hub writes to its log: names, sizes and times, never contents.
public struct HubLog: Sendable {
  /// Lines in ten seconds about connections of nobody's: whoever may dial must not fill the disk.
  static let doorLines = 50

  private let logger: Logger
  private let door = Door()

  private final class Door: Sendable {
    let lines = Mutex<(since: ContinuousClock.Instant, shown: Int, kept: Int)>((.now, 0, 0))
  }

  public init(label: String = "moira.hub") { logger = Logger(label: label) }

  /// Of a connection that was not let in: nobody's, as far as is known.
  func refusedAtDoor(_ failure: Failure) {
    let (isShown, kept) = door.lines.withLock { lines -> (Bool, Int) in
      let isNew = .now - lines.since > .seconds(10)
      let kept = isNew ? lines.kept : 0
      if isNew { lines = (.now, 0, 0) }
      lines.shown += 1
      if lines.shown > Self.doorLines { lines.kept += 1 }
      return (lines.shown <= Self.doorLines, kept)
    }
    if kept > 0 { logger.warning("refused \(kept) more connections of the same kinds") }
    if isShown { refused(failure, from: "whoever dialled") }
  }

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

  /// Of something that an agent sent and that was not taken in.
  public func refused(_ refusal: RelayRefusal, from party: PartyID) {
    logger.warning("refused", metadata: ["peer": "\(party)", "code": "\(refusal.kind)"])
  }

  /// Something new that counts from now on.
  public func took(_ what: String) { logger.notice("took \(what)") }

  public func failed(_ failure: Failure) {
    logger.warning("\(failure.message)", metadata: ["code": "\(failure.code)"])
  }

  func submitted(_ job: JobID, by submitter: PartyID) {
    logger.info("job submitted", metadata: ["job": "\(job)", "submitter": "\(submitter)"])
  }
}
