public import MoiraModel

/// What the hub says to a party's agent.
public enum HubMessage: Hashable, Sendable {
  /// The first word on every connection.
  case welcome(Welcome)
  /// Asks for consent to a job; `proposal` is what the party must know to decide, as the two ends
  /// agree to write it.
  case consider(JobID, proposal: [UInt8])
  /// Run a part, or say again how it ended.
  case start(StartOrder, turn: UInt64)
  /// End a part if it still runs.
  case cancel(OrderKey)
  /// All that is wanted of the party. What else it runs is to be cancelled, unless it was ordered on
  /// a later turn.
  case standing([OrderKey], turn: UInt64)
  /// The job is over: nothing of it is needed any more but what it made.
  case forget(JobID)
  case ask(UInt64, Question)
  /// All that was told up to this number is kept.
  case noted(UInt64)
  case letter(Letter)
  case receipt(Receipt)
}

/// What a hub says of itself.
public struct Welcome: Hashable, Sendable {
  /// The version of what the two say to one another.
  public static let version: UInt32 = 1

  public let version: UInt32
  /// How long the hub waits for a word of the agent's before it takes the connection for cut.
  public let patience: Duration
  /// The newest list of revoked certificates, as the consortium signed it; empty for none.
  public let revocations: [UInt8]

  public init(version: UInt32 = Self.version, patience: Duration, revocations: [UInt8]) {
    self.version = version
    self.patience = patience
    self.revocations = revocations
  }
}

/// Something that a party is asked about a job, beside its parts.
public enum Question: Hashable, Sendable {
  /// What the part's result depends on at the party besides parameters and inputs.
  case fingerprint(StartOrder)
  /// Whether all of these lie at the party, for the seat.
  case holds(JobID, seat: PartyID, [ContentHash])
  /// The bytes of an artifact, sealed for whoever asked.
  case artifact(ArtifactQuestion)

  /// Whether the answer may come in many pieces.
  var isLong: Bool {
    if case .artifact = self { return true }
    return false
  }

  /// How long its answer, or the next piece of it, is waited for at least.
  var answerLimit: Duration {
    switch self {
    case .fingerprint: AnswerLimits.work
    case .holds: AnswerLimits.look
    case .artifact: AnswerLimits.piece
    }
  }
}

/// An artifact that a submitter wants to have, and whom it is for.
public struct ArtifactQuestion: Hashable, Sendable {
  public let job: JobID
  public let seat: PartyID
  public let task: TaskID
  public let reference: ArtifactReference
  public let submitter: String
  /// The certificate of whoever asked; the bytes are sealed for its key.
  public let certificate: [UInt8]

  public init(
    job: JobID, seat: PartyID, task: TaskID, reference: ArtifactReference, submitter: String,
    certificate: [UInt8]
  ) {
    self.job = job
    self.seat = seat
    self.task = task
    self.reference = reference
    self.submitter = submitter
    self.certificate = certificate
  }
}
