/// Something that went wrong while a job ran.
///
/// `message` names public things only (parties, tasks, columns, rules); what may not leave the party
/// stands in `cause`, which `public` drops.
public struct Failure: Error, Hashable, Codable, Sendable {
  /// Kebab-case and stable; `moira explain` prints its page.
  public let code: String
  public let message: String
  public var hint: String?
  /// Whose it is; filled in by whoever knows.
  public var task: TaskID?
  public var attempt: Int?
  public var party: PartyID?
  /// What lies beneath, for the party's own log.
  public var cause: String?
  /// Whether the same thing may succeed on another try.
  public var isTransient: Bool

  public init(
    _ code: String, _ message: String, hint: String? = nil, cause: String? = nil,
    isTransient: Bool = false
  ) {
    self.code = code
    self.message = message
    self.hint = hint
    self.cause = cause
    self.isTransient = isTransient
  }

  /// What may cross to another party: the code and the public names, nothing of the cause.
  public var withoutCause: Failure {
    var copy = self
    copy.cause = nil
    return copy
  }

  /// The same failure, told whose it is where that is not known yet.
  public func attributed(to task: TaskID, attempt: Int, party: PartyID) -> Failure {
    var copy = self
    copy.task = copy.task ?? task
    copy.attempt = copy.attempt ?? attempt
    copy.party = copy.party ?? party
    return copy
  }
}
