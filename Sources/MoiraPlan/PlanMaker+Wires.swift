internal import MoiraConfig
internal import MoiraModel

extension PlanMaker {
  /// - `parties`: who takes it; nil for all that have the port.
  typealias Wired = (port: PortSchema, task: TaskID, output: PortName, parties: Set<PartyID>?)

  /// The wires of a task that are right; the others become diagnostics.
  mutating func wires(of task: ResolvedStep) -> [Wired] {
    let takers = takers(of: task)
    let wires = task.step.inputs.enumerated().compactMap { place, one in
      wire(of: task, one, takers[place])
    }
    for port in task.schema.inputs where !port.isOptional {
      let own = task.step.inputs.indices.filter { task.step.inputs[$0].port.value == port.name }
      let needing = task.members.filter { port.roles.contains($0.role) }
      guard let first = own.first else {
        if !needing.isEmpty { reportMissing(port, of: task) }
        continue
      }
      guard own.allSatisfy({ takers[$0] != nil }) else { continue }
      let served = own.reduce(into: Set<PartyID>()) { $0.formUnion(takers[$1] ?? []) }
      let lacking = needing.filter { !served.contains($0.party) }.map { "'\($0.party)'" }
      if lacking.isEmpty { continue }
      diagnostics.error(
        "port-missing",
        "'\(task.step.id)' needs the input '\(port.name)' at \(list(lacking)), but none of its sources is for there",
        at: task.step.inputs[first].port.site, hint: "name the party, or its role")
    }
    return wires
  }

  private mutating func reportMissing(_ port: PortSchema, of task: ResolvedStep) {
    diagnostics.error(
      "port-missing",
      "'\(task.step.id)' needs the input '\(port.name)', which takes \(port.kind.phrase)",
      at: task.step.site, hint: suggestion(for: port))
  }

  private mutating func wire(
    of task: ResolvedStep, _ wire: Pipeline.Wire, _ takers: Set<PartyID>?
  ) -> Wired? {
    guard let port = task.schema.input(wire.port.value) else {
      let names = task.schema.inputs.map(\.name.text)
      diagnostics.error(
        "port-unknown", "'\(wire.port.value)' is not an input of '\(task.schema.name)'",
        at: wire.port.site,
        hint: hint(wire.port.value.text, names, "it has no inputs", "inputs are"))
      return nil
    }
    let parts = wire.source.value.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
      diagnostics.error(
        "input-form", "'\(port.name)' must be 'task.port', but is '\(wire.source.value)'",
        at: wire.source.site, hint: suggestion(for: port))
      return nil
    }
    let id = TaskID(String(parts[0]))
    guard ids.contains(id) else {
      diagnostics.error(
        "task-unknown", "'\(id)' is not a task of the pipeline", at: wire.source.site,
        hint: taskHint(id.text))
      return nil
    }
    guard let producer = resolved[id] else { return nil }
    checkTarget(wire, port, task)
    return output(
      PortName(String(parts[1])), of: producer, for: port, of: task, takers, at: wire.source.site)
  }

  private mutating func output(
    _ name: PortName, of producer: ResolvedStep, for port: PortSchema, of task: ResolvedStep,
    _ takers: Set<PartyID>?, at site: Site?
  ) -> Wired? {
    guard let output = producer.schema.output(name) else {
      let names = producer.schema.outputs.map(\.name.text)
      diagnostics.error(
        "output-unknown", "'\(producer.step.id)' has no output '\(name)'", at: site,
        hint: hint(name.text, names, "it has no outputs", "outputs are"))
      return nil
    }
    guard output.kind == port.kind else {
      diagnostics.error(
        "port-kind-mismatch",
        "'\(task.step.id).\(port.name)' takes \(port.kind.phrase), but '\(producer.step.id).\(name)' is \(output.kind.phrase)",
        at: site, hint: suggestion(for: port))
      return nil
    }
    checkPlaces(producer, output, task, port, takers, at: site)
    if let takers, takers.isEmpty { return nil }
    return (port, producer.step.id, name, takers)
  }

  /// An artifact stays where it was made, so whoever takes it must have made it.
  private mutating func checkPlaces(
    _ producer: ResolvedStep, _ output: PortSchema, _ task: ResolvedStep, _ port: PortSchema,
    _ takers: Set<PartyID>?, at site: Site?
  ) {
    for member in task.members
    where port.roles.contains(member.role) && takers?.contains(member.party) ?? true {
      let isThere = producer.hasPart(at: member.party) && output.roles.contains(member.role)
      if isThere || (port.isOptional && !output.roles.contains(member.role)) { continue }
      diagnostics.error(
        "producer-elsewhere",
        "'\(task.step.id)' needs '\(producer.step.id).\(output.name)' at '\(member.party)', but it is not made there",
        at: site,
        hint: "it is made at "
          + list(producer.members.filter { output.roles.contains($0.role) }.map(\.party.text)))
    }
  }

  mutating func after(_ step: Pipeline.Step) -> [TaskID] {
    step.after.compactMap { name in
      if ids.contains(name.value) { return resolved[name.value] == nil ? nil : name.value }
      diagnostics.error(
        "task-unknown", "'\(name.value)' is not a task of the pipeline", at: name.site,
        hint: taskHint(name.value.text))
      return nil
    }
  }

  /// Names outputs of the wanted kind.
  private func suggestion(for port: PortSchema) -> String? {
    guard mayHint else { return nil }
    var names: [String] = []
    for step in pipeline.steps where names.count < 4 {
      guard let producer = resolved[step.id] else { continue }
      for output in producer.schema.outputs where output.kind == port.kind {
        names.append("'\(step.id).\(output.name)'")
      }
    }
    switch names.count {
    case 0: return "no task makes \(port.kind.phrase)"
    case 1: return "\(names[0]) is \(port.kind.phrase)"
    default: return "\(list(names)) are of the kind '\(port.kind)'"
    }
  }

  private func hint(_ name: String, _ names: [String], _ none: String, _ some: String) -> String {
    if let near = nearestName(to: name, among: names) { return "did you mean '\(near)'?" }
    return names.isEmpty ? none : "\(some) \(names.joined(separator: ", "))"
  }
}
