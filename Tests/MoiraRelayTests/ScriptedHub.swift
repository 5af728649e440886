import MoiraModel
import MoiraSchedule

@testable import MoiraRelay

/// A desk with a clock, and short words for what comes to it.
struct ScriptedHub {
  var desk = HubDesk(patience: .seconds(10), repetition: .seconds(5))
  var now = Instant(milliseconds: 1_700_000_000_000)
  var session: [PartyID: UInt64] = [:]
  private var lastSession: UInt64 = 0

  /// With a job that runs between `a` and `b`, who holds the arbiter's seat too.
  init(open: Bool = true) {
    if open { _ = tell(.opened(job, seats: ["a": "a", "b": "b", "b-arbiter": "b"])) }
  }

  mutating func tell(_ event: HubDesk.Event) -> [HubDesk.Action] { desk.handle(event, at: now) }

  mutating func connect(
    _ party: PartyID, jobs: [JobID] = [], firstTold: UInt64 = 1
  ) -> [HubDesk.Action] {
    lastSession += 1
    session[party] = lastSession
    let hello = Hello(
      build: "1", components: [:], slots: 1, memory: 1, jobs: jobs, firstTold: firstTold)
    return tell(.connected(party, session: lastSession, hello))
  }

  mutating func hear(_ message: AgentMessage, from party: PartyID) -> [HubDesk.Action] {
    tell(.received(message, from: party, session: session[party] ?? 0))
  }

  mutating func order(_ seat: PartyID, _ attempt: Int = 1, at party: PartyID) -> [HubDesk.Action] {
    tell(.order(MoiraRelayTests.order(seat, attempt), at: party, wait: .seconds(60)))
  }

  mutating func leave(_ party: PartyID) -> [HubDesk.Action] {
    tell(.disconnected(party, session: session[party] ?? 0))
  }

  /// The desk after some time, when it is asked whether anything is due.
  mutating func tick(after wait: Duration) -> [HubDesk.Action] {
    now = now + wait
    return tell(.tick)
  }

  /// The desk over so many seconds but one, in which the party beats.
  mutating func beat(_ party: PartyID, until seconds: Int) -> [HubDesk.Action] {
    var actions: [HubDesk.Action] = []
    for _ in 1..<seconds {
      actions += tick(after: .seconds(1))
      actions += hear(.beat, from: party)
    }
    return actions
  }

  func send(_ message: HubMessage, to party: PartyID) -> HubDesk.Action {
    .send(message, to: party, session: session[party] ?? 0)
  }
}

extension Array where Element == HubDesk.Action {
  var answers: Self { filter { if case .answered = $0 { true } else { false } } }
  var decisions: Self { filter { if case .decided = $0 { true } else { false } } }

  /// What is said, without to whom.
  var said: [HubMessage] {
    compactMap {
      guard case .send(let message, _, _) = $0 else { return nil }
      return message
    }
  }
}
