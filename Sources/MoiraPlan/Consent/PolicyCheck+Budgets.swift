internal import MoiraConfig
internal import MoiraModel

extension PolicyCheck {
  /// Every dataset with a budget: what is told of its rows is told with noise, and the noise is enough
  /// for all jobs together.
  mutating func checkBudgets() {
    for one in sight.parts where one.sends {
      for dataset in one.rows.sorted() {
        guard let budget = policy.datasets[dataset]?.epsilon else { continue }
        let place = policy.datasets.place(of: dataset) + ".epsilon"
        let asking = Asking(dataset: dataset, place: place, part: one, budget: budget)
        if one.trains { checkTraining(asking) } else { checkSums(asking) }
      }
    }
    checkTotals()
  }

  struct Asking {
    let dataset: String
    let place: String
    let part: OwnPart
    let budget: EpsilonBudget
  }

  private mutating func refuseBudget(_ asking: Asking, _ fact: String, hint: String? = nil) {
    refuse(
      code: "policy-budget", asking.place,
      "task '\(asking.part.id)' must keep to '\(asking.place)' with the rows of '\(asking.dataset)', but \(fact)",
      hint: hint)
  }

  private mutating func checkSums(_ asking: Asking) {
    let task = asking.part.task
    if asking.part.value("share_baselines") == .bool(true) {
      refuseBudget(asking, "shares a model that was trained on them without noise")
    }
    if !asking.budget.withoutNoise.allows(task.component, version: task.componentVersion) {
      refuseBudget(
        asking, "sends sums of them without noise",
        hint: "'without_noise' allows \(asking.budget.withoutNoise.words)")
    }
  }

  private mutating func checkTraining(_ asking: Asking) {
    let one = asking.part
    let privacy = one.value("privacy")
    guard let unit = privacy?["unit"]?.string, unit != "none" else {
      refuseBudget(
        asking, "trains without differential privacy",
        hint: "privacy: {unit: example, epsilon: \(shortNumber(asking.budget.perPartner))}")
      return
    }
    let isArbitrated = one.task.parts.contains { $0.role == .arbiter && !sight.isOwn($0.party) }
    if unit == "central", isArbitrated {
      refuseBudget(
        asking, "leaves the noise to the arbiter, who sees the sum without it",
        hint: "'privacy.unit' may be example or distributed")
    }
    let delta = privacy?["delta"]?.number
    if !(delta.map { $0 <= asking.budget.delta } ?? false) {
      refuseBudget(
        asking, "its delta is \(delta.map { "\($0)" } ?? "not known")",
        hint: "at most \(asking.budget.delta) is allowed")
    }
    guard let epsilon = privacy?["epsilon"]?.number, epsilon > 0, epsilon.isFinite else {
      refuseBudget(
        asking, "does not say how much it may spend",
        hint: "'privacy.epsilon' says it beside 'noise'")
      return
    }
    let attempts = max(0, min(one.task.policy.retries, 1_000_000)) + 1
    for partner in one.others {
      reserves.append(
        EpsilonReserve(
          dataset: asking.dataset, partner: partner, task: one.id, epsilon: epsilon,
          attempts: attempts))
    }
  }

  /// ε adds up over tasks, attempts and jobs.
  private mutating func checkTotals() {
    struct Towards: Hashable {
      let dataset: String
      let partner: PartyID
    }
    var asked: [Towards: Double] = [:]
    for one in reserves {
      asked[Towards(dataset: one.dataset, partner: one.partner), default: 0] += one.total
    }
    for (towards, total) in asked.sorted(by: {
      ($0.key.dataset, $0.key.partner) < ($1.key.dataset, $1.key.partner)
    }) {
      guard let budget = policy.datasets[towards.dataset]?.epsilon else { continue }
      let spent = facts.spent(towards.dataset, towards.partner)
      // Sums of decimal fractions may end a little above their sum on paper.
      if spent + total <= budget.perPartner * (1 + 1e-9) { continue }
      let place = policy.datasets.place(of: towards.dataset) + ".epsilon.per_partner"
      refuse(
        code: "policy-budget", place,
        "what the job spends of '\(towards.dataset)' towards '\(towards.partner)' must fit into '\(place)', but is epsilon \(shortNumber(total))",
        hint:
          "\(shortNumber(budget.perPartner)) is allowed in all, and other jobs have \(shortNumber(spent))"
      )
    }
  }
}
