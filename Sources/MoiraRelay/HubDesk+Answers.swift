public import MoiraModel
internal import MoiraSchedule

/// How long a party that is there may take to answer: `wait`, but not less than this, so that a job that
/// waits shortly for those that are away does not lose those that are at work.
enum AnswerLimits {
  /// For what is found in a party's rows: whether it takes part, what a part's result depends on.
  static let work = Duration.seconds(600)
  /// For what takes a look.
  static let look = Duration.seconds(60)
  /// For each piece of an artifact; the first one is read and sealed before.
  static let piece = Duration.seconds(120)
  /// Answers of one party that were given up and are known by name when they come.
  static let overdue = 1024
}

/// By when an answer must come, whatever its party does: one that comes and goes does not prolong it.
struct AnswerDue: Sendable {
  private let limit: Duration
  private var since: Instant
  private(set) var latest: Instant
  /// How many pieces of the answer have come, in their order.
  private(set) var pieces: UInt64 = 0

  init(within limit: Duration, at now: Instant) {
    self.limit = limit
    since = now
    latest = now + limit
  }

  var isUnderWay: Bool { pieces > 0 }
  var seconds: Int64 { limit.components.seconds }

  /// Its party is, or was, away, for which it has as long again as one waits for it.
  mutating func allow(_ wait: Duration) { latest = since + limit + wait }

  /// The next piece has come.
  mutating func goOn(at now: Instant) {
    pieces += 1
    since = now
    latest = now + limit
  }
}

/// An answer that nobody waits for any more.
public enum LateAnswer: Hashable, Sendable {
  case question(UInt64)
  case consent(JobID)
}

/// Answers that were given up, the latest ones.
struct OverdueAnswers: Sendable {
  private var known: Set<LateAnswer> = []
  private var order: [LateAnswer] = []

  mutating func add(_ answer: LateAnswer) {
    guard known.insert(answer).inserted else { return }
    order.append(answer)
    if order.count > AnswerLimits.overdue { known.remove(order.removeFirst()) }
  }

  /// - Returns: whether it was there.
  mutating func remove(_ answer: LateAnswer) -> Bool {
    guard known.remove(answer) != nil else { return false }
    order.removeAll { $0 == answer }
    return true
  }
}

/// Answers that come, and those that do not.
extension HubDesk {
  mutating func take(
    _ answer: Answer, to number: UInt64, _ party: PartyID, at now: Instant
  ) -> [Action] {
    guard let due = parties[party]?.questions[number]?.due else {
      return refuseLate(.question(number), from: party)
    }
    if answer.isLast {
      parties[party]?.questions[number] = nil
    } else if case .piece(due.pieces, let bytes, _) = answer, !bytes.isEmpty {
      parties[party]?.questions[number]?.due?.goOn(at: now)
    }
    return [.answered(number, answer)]
  }

  /// Counts an answer that was given up, once; what comes twice is none.
  mutating func refuseLate(_ answer: LateAnswer, from party: PartyID) -> [Action] {
    parties[party]?.overdue.remove(answer) == true ? [.refuse(.late(answer), from: party)] : []
  }

  /// Ends what should have been answered by now.
  mutating func endOverdue(_ party: PartyID, at now: Instant) -> [Action] {
    guard let line = parties[party] else { return [] }
    var actions: [Action] = []
    for (job, due) in line.proposals.overdue(now) {
      parties[party]?.proposals[job] = nil
      parties[party]?.overdue.add(.consent(job))
      let failure = line.failure("has not decided on the job '\(job)'", party, due)
      actions.append(.decided(job, party, Consent(refusals: [failure])))
    }
    for (number, due) in line.questions.overdue(now) {
      parties[party]?.questions[number] = nil
      parties[party]?.overdue.add(.question(number))
      let failure = line.failure("has not answered the hub", party, due)
      actions.append(.answered(number, .failed(failure)))
    }
    return actions
  }

  /// An answer of which pieces have come ends with its connection: on the next one it would come anew,
  /// under another seal, and the two do not fit together.
  mutating func cutAnswers(of party: PartyID) -> [Action] {
    let questions = parties[party]?.questions ?? [:]
    let cut = questions.keys.filter { questions[$0]?.due?.isUnderWay == true }.sorted()
    let failure = Failure(
      "party-unreachable", "'\(party)' was cut off in the middle of its answer",
      hint: "ask again when it is connected", isTransient: true)
    return cut.map { number in
      parties[party]?.questions[number] = nil
      return .answered(number, .failed(failure))
    }
  }
}

extension HubDesk.Line {
  fileprivate func failure(_ what: String, _ party: PartyID, _ due: AnswerDue) -> Failure {
    if session == nil { return .away(party) }
    return Failure(
      "answer-overdue", "'\(party)' is connected, but \(what) within \(due.seconds) seconds",
      hint: "the log of its agent says what that does", isTransient: true)
  }
}

extension Dictionary where Key: Comparable {
  /// What should have been answered by now, in order.
  fileprivate func overdue<Content>(_ now: Instant) -> [(Key, AnswerDue)]
  where Value == HubDesk.Waiting<Content> {
    compactMap { key, waiting in
      waiting.due.flatMap { $0.latest <= now ? (key, $0) : nil }
    }.sorted { $0.0 < $1.0 }
  }
}

extension Failure {
  static func away(_ party: PartyID) -> Failure {
    Failure(
      "party-unreachable", "'\(party)' has not been connected to the hub for as long as is waited",
      hint: "'wait_for_party' in 'conf' says how long", isTransient: true)
  }
}
