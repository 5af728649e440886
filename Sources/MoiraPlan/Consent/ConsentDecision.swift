public import MoiraModel

/// Why a party does not take part: a rule of its policy, or something that it cannot know.
public struct PolicyRefusal: Hashable, Codable, Sendable {
  /// `policy-submitter`; `moira explain` prints its page.
  public let code: String
  /// The rule by its place in the file: `policy.submitters`. Nil for what no rule can allow.
  public let rule: String?
  /// Names public things only: who and what was asked for, and the rule.
  public let message: String
  /// What is allowed. For the party alone, as the place is.
  public let hint: String?
  public let site: Site?

  public init(code: String, rule: String?, message: String, hint: String?, site: Site?) {
    self.code = code
    self.rule = rule
    self.message = message
    self.hint = hint
    self.site = site
  }

  /// What may cross to others: nothing of what is allowed, and no place in a file.
  public var shared: PolicyRefusal {
    PolicyRefusal(code: code, rule: rule, message: message, hint: nil, site: nil)
  }

  /// For reports that show lines of the party's file.
  public var diagnostic: Diagnostic {
    Diagnostic(.error, code: code, message, at: site, hint: hint)
  }
}

/// ε that a training would spend of a dataset towards a partner.
public struct EpsilonReserve: Hashable, Codable, Sendable {
  public let dataset: String
  public let partner: PartyID
  public let task: TaskID
  /// Of one attempt.
  public let epsilon: Double
  /// How often the plan lets it be tried; each attempt draws new noise and tells anew.
  public let attempts: Int

  public init(dataset: String, partner: PartyID, task: TaskID, epsilon: Double, attempts: Int) {
    self.dataset = dataset
    self.partner = partner
    self.task = task
    self.epsilon = epsilon
    self.attempts = attempts
  }

  public var total: Double { epsilon * Double(attempts) }
}

/// What a party says to a proposal.
public struct ConsentDecision: Hashable, Codable, Sendable {
  public let granted: Bool
  /// Everything that stands against it; empty when it is granted.
  public let refusals: [PolicyRefusal]
  /// What must be reserved before the answer is given; empty when it is refused.
  public let reserves: [EpsilonReserve]

  public init(refusals: [PolicyRefusal], reserves: [EpsilonReserve]) {
    granted = refusals.isEmpty
    self.refusals = refusals
    self.reserves = refusals.isEmpty ? reserves : []
  }

  /// What the hub and the submitter may learn of it.
  public var shared: ConsentDecision {
    ConsentDecision(refusals: refusals.map(\.shared), reserves: [])
  }

  /// The first refusal, and how many there are; nil when it is granted.
  public func failure(of party: PartyID) -> Failure? {
    guard let first = refusals.first else { return nil }
    let more = refusals.count > 1 ? " (and \(refusals.count - 1) more)" : ""
    return Failure(refusal: first.code, "'\(party)' refused the job: \(first.message)\(more)")
  }
}

extension Failure {
  /// The code is one of a refusal, which has its page.
  fileprivate init(refusal code: String, _ message: String) { self.init(code, message) }
}
