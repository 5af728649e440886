import MoiraModel

/// The parts of one attempt: which still run, and what the attempt came to.
///
///                    the last part succeeds
///     running ────────────────────────────────────────────▶ succeeded
///        │ │
///        │ └── a part fails with a cause, time is up, ──────▶ over
///        │     the process died, the job is stopped          ▲
///        │                                                   │ a cause arrives, no part is left,
///        └──── a part fails with an echo ────▶ failing ──────┘ or the grace has passed
///
/// A part that waits for messages of one that failed fails too, and its report may arrive first.
/// Such an echo (`Failure.isEcho`) does not settle the attempt: the other parts are cancelled, and
/// each is given the grace to have its last word. The first report that is no echo is the cause;
/// only when there is none does the first echo stand. A report that is a cause settles the attempt
/// at once, and whatever comes later, echo or not, is not heard.
struct AttemptMachine: Equatable, Sendable {
  enum Phase: Sendable { case running, failing, succeeded, over }

  /// What a report changed.
  enum Step: Equatable, Sendable {
    /// Unknown party, said before, or too late.
    case ignored
    /// Others still run.
    case noted
    /// The first echo: cancel the others, and wait for what they say.
    case failing
    case succeeded
    case failed(Failure)
  }

  let task: TaskID
  let number: Int
  /// In the order in which they are started and cancelled.
  let parties: [PartyID]
  let started: Instant
  private(set) var phase: Phase = .running
  private(set) var parts: [PartyID: PartProgress]
  private(set) var outputs: [PartyID: [ArtifactReference]] = [:]
  /// The first echo, while no cause has come.
  private(set) var echo: Failure?
  /// How many parts have not had their last word.
  private var open: Int

  init(task: TaskID, number: Int, parties: [PartyID], started: Instant) {
    self.task = task
    self.number = number
    self.parties = parties
    self.started = started
    parts = Dictionary(uniqueKeysWithValues: parties.map { ($0, PartProgress(state: .running)) })
    open = parties.count
  }

  mutating func partSucceeded(_ party: PartyID, outputs made: [ArtifactReference]) -> Step {
    guard close(party, PartProgress(state: .succeeded)) else { return .ignored }
    if phase == .failing { return stepOfFailing() }
    outputs[party] = made
    if open > 0 { return .noted }
    phase = .succeeded
    return .succeeded
  }

  mutating func partFailed(_ party: PartyID, _ failure: Failure) -> Step {
    let cancelled = phase == .failing && failure.code == "cancelled"
    let failure = failure.placed(task, number, party)
    let progress = PartProgress(
      state: cancelled ? .cancelled : .failed, failure: cancelled ? nil : failure)
    guard close(party, progress) else { return .ignored }
    if !failure.isEcho { return .failed(failure) }
    if echo == nil { echo = failure }
    if phase == .failing || open == 0 { return stepOfFailing() }
    phase = .failing
    return .failing
  }

  /// Marks the parts that run as told to end, and names their parties.
  mutating func cancelRunning() -> [PartyID] {
    let running = parties.filter { parts[$0]?.state == .running }
    for party in running { parts[party]?.state = .cancelling }
    return running
  }

  /// Nothing more is heard of this attempt.
  ///
  /// - Parameter lost: Whether the process died with it; otherwise its open parts are cancelled.
  mutating func end(lost: Bool = false) {
    phase = .over
    open = 0
    outputs = [:]
    for party in openParties {
      parts[party]?.state = lost ? .lost : .cancelled
    }
  }

  /// The parties whose parts have not had their last word.
  var openParties: [PartyID] { parties.filter { parts[$0]?.state.isFinal == false } }

  /// The parties that were told to end, whether they have answered or not.
  var cancelledParties: [PartyID] {
    parties.filter { parts[$0]?.state == .cancelling || parts[$0]?.state == .cancelled }
  }

  private mutating func close(_ party: PartyID, _ progress: PartProgress) -> Bool {
    guard phase == .running || phase == .failing, parts[party]?.state.isFinal == false else {
      return false
    }
    parts[party] = progress
    open -= 1
    return true
  }

  private func stepOfFailing() -> Step {
    guard open == 0, let echo else { return .noted }
    return .failed(echo)
  }
}
