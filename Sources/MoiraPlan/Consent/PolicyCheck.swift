internal import MoiraConfig
public import MoiraModel

extension PartyPolicy {
  /// Checks a proposal against every rule.
  ///
  /// - Complexity: linear in the plan's parts and the party's wires.
  public func decide(_ proposal: Proposal, facts: PolicyFacts) -> ConsentDecision {
    var check = PolicyCheck(policy: self, proposal: proposal, facts: facts)
    check.everything()
    return ConsentDecision(refusals: check.refusals, reserves: check.reserves)
  }
}

extension PartyProfile {
  /// What the party says to a proposal; without a policy it refuses.
  ///
  /// - Parameters:
  ///   - rows: how many rows a dataset has; nil where that is not known.
  ///   - spent: ε that other jobs have spent or reserved of a dataset towards a partner.
  public func decide(
    _ proposal: Proposal, catalog: ComponentSchemas,
    rows: @escaping @Sendable (_ dataset: String) -> Int?,
    spent: @escaping @Sendable (_ dataset: String, _ partner: PartyID) -> Double
  ) -> ConsentDecision {
    guard let policy else { return ConsentDecision(refusals: [missing(proposal)], reserves: []) }
    return policy.decide(
      proposal,
      facts: PolicyFacts(
        catalog: catalog, datasets: Set(datasets.map(\.name)), rows: rows, spent: spent))
  }

  private func missing(_ proposal: Proposal) -> PolicyRefusal {
    PolicyRefusal(
      code: "policy-missing", rule: "policy",
      message:
        "a party without 'policy' takes part in no job of a hub, but '\(proposal.submitter)' asks '\(proposal.party)' to",
      hint: "'policy' in the party's file says what is allowed; a new file has an example",
      site: site)
  }
}

/// One check of one proposal.
struct PolicyCheck {
  /// How many refusals a decision names.
  static let refusalLimit = 200

  let policy: PartyPolicy
  let proposal: Proposal
  let facts: PolicyFacts
  let sight: PlanSight
  private(set) var refusals: [PolicyRefusal] = []
  private var seen: Set<PolicyRefusal> = []
  var reserves: [EpsilonReserve] = []

  init(policy: PartyPolicy, proposal: Proposal, facts: PolicyFacts) {
    self.policy = policy
    self.proposal = proposal
    self.facts = facts
    sight = PlanSight(proposal, facts.catalog)
  }

  mutating func everything() {
    checkPlan()
    checkPeople()
    checkComponents()
    checkDatasets()
    checkProtection()
    checkBudgets()
    checkHours()
    checkLimits()
  }

  mutating func refuse(
    code: String, _ rule: String?, _ message: String, hint: String? = nil
  ) {
    let refusal = PolicyRefusal(
      code: code, rule: rule, message: message, hint: hint,
      site: rule.flatMap { policy.site(of: $0) })
    guard refusals.count < Self.refusalLimit, seen.insert(refusal).inserted else { return }
    refusals.append(refusal)
  }

  // MARK: Who

  private mutating func checkPeople() {
    if !policy.submitters.allows(proposal.submitter) {
      refuse(
        code: "policy-submitter", "policy.submitters",
        "'policy.submitters' must name who submits a job, but '\(proposal.submitter)' is not in it",
        hint: "it allows \(policy.submitters.words)")
    }
    for partner in sight.partners where !policy.partners.allows(partner.text) {
      refuse(
        code: "policy-partner", "policy.partners",
        "'policy.partners' must name who is in a job with '\(proposal.party)', but '\(partner)' is not in it",
        hint: "it allows \(policy.partners.words)")
    }
    for seat in sight.ownSeats where !policy.roles.allows(seat.role.rawValue) {
      refuse(
        code: "policy-role", "policy.roles",
        "'policy.roles' must name what '\(proposal.party)' is in a job, but \(seat.role.rawValue) is not in it",
        hint: "it allows \(policy.roles.words)")
    }
  }

  // MARK: What runs

  private mutating func checkComponents() {
    var known: Set<String> = []
    for one in sight.parts
    where known.insert("\(one.task.component)@\(one.task.componentVersion)").inserted
      && !policy.components.allows(one.task.component, version: one.task.componentVersion)
    {
      refuse(
        code: "policy-component", "policy.components",
        "'policy.components' must name what runs at '\(proposal.party)', but \(named(one)) is not in it",
        hint: "it allows \(policy.components.words)")
    }
  }

  /// `'homo_lr' version 2 of task 'homo_lr_0'`.
  func named(_ one: OwnPart) -> String {
    "'\(one.task.component)' version \(one.task.componentVersion) of task '\(one.id)'"
  }

  // MARK: When

  private mutating func checkHours() {
    guard let hours = policy.hours, !hours.contains(proposal.now) else { return }
    refuse(
      code: "policy-hours", "policy.hours",
      "'policy.hours' must be open when a job is asked for, but they are closed",
      hint: "they are \(hours.words); it is \(hours.localTime(proposal.now))")
  }
}
