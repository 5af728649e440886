internal import MoiraConfig
internal import MoiraModel

/// Reads the form of a pipeline file and collects what is wrong with it.
struct PipelineReader {
  var diagnostics = Diagnostics()

  mutating func pipeline(_ node: ConfigNode) -> Pipeline? {
    guard let map = node.map else {
      diagnostics.error(
        "pipeline-form", "a pipeline must be a mapping, but is \(node.phrase)", at: node.site,
        hint: "'moira init homo_lr' writes a pipeline to start from")
      return nil
    }
    refuseUnknown(
      in: map, known: ["moira", "name", "description", "parties", "tasks", "conf"],
      of: "a pipeline")
    readVersion(map["moira"], fallback: node.site)
    let name = readName(map["name"])
    let members = readMembers(map.entry("parties"), fallback: node.site)
    let steps = readSteps(map.entry("tasks"), fallback: node.site)
    return Pipeline(name: name, members: members, steps: steps, conf: map["conf"])
  }

  private mutating func readName(_ node: ConfigNode?) -> String {
    guard let node, !node.isNull else { return "pipeline" }
    if let name = node.name { return name }
    diagnostics.error(
      "pipeline-form", "'name' must be a string, but is \(node.phrase)", at: node.site)
    return "pipeline"
  }

  private mutating func readVersion(_ node: ConfigNode?, fallback: Site?) {
    guard let node else {
      diagnostics.error(
        "pipeline-version", "a pipeline must say which format it is written in", at: fallback,
        hint: "put 'moira: \(Pipeline.formatVersion)' in the first line")
      return
    }
    guard case .int(Pipeline.formatVersion) = node.content else {
      diagnostics.error(
        "pipeline-version",
        "'moira' must be \(Pipeline.formatVersion), the format that this build reads, but is \(node.phrase)",
        at: node.site)
      return
    }
  }

  // MARK: Parties

  private mutating func readMembers(_ entry: ConfigMap.Entry?, fallback: Site?) -> [Pipeline.Member]
  {
    guard let entry, namesParties(entry.value) else {
      diagnostics.error(
        "pipeline-form", "a pipeline must list its 'parties'", at: entry?.keySite ?? fallback,
        hint: "parties: {guest: hospital-a, host: [hospital-b, hospital-c], arbiter: hub}")
      return []
    }
    guard let map = mapping(entry, "'parties'") else { return [] }
    var seats = PipelineSeats()
    for entry in map.entries {
      guard let role = Role(rawValue: entry.key) else {
        reportRole(entry)
        continue
      }
      for node in entry.value.list ?? [entry.value] {
        guard let party = partyName(node) else { continue }
        seats.add(party, role, at: node.site, into: &diagnostics)
      }
    }
    let members = seats.members
    if members.count > Pipeline.partyLimit {
      diagnostics.error(
        "pipeline-limit",
        "a pipeline may have \(Pipeline.partyLimit) parties, but has \(members.count)",
        at: entry.keySite)
      return []
    }
    return members
  }

  /// Whether anything at all stands there, be it right or wrong.
  private func namesParties(_ node: ConfigNode) -> Bool {
    guard let map = node.map else { return !node.isNull }
    return map.entries.contains { $0.value.list?.isEmpty != true }
  }

  private mutating func reportRole(_ entry: ConfigMap.Entry) {
    let names = Role.allCases.map(\.rawValue)
    diagnostics.error(
      "role-unknown", "'\(entry.key)' is not a role", at: entry.keySite,
      hint: nearestName(to: entry.key, among: names).map { "did you mean '\($0)'?" }
        ?? "roles are " + names.joined(separator: ", "))
  }

  private mutating func partyName(_ node: ConfigNode) -> PartyID? {
    guard let name = node.name else {
      diagnostics.error("party-name", "a party must be named, but is \(node.phrase)", at: node.site)
      return nil
    }
    guard isPartyName(name) else {
      diagnostics.error(
        "party-name", "'\(name)' is not a name for a party", at: node.site,
        hint: "letters, digits, '-', '_' and '.', beginning with a letter or digit, 64 at most")
      return nil
    }
    return PartyID(name)
  }

  // MARK: Tasks

  private mutating func readSteps(_ entry: ConfigMap.Entry?, fallback: Site?) -> [Pipeline.Step] {
    guard let entry, let map = mapping(entry, "'tasks'"), !map.entries.isEmpty else {
      if entry?.value.map?.entries.isEmpty ?? (entry?.value.isNull ?? true) {
        diagnostics.error(
          "pipeline-form", "a pipeline must have 'tasks'", at: entry?.keySite ?? fallback,
          hint: "tasks: {reader_0: {component: reader, parameters: {dataset: breast}}}")
      }
      return []
    }
    if map.entries.count > Pipeline.taskLimit {
      diagnostics.error(
        "pipeline-limit",
        "a pipeline may have \(Pipeline.taskLimit) tasks, but has \(map.entries.count)",
        at: entry.keySite)
      return []
    }
    return map.entries.compactMap { step($0) }
  }

