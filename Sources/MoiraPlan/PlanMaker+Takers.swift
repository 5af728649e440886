internal import MoiraModel

extension PlanMaker {
  /// Who takes what comes over each wire of a task: nil for all, where no party or role is named.
  ///
  /// A party's own source goes over that of its role.
  func takers(of task: ResolvedStep) -> [Set<PartyID>?] {
    let wires = task.step.inputs
    guard wires.contains(where: { $0.target != nil }) else { return wires.map { _ in nil } }
    return wires.map { wire in
      guard let target = wire.target?.value else { return nil }
      let named = Set(
        wires.filter { $0.port.value == wire.port.value }.compactMap { $0.target?.value })
      let taking = task.members.filter { member in
        guard isRole(target) else { return member.party.text == target }
        return member.role.rawValue == target && !named.contains(member.party.text)
      }
      return Set(taking.map(\.party))
    }
  }

  /// As under `at`, a role's name means the role.
  private func isRole(_ target: String) -> Bool { Role(rawValue: target) != nil }

  /// The word before a source must be a party or a role that has a part in the task, and the port.
  mutating func checkTarget(_ wire: Pipeline.Wire, _ port: PortSchema, _ task: ResolvedStep) {
    guard let target = wire.target else { return }
    if port.kind == .protection {
      diagnostics.error(
        "input-form",
        "'\(port.name)' must be the same at all parties, for they hide values from one another with it",
        at: target.site, hint: "\(port.name): \(wire.source.value)")
      return
    }
    let role = Role(rawValue: target.value)
    let member = members[PartyID(target.value)]
    if role == nil, member == nil {
      reportParty(target.value, at: target.site)
      return
    }
    let own = role ?? member?.role
    if let own, !port.roles.contains(own) {
      let who = role == nil ? ", which '\(target.value)' is" : ""
      diagnostics.error(
        "role-lacking", "'\(task.schema.name)' takes no '\(port.name)' at \(article(own))\(who)",
        at: target.site, hint: "it takes it at \(list(port.roles.map(\.rawValue)))")
      return
    }
    let hasPart = task.members.contains {
      role == nil ? $0.party.text == target.value : $0.role == role
    }
    if !hasPart { reportNoPart(target, of: task) }
  }
}
