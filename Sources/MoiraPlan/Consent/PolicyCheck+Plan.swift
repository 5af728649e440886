internal import MoiraConfig
internal import MoiraModel

extension PolicyCheck {
  /// What no rule can allow: a plan that this build cannot carry out, or that contradicts itself, so
  /// that nothing sure can be said of it.
  mutating func checkPlan() {
    checkSeats()
    checkTasks()
    for one in sight.parts {
      checkVersion(one)
      checkWires(one)
    }
  }

  private mutating func inconsistent(_ message: String) {
    refuse(code: "plan-inconsistent", nil, message)
  }

  private mutating func checkSeats() {
    if sight.ownSeats.isEmpty {
      inconsistent("the plan must have a seat for '\(proposal.party)', but has none")
    }
    if sight.seats.count != proposal.plan.members.count {
      inconsistent("each seat of the plan must have a name of its own, but two share one")
    }
  }

  private mutating func checkTasks() {
    var ids: Set<TaskID> = []
    for task in proposal.plan.tasks {
      if !ids.insert(task.id).inserted {
        inconsistent("each task of the plan must have an id of its own, but two are '\(task.id)'")
      }
      var taken: Set<PartyID> = []
      for part in task.parts {
        if sight.seats[part.party]?.role != part.role || !taken.insert(part.party).inserted {
          inconsistent(
            "each part of '\(task.id)' must be of one seat in its role, but that of '\(part.party)' is not"
          )
        }
      }
    }
  }

  private mutating func checkVersion(_ one: OwnPart) {
    guard let schema = one.schema else {
      let known = facts.catalog[one.task.component].map { "version \($0.version)" } ?? "none"
      refuse(
        code: "catalog-mismatch", nil,
        "the plan wants '\(one.task.component)' version \(one.task.componentVersion), but '\(proposal.party)' has \(known)",
        hint: "use the same build of Moira at all parties")
      return
    }
    if let name = schema.parameters.fault(in: one.part.parameters.value) {
      refuse(
        code: "catalog-mismatch", nil,
        "the plan's '\(name)' of task '\(one.id)' is not what '\(one.task.component)' of '\(proposal.party)' takes",
        hint: "use the same build of Moira at all parties")
    }
    if !schema.roles.contains(one.part.role) {
      inconsistent(
        "'\(one.task.component)' must run at \(list(schema.roles.map(\.rawValue))), but '\(one.id)' runs it at \(article(one.part.role))"
      )
    }
  }

  /// Inputs come from tasks further up, at the same seat, of the same kind, each port once.
  private mutating func checkWires(_ one: OwnPart) {
    guard let schema = one.schema else { return }
    var wired: Set<PortName> = []
    for input in one.part.inputs {
      let port = schema.input(input.port)
      let source = sight.part(of: input.task, at: one.part.party)
      let output = source?.schema?.output(input.output)
      let fits =
        port?.roles.contains(one.part.role) == true
        && (source.map { $0.schema == nil } ?? false
          || output.map { $0.kind == port?.kind } ?? false)
      if !fits || !wired.insert(input.port).inserted || !isBefore(input.task, one.id) {
        inconsistent(
          "'\(one.id).\(input.port)' must be fed by a task before it, but '\(input.task).\(input.output)' cannot feed it"
        )
      }
    }
    for port in schema.inputs
    where !port.isOptional && port.roles.contains(one.part.role) && !wired.contains(port.name) {
      inconsistent("'\(one.id).\(port.name)' must be fed, but is not")
    }
  }

  private func isBefore(_ task: TaskID, _ other: TaskID) -> Bool {
    guard let place = sight.order[task], let own = sight.order[other] else { return false }
    return place < own
  }
}
