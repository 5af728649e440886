internal import MoiraModel
internal import MoiraPlan
internal import MoiraRelay
internal import MoiraSchedule

/// A job that the hub has in hand, from its submission to its end.
struct RunningJob {
  enum Phase: Hashable, Sendable {
    /// Waits for the consent of these parties.
    case asking(Set<PartyID>)
    /// Waits for its turn.
    case queued
    case running
  }

  let record: JobRecord
  /// The registered parties, each once.
  let parties: [PartyID]
  var phase: Phase
  var feed = JobFeed()
  var driver: JobDriver?
  /// Why it is to stop, if somebody said so before there was a driver.
  var stopReason: String?
  private(set) var refusals: [Failure] = []

  init(_ record: JobRecord, phase: Phase) {
    self.record = record
    self.phase = phase
    var seen: Set<PartyID> = []
    parties = record.plan.members.map(\.registered).filter { seen.insert($0).inserted }
  }

  mutating func decide(_ party: PartyID, _ consent: Consent) {
    guard case .asking(var open) = phase, open.remove(party) != nil else { return }
    phase = .asking(open)
    for var failure in consent.refusals {
      failure.party = failure.party ?? party
      refusals.append(failure)
    }
  }

  var isDecided: Bool { phase == .asking([]) }

  func leave() async { await driver?.leave() }
}
