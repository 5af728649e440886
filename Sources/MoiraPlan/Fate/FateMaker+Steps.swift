internal import MoiraConfig
internal import MoiraModel

extension FateMaker {
  /// Adds a step that stands for a task, or for a part of what the task does.
  ///
  /// - Parameters:
  ///   - id: nil for the task's own name.
  ///   - isPooled: whether it sums over its parties, so that the arbiter takes part.
  ///   - parameters: ours, from those of one seat.
  mutating func add(
    _ component: String, for call: FateCall, as id: TaskID? = nil,
    inputs: [(port: PortName, feed: FateFeed?)], isPooled: Bool = false,
    members: [Pipeline.Member]? = nil,
    parameters: (FateParameters) -> [ConfigMap.Entry] = { _ in [] }
  ) {
    let members = members ?? call.members
    var wires = inputs.flatMap { input in
      input.feed.map { self.wires(input.port, $0, members) } ?? []
    }
    if isPooled, let encryptor = protect(call, members) {
      wires.append(wire("protection", .init(encryptor, "protection"), at: call.task.site))
    }
    let isWrong = hasWrongParameters
    if isWrong, ["reader", "sample", "partitioner"].contains(component) { isPartial = true }
    let own = members.map { member in
      (member, isWrong ? [] : call.parameters[member.party].map(parameters) ?? [])
    }
    let split = FateSplit(own, all: file.seats)
    let id = id ?? call.id
    steps.append(
      Pipeline.Step(
        id: id, site: call.task.site,
        component: .init(value: component, site: call.task.component.site), inputs: wires,
        parameters: split.common.isEmpty
          ? nil
          : ConfigNode(
            .map(ConfigMap(split.common)), at: call.task.parameters?.site ?? call.task.site),
        overrides: split.overrides, after: [],
        parties: parties(members, isPooled: isPooled, at: call.task.site),
        conf: conf(of: call.task, members)))
    owned[call.id, default: []].append(id)
  }

  func wire(
    _ port: PortName, _ place: FateTask.Place, at site: Site?, for target: String? = nil
  ) -> Pipeline.Wire {
    Pipeline.Wire(
      port: .init(value: port, site: site),
      source: .init(value: "\(place.step).\(place.port)", site: site),
      target: target.map { .init(value: $0, site: site) })
  }

  /// One wire where all get the same; else one for each role, or where a role's seats differ for each
  /// seat.
  private func wires(
    _ port: PortName, _ feed: FateFeed, _ members: [Pipeline.Member]
  ) -> [Pipeline.Wire] {
    let own = members.map { (member: $0, source: feed.source(at: $0.party)) }
    func isSame(_ own: [(member: Pipeline.Member, source: FateFeed.Source?)]) -> Bool {
      own.allSatisfy { $0.source?.place == own[0].source?.place }
    }
    guard let first = own.first else { return [] }
    if isSame(own) { return first.source.map { [wire(port, $0.place, at: $0.site)] } ?? [] }
    let roles = Role.allCases.map { role in own.filter { $0.member.role == role } }
      .filter { !$0.isEmpty }
    if roles.allSatisfy(isSame) {
      return roles.compactMap { one in
        one[0].source.map { wire(port, $0.place, at: $0.site, for: one[0].member.role.rawValue) }
      }
    }
    return own.compactMap { one in
      one.source.map { wire(port, $0.place, at: $0.site, for: one.member.party.text) }
    }
  }

  /// Nil when all take part, as a step without a word on it has it.
  private func parties(
    _ members: [Pipeline.Member], isPooled: Bool, at site: Site?
  ) -> [Pipeline.Named<PartyID>]? {
    let all = file.seats.filter { $0.role != .arbiter }
    if members.count == all.count { return nil }
    return (members + (isPooled ? arbiters : [])).map { .init(value: $0.party, site: site) }
  }

  // MARK: Protection

  /// The encryptor whose keys hide what these parties send; nil when the task agrees on its own.
  private mutating func protect(_ call: FateCall, _ members: [Pipeline.Member]) -> TaskID? {
    guard let protection else {
      if members.count < 3, members.count + arbiters.count > 1 {
        bare.append((call.id, call.task.site, members.count))
      }
      return nil
    }
    let seats = Set(members.map(\.party))
    if let known = encryptors[seats] { return known }
    let id = fresh("encryptor_\(encryptors.count)")
    encryptors[seats] = id
    let site = protection.site ?? call.task.site
    steps.append(
      Pipeline.Step(
        id: id, site: site, component: .init(value: "encryptor", site: site), inputs: [],
        parameters: ConfigNode(
          .map(
            ConfigMap([.init("method", .string(protection.value.rawValue), at: site)])), at: site),
        overrides: [], after: [], parties: parties(members, isPooled: true, at: site), conf: nil))
    return id
  }

