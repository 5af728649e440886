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
///
/// A part that succeeds may name parties that the attempt went on without: secure sums outlive a
/// party that falls silent. Their parts are lost, and the attempt succeeds without them. In a task
/// that outlives its parties, the part of a party that cannot be reached is lost too, and whether
/// that is too many is for the others to say.
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
  /// The parties that the attempt goes on without.
  private(set) var absent: Set<PartyID> = []
  /// Whether a part has succeeded that says who is absent.
  private(set) var isSeenThrough = false
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

  mutating func partSucceeded(
    _ party: PartyID, outputs made: [ArtifactReference], absent gone: [PartyID]? = nil
  ) -> Step {
    guard close(party, PartProgress(state: .succeeded)) else { return .ignored }
    if phase == .failing { return stepOfFailing() }
    outputs[party] = made
    if let gone {
      isSeenThrough = true
      for other in gone where other != party { lose(other) }
    }
    return stepOfRunning()
  }

  /// The time is over: in an attempt that somebody has seen through, nobody is waited for any more.
  ///
  /// - Returns: whose parts are lost, and what that comes to; nil if it has not been seen through.
  mutating func loseOpen() -> (lost: [PartyID], step: Step)? {
    guard isSeenThrough, phase == .running else { return nil }
    let open = openParties
    for party in open { lose(party) }
    return (open, stepOfRunning())
  }

  /// - Parameter outlives: Whether the task goes on without parties that cannot be reached.
  mutating func partFailed(
    _ party: PartyID, _ failure: Failure, outlives: Bool = false
  ) -> Step {
    if outlives, failure.isVanishing, phase == .running, parts[party]?.state.isFinal == false,
      open > 1 || !outputs.isEmpty
    {
      lose(party, failure.placed(task, number, party))
      return stepOfRunning()
    }
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

  /// A part of which nothing more is expected, in an attempt that goes on.
  private mutating func lose(_ party: PartyID, _ failure: Failure? = nil) {
    guard close(party, PartProgress(state: .lost, failure: failure)) else { return }
    absent.insert(party)
  }

  private mutating func stepOfRunning() -> Step {
    if open > 0 { return .noted }
    phase = .succeeded
    return .succeeded
  }

  private func stepOfFailing() -> Step {
    guard open == 0, let echo else { return .noted }
    return .failed(echo)
  }
}
