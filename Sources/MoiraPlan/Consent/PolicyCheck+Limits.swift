internal import MoiraConfig
internal import MoiraModel

extension PolicyCheck {
  mutating func checkLimits() {
    let plan = proposal.plan
    check("tasks", "tasks", plan.tasks.count, policy.limits.tasks)
    check("parallelism", "tasks at once", plan.parallelism, policy.limits.parallelism)
    checkMemory(plan.service?.memory ?? 0)
    for one in sight.parts { checkTimeout(one) }
  }

  private mutating func check(_ name: String, _ what: String, _ asked: Int, _ allowed: Int?) {
    guard let allowed, asked > allowed else { return }
    refuse(
      code: "policy-limit", "policy.limits.\(name)",
      "the job must keep to 'policy.limits.\(name)', but has \(asked) \(what)",
      hint: "at most \(allowed) are allowed")
  }

  /// A job that does not say what it takes may take anything.
  private mutating func checkMemory(_ asked: Int) {
    guard let allowed = policy.limits.memory, asked > allowed || asked <= 0 else { return }
    refuse(
      code: "policy-limit", "policy.limits.memory",
      "the job must keep to 'policy.limits.memory', but \(asked > 0 ? "takes \(asked) megabytes" : "does not say how much it takes")",
      hint: "'conf: {memory: \(allowed)}' or less is allowed")
  }

  private mutating func checkTimeout(_ one: OwnPart) {
    guard let allowed = policy.limits.timeout else { return }
    let asked = one.task.policy.timeout
    if let asked, asked <= allowed { return }
    refuse(
      code: "policy-limit", "policy.limits.timeout",
      "task '\(one.id)' must keep to 'policy.limits.timeout', but \(asked.map { "may take \(shortNumber($0)) seconds" } ?? "does not say how long it may take")",
      hint: "'conf: {timeout: \(shortNumber(allowed))}' or less is allowed")
  }
}