  private func fresh(_ name: String) -> TaskID {
    let taken = Set(file.tasks.map(\.id) + steps.map(\.id))
    var id = TaskID(name)
    while taken.contains(id) { id = TaskID("\(id)-") }
    return id
  }

  /// Whether sums of these parties may be made without asking: enough of them, or said what holds.
  func canPool(_ members: [Pipeline.Member]) -> Bool {
    !arbiters.isEmpty && (protection != nil || members.count >= 3)
  }

  mutating func reportProtection() {
    if protection?.value == FateProtection.none, !encryptors.isEmpty {
      diagnostics.warn(
        "fate-unprotected",
        "protection is none: \(arbiterPhrase) every party's values", at: protection?.site,
        hint: "three parties or more need no such permission: masks hide their values")
    }
    guard let first = bare.first else { return }
    let names = list(bare.map { "'\($0.task)'" })
    let verb = bare.count == 1 ? "sums" : "sum"
    let count = first.count == 1 ? "1 party" : "\(first.count) parties"
    diagnostics.error(
      "too-few-parties",
      "\(names) \(verb) over \(count), but masks hide values among 3 or more", at: first.site,
      hint:
        "to let the arbiter see every party's values: --set dag.conf.extra.protection=none, or write it in the file"
    )
  }

  private var arbiterPhrase: String {
    arbiters.first.map { "the arbiter '\($0.party)' sees" } ?? "an arbiter would see"
  }

  mutating func reportIdle() {
    guard
      let first = idle.min(by: { a, b in
        guard let left = a.site, let right = b.site else { return a.site != nil }
        return left < right
      })
    else { return }
    var names: [String] = []
    for one in idle where !names.contains("'\(one.value)'") {
      names.append("'\(one.value)'")
    }
    diagnostics.note(
      "fate-idle", "\(list(names)) \(names.count == 1 ? "has" : "have") no effect here",
      at: first.site)
  }

  // MARK: Order

  /// The steps, each after those that it needs, otherwise as the file has them.
  mutating func ordered() -> [Pipeline.Step] {
    let steps = steps.map { step in
      let after = after(step)
      return after.isEmpty ? step : step.waiting(for: after)
    }
    let places = Dictionary(
      steps.enumerated().map { ($0.element.id.text, $0.offset) },
      uniquingKeysWith: { first, _ in first })
    let needs = steps.map { step in
      (step.inputs.map { String($0.source.value.prefix { $0 != "." }) }
        + step.after.map(\.value.text))
        .compactMap { places[$0] }
    }
    var walk = Walk(needs: needs)
    for start in steps.indices { walk.visit(from: start) }
    return walk.order.map { steps[$0] }
  }

  /// `dependent_tasks` that no input says already.
  private mutating func after(_ step: Pipeline.Step) -> [Pipeline.Named<TaskID>] {
    guard let task = file.tasks.first(where: { owned[$0.id]?.contains(step.id) == true }) else {
      return []
    }
    let own = Set(owned[task.id] ?? [])
    let producers = Set(
      steps.filter { own.contains($0.id) }.flatMap(\.inputs).map {
        TaskID(String($0.source.value.prefix { $0 != "." }))
      })
    return task.after.flatMap { name -> [Pipeline.Named<TaskID>] in
      guard let steps = owned[name.value] else {
        if !file.tasks.contains(where: { $0.id == name.value }) { reportAfter(name) }
        return []
      }
      if steps.contains(where: producers.contains) { return [] }
      return steps.map { .init(value: $0, site: name.site) }
    }
  }

  private mutating func reportAfter(_ name: Pipeline.Named<TaskID>) {
    let names = file.tasks.map(\.id.text)
    diagnostics.error(
      "task-unknown", "'\(name.value)' is not a task of the pipeline", at: name.site,
      hint: nearestName(to: name.value.text, among: names).map { "did you mean '\($0)'?" }
        ?? "tasks are " + names.prefix(12).joined(separator: ", "))
  }
}

extension Pipeline.Step {
  func waiting(for tasks: [Pipeline.Named<TaskID>]) -> Pipeline.Step {
    Pipeline.Step(
      id: id, site: site, component: component, inputs: inputs, parameters: parameters,
      overrides: overrides, after: tasks, parties: parties, conf: conf)
  }
}
