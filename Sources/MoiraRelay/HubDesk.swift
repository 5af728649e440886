public import MoiraModel

/// The hub's side of all its connections, without clock, socket or database: events in, actions out.
///
/// It keeps what is open at each party (proposals, orders, questions), says it again on every new
/// connection, and gives up on what waits for a party that stays away, or that is there and does not
/// answer. It relays letters and receipts between the seats of a job, and looks at nothing but their
/// addresses.
///
/// After a restart the driver first says `propose`, `opened` and `order` for all that the journals hold
/// open, and then lets agents connect: what the hub does not know of, agents are told to forget.
///
/// - Complexity: a message costs O(log open orders of its party); a tick O(everything open).
public struct HubDesk: Sendable {
  var parties: [PartyID: Line] = [:]
  var jobs: [JobID: Job] = [:]
  var turn: UInt64 = 0
  let patience: Duration
  let repetition: Duration

  /// - Parameters:
  ///   - patience: how long a connection may be silent.
  ///   - repetition: after how long it is said again what is open.
  public init(patience: Duration, repetition: Duration = .seconds(5)) {
    self.patience = patience
    self.repetition = repetition
  }

  public enum Event: Sendable {
    case connected(PartyID, session: UInt64, Hello)
    case disconnected(PartyID, session: UInt64)
    case received(AgentMessage, from: PartyID, session: UInt64)
    /// Ask a party for its consent; `wait` says how long to wait while the party is away.
    case propose(JobID, proposal: [UInt8], to: PartyID, wait: Duration)
    /// The job runs between these seats: what they send to one another is relayed from now on.
    case opened(JobID, seats: [PartyID: PartyID])
    case order(StartOrder, at: PartyID, wait: Duration)
    case withdraw(OrderKey)
    case ask(UInt64, Question, of: PartyID, wait: Duration)
    /// Nobody waits for the answer any more.
    case unask(UInt64, of: PartyID)
    /// What a party told, up to this number, is kept.
    case kept(PartyID, session: UInt64, UInt64)
    case over(JobID)
    case tick
  }

  public enum Action: Equatable, Sendable {
    case send(HubMessage, to: PartyID, session: UInt64)
    /// Nothing of the connection is heard any more; its agent is told why, if that is its fault.
    case close(PartyID, session: UInt64, because: Failure? = nil)
    case decided(JobID, PartyID, Consent)
    /// Keep what a part reported, then say `kept`.
    case report(OrderKey, [UInt8], from: PartyID, session: UInt64, number: UInt64)
    case ended(OrderKey, PartEnd)
    case answered(UInt64, Answer)
    case refuse(RelayRefusal, from: PartyID)
  }

  /// A job that is not over.
  struct Job: Sendable {
    /// Who was asked for consent, or has a seat.
    var members: Set<PartyID> = []
    /// Whose the seats are; none before the job has begun.
    var seats: [PartyID: PartyID] = [:]
    /// Parts of which nothing more is expected: letters to them are in vain.
    var over: Set<OrderKey> = []
  }

  /// What is open at one party, connected or not.
  struct Line: Sendable {
    var session: UInt64?
    var hello: Hello?
    var since: Instant
    var heard: Instant
    /// When all that is open was said last.
    var said: Instant
    /// The number of the last telling that was taken in.
    var told: UInt64 = 0
    /// Reports among them that are not kept yet.
    var unkept: Set<UInt64> = []
    /// The jobs that are not over of which it is a member.
    var jobs: Set<JobID> = []
    var proposals: [JobID: Waiting<[UInt8]>] = [:]
    var orders: [OrderKey: Waiting<StartOrder>] = [:]
    var questions: [UInt64: Waiting<Question>] = [:]
    /// What was given up for want of an answer, until that comes.
    var overdue = OverdueAnswers()

    init(at now: Instant) {
      since = now
      heard = now
      said = now
    }
  }

  struct Waiting<Content: Sendable>: Sendable {
    let content: Content
    let wait: Duration
    /// When it is given up; nil while the party is there.
    var deadline: Instant?
    /// Until when it may be answered; nil for an order: how long parts may run is not the hub's to say.
    var due: AnswerDue?
    /// Whether it is to be ended: an order that was cancelled.
    var isWithdrawn = false
  }

  public mutating func handle(_ event: Event, at now: Instant) -> [Action] {
    switch event {
    case .connected(let party, let session, let hello):
      return connect(party, session, hello, at: now)
    case .disconnected(let party, let session): return disconnect(party, session, at: now)
    case .received(let message, let party, let session):
      guard parties[party]?.session == session else { return [] }
      parties[party]?.heard = now
      return receive(message, party, session, at: now)
    case .propose(let job, let proposal, let party, let wait):
      join(job, [party], now)
      return open(
        party, \.proposals, job, proposal, wait, answer: AnswerLimits.work,
        .consider(job, proposal: proposal), now)
    case .opened(let job, let seats):
      join(job, Set(seats.values), now)
      jobs[job]?.seats = seats
      return []
    case .order(let order, let party, let wait):
      turn += 1
      return open(party, \.orders, order.key, order, wait, .start(order, turn: turn), now)
    case .withdraw(let key): return withdraw(key)
    case .ask(let number, let question, let party, let wait):
      return open(
        party, \.questions, number, question, wait, answer: question.answerLimit,
        .ask(number, question), now)
    case .unask(let number, let party):
      parties[party]?.questions[number] = nil
      return []
    case .kept(let party, let session, let number):
      guard parties[party]?.session == session else { return [] }
      let unkept = parties[party]?.unkept.filter { $0 > number }
      parties[party]?.unkept = unkept ?? []
      return note(party, session)
    case .over(let job): return end(job)
    case .tick: return tick(at: now)
    }
  }
}