  private mutating func step(_ entry: ConfigMap.Entry) -> Pipeline.Step? {
    if !isTaskName(entry.key) {
      diagnostics.error(
        "task-name", "'\(entry.key)' is not a name for a task", at: entry.keySite,
        hint: "letters, digits, '_' and '-', beginning with a letter, 64 at most")
    }
    guard let map = mapping(entry, "the task '\(entry.key)'") else { return nil }
    refuseUnknown(
      in: map,
      known: [
        "component", "description", "inputs", "parameters", "at", "after", "parties", "conf",
      ],
      of: "a task")
    guard let component = map["component"], let name = component.name else {
      diagnostics.error(
        "task-component", "the task '\(entry.key)' must name its 'component'",
        at: map["component"]?.site ?? entry.keySite, hint: "'moira components' lists them")
      return nil
    }
    return Pipeline.Step(
      id: TaskID(entry.key), site: entry.keySite,
      component: .init(value: name, site: component.site),
      inputs: wires(map.entry("inputs")), parameters: map["parameters"],
      overrides: overrides(map.entry("at")), after: after(map["after"]),
      parties: parties(map["parties"]), conf: map["conf"])
  }

  private mutating func wires(_ entry: ConfigMap.Entry?) -> [Pipeline.Wire] {
    guard let entry, !entry.value.isNull, let map = mapping(entry, "'inputs'") else { return [] }
    return map.entries.flatMap { entry -> [Pipeline.Wire] in
      let port = Pipeline.Named(value: PortName(entry.key), site: entry.keySite)
      guard let sources = entry.value.map else {
        return source(entry).map { [Pipeline.Wire(port: port, source: $0)] } ?? []
      }
      return sources.entries.compactMap { one in
        let target = Pipeline.Named(value: one.key, site: one.keySite)
        return source(one, of: entry.key).map { .init(port: port, source: $0, target: target) }
      }
    }
  }

  private mutating func source(
    _ entry: ConfigMap.Entry, of port: String? = nil
  ) -> Pipeline.Named<String>? {
    if let source = entry.value.name { return .init(value: source, site: entry.value.site) }
    let subject = port.map { "'\($0)' at '\(entry.key)'" } ?? "'\(entry.key)'"
    diagnostics.error(
      "input-form", "\(subject) must be 'task.port', but is \(entry.value.phrase)",
      at: entry.value.site)
    return nil
  }

  private mutating func overrides(
    _ entry: ConfigMap.Entry?
  ) -> [(target: Pipeline.Named<String>, node: ConfigNode)] {
    guard let entry, !entry.value.isNull, let map = mapping(entry, "'at'") else { return [] }
    return map.entries.compactMap { entry in
      let target = Pipeline.Named(value: entry.key, site: entry.keySite)
      if entry.value.isNull { return (target, ConfigNode(.map(ConfigMap()), at: entry.value.site)) }
      guard mapping(entry, "the parameters at '\(entry.key)'") != nil else { return nil }
      return (target, entry.value)
    }
  }

  private mutating func after(_ node: ConfigNode?) -> [Pipeline.Named<TaskID>] {
    names(node, "'after'").map { .init(value: TaskID($0.value), site: $0.site) }
  }

  private mutating func parties(_ node: ConfigNode?) -> [Pipeline.Named<PartyID>]? {
    guard let node, !node.isNull else { return nil }
    return names(node, "'parties'").map { .init(value: PartyID($0.value), site: $0.site) }
  }

  private mutating func names(_ node: ConfigNode?, _ subject: String) -> [Pipeline.Named<String>] {
    guard let node, !node.isNull else { return [] }
    return (node.list ?? [node]).compactMap { item in
      if let name = item.name { return .init(value: name, site: item.site) }
      diagnostics.error(
        "pipeline-form", "\(subject) must be a list of names, but has \(item.phrase)", at: item.site
      )
      return nil
    }
  }

  // MARK: Form

  private mutating func mapping(_ entry: ConfigMap.Entry, _ subject: String) -> ConfigMap? {
    if let map = entry.value.map { return map }
    if !entry.value.isNull {
      diagnostics.error(
        "pipeline-form", "\(subject) must be a mapping, but is \(entry.value.phrase)",
        at: entry.value.site)
    } else if subject.hasPrefix("the task") {
      diagnostics.error("pipeline-form", "\(subject) is empty", at: entry.keySite)
    }
    return nil
  }

  private mutating func refuseUnknown(in map: ConfigMap, known: [String], of owner: String) {
    for entry in map.entries where !known.contains(entry.key) {
      diagnostics.error(
        "key-unknown", "'\(entry.key)' is not a key of \(owner)", at: entry.keySite,
        hint: nearestName(to: entry.key, among: known).map { "did you mean '\($0)'?" }
          ?? "\(owner) has " + known.joined(separator: ", "))
    }
  }
}

/// Letters, digits, `-`, `_`, `.`; it names a folder too, so it never begins with a point.
public func isPartyName(_ name: String) -> Bool {
  guard let first = name.utf8.first, name.utf8.count <= 64 else { return false }
  return isAlphanumeric(first)
    && name.utf8.allSatisfy { isAlphanumeric($0) || "-_.".utf8.contains($0) }
}

/// Letters, digits, `_`, `-`; a point would part it from its port.
public func isTaskName(_ name: String) -> Bool {
  guard let first = name.utf8.first, name.utf8.count <= 64 else { return false }
  return isAlphanumeric(first) && !(0x30...0x39).contains(first)
    && name.utf8.allSatisfy { isAlphanumeric($0) || "-_".utf8.contains($0) }
}

private func isAlphanumeric(_ byte: UInt8) -> Bool {
  switch byte {
  case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
  default: false
  }
}
