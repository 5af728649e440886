public import MoiraModel

/// How a job stands in the queue.
public enum QueueStanding: Hashable, Sendable {
  case running
  /// - Parameters:
  ///   - place: from 1: the waiting jobs that go before it, and itself.
  ///   - reason: why it does not run.
  case waiting(place: Int, reason: QueueReason)
}

/// Why a job waits.
public enum QueueReason: Hashable, Sendable {
  case partyAway(PartyID)
  /// The party could not run it even if it ran nothing else.
  case tooFewSlots(PartyID, has: Int, needed: Int)
  case tooLittleMemory(PartyID, has: Int, needed: Int)
  case submitterLimit(String, running: Int, limit: Int)
  case runningLimit(running: Int, limit: Int)
  case slotsTaken(PartyID, taken: Int, of: Int, needed: Int)
  case memoryTaken(PartyID, taken: Int, of: Int, needed: Int)
  /// The party's next free places are kept for a job that goes before it and has waited for long.
  case placesKept(PartyID, for: JobID)
  /// So is the submitter's last place.
  case submitterPlaceKept(String, for: JobID)
  /// It starts as soon as the queue is asked.
  case nothing
}

extension QueueReason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .partyAway(let party): "'\(party)' is away"
    case .tooFewSlots(let party, let has, let needed):
      "'\(party)' has \(counted(has, "slot")) in all, but \(needed) are needed"
    case .tooLittleMemory(let party, let has, let needed):
      "'\(party)' has \(bytes(has)) of memory in all, but \(bytes(needed)) are needed"
    case .submitterLimit(let submitter, let running, let limit):
      "'\(submitter)' may run \(counted(limit, "job")) at once, and runs \(running)"
    case .runningLimit(let running, let limit):
      "\(counted(limit, "job")) may run at once, and \(running) do"
    case .slotsTaken(let party, let taken, let all, let needed):
      taken >= all
        ? "'\(party)' has no free slot (\(taken) of \(all) taken)"
        : "'\(party)' has \(counted(all - taken, "free slot")) of \(all), but \(needed) are needed"
    case .memoryTaken(let party, let taken, let all, let needed):
      "'\(party)' has \(bytes(max(all - taken, 0))) of \(bytes(all)) of memory free, but"
        + " \(bytes(needed)) are needed"
    case .placesKept(let party, let job):
      "the next free places of '\(party)' are kept for job '\(job)'"
    case .submitterPlaceKept(let submitter, let job):
      "the next place of '\(submitter)' is kept for job '\(job)'"
    case .nothing: "it is next"
    }
  }

  private func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  /// The largest unit of which there is a whole one, to a tenth, rounded down.
  private func bytes(_ count: Int) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"]
    var unit = 0
    while unit + 1 < units.count, count >> (10 * (unit + 1)) > 0 { unit += 1 }
    let size = 1 << (10 * unit)
    let tenths = count % size * 10 / size
    return "\(count / size)\(tenths > 0 ? ".\(tenths)" : "") \(units[unit])"
  }
}
