internal import MoiraConfig
internal import MoiraModel

extension FateReader {
  mutating func readTasks(
    _ entry: ConfigMap.Entry?, _ conf: inout FateConf, fallback: Site?
  ) -> [FateStep] {
    guard let entry, !entry.value.isNull, let map = mapping(entry, "'tasks'"),
      !map.entries.isEmpty
    else {
      if entry?.value.map?.entries.isEmpty ?? (entry?.value.isNull ?? true) {
        diagnostics.error(
          "fate-form", "'dag' must have 'tasks'", at: entry?.keySite ?? fallback,
          hint: "tasks: {reader_0: {component_ref: reader}}")
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
    return map.entries.compactMap { task($0, &conf) }
  }

  private mutating func task(_ entry: ConfigMap.Entry, _ conf: inout FateConf) -> FateStep? {
    if !isTaskName(entry.key) {
      diagnostics.error(
        "task-name", "'\(entry.key)' is not a name for a task", at: entry.keySite,
        hint: "letters, digits, '_' and '-', beginning with a letter, 64 at most")
    }
    guard !entry.value.isNull, let map = mapping(entry, "the task '\(entry.key)'") else {
      if entry.value.isNull {
        diagnostics.error("fate-form", "the task '\(entry.key)' is empty", at: entry.keySite)
      }
      return nil
    }
    refuseUnknown(
      in: map,
      [
        "component_ref", "dependent_tasks", "parameters", "inputs", "outputs", "parties", "conf",
        "stage",
      ], of: "a task", elsewhere: ["component": "FATE's key is 'component_ref'"])
    guard let component = map["component_ref"], let name = component.name else {
      diagnostics.error(
        "task-component", "the task '\(entry.key)' must name its 'component_ref'",
        at: map["component_ref"]?.site ?? entry.keySite,
        hint: "components are \(FateComponents.names.joined(separator: ", "))")
      return nil
    }
    return FateStep(
      id: TaskID(entry.key), site: entry.keySite,
      component: .init(value: name, site: component.site),
      parameters: parameters(map.entry("parameters")), inputs: inputs(map.entry("inputs"), conf),
      after: after(map["dependent_tasks"]), seats: seats(map.entry("parties")),
      conf: readTaskConf(map.entry("conf"), idle: &conf.idle), stage: readStage(map["stage"]))
  }

  mutating func parameters(_ entry: ConfigMap.Entry?) -> ConfigNode? {
    guard let entry, !entry.value.isNull else { return nil }
    return mapping(entry, "'parameters'") == nil ? nil : entry.value
  }

  private mutating func after(_ node: ConfigNode?) -> [Pipeline.Named<TaskID>] {
    guard let node, !node.isNull else { return [] }
    return (node.list ?? [node]).compactMap { item in
      name(item, "an entry of 'dependent_tasks'", fallback: node.site).map {
        .init(value: TaskID($0.value), site: $0.site)
      }
    }
  }

  // MARK: Overrides by party

  mutating func readPartyTasks(_ entry: ConfigMap.Entry?, _ file: inout FateFile) {
    guard let entry, !entry.value.isNull, let map = mapping(entry, "'party_tasks'") else { return }
    // The settings of a party's task go over those of the party, wherever each stands.
    var later: [(tasks: ConfigMap.Entry?, seats: Set<PartyID>)] = []
    for alias in map.entries where !alias.value.isNull {
      guard let one = mapping(alias, "'\(alias.key)'") else { continue }
      refuseUnknown(in: one, ["parties", "conf", "tasks"], of: "an entry of 'party_tasks'")
      guard let named = seats(one.entry("parties")) else {
        diagnostics.error(
          "fate-form", "'\(alias.key)' must say by 'parties' whose it is", at: alias.keySite,
          hint: "the name of an entry is free text and says nothing")
        continue
      }
      let conf = readTaskConf(one.entry("conf"), idle: &file.conf.idle)
      if conf != nil {
        for place in file.tasks.indices {
          file.tasks[place].overrides.append((named, nil, conf))
        }
      }
      later.append((one.entry("tasks"), named))
    }
    for one in later { readPartyTask(one.tasks, one.seats, &file) }
  }

  private mutating func readPartyTask(
    _ entry: ConfigMap.Entry?, _ named: Set<PartyID>, _ file: inout FateFile
  ) {
    guard let entry, !entry.value.isNull, let map = mapping(entry, "'tasks'") else { return }
    let places = Dictionary(
      file.tasks.enumerated().map { ($0.element.id.text, $0.offset) },
      uniquingKeysWith: { first, _ in first })
    for task in map.entries {
      guard let place = places[task.key] else {
        diagnostics.error(
          "task-unknown", "'\(task.key)' is not a task of the pipeline", at: task.keySite,
          hint: nearestName(to: task.key, among: places.keys).map { "did you mean '\($0)'?" }
            ?? "tasks are " + places.keys.sorted().prefix(12).joined(separator: ", "))
        continue
      }
      guard !task.value.isNull, let own = mapping(task, "'\(task.key)'") else { continue }
      refuseUnknown(
        in: own, ["parameters", "conf"], of: "a task of 'party_tasks'",
        elsewhere: ["inputs": "inputs of one party stand in 'dag.tasks', limited by 'parties'"])
      let conf = readTaskConf(own.entry("conf"), idle: &file.conf.idle)
      file.tasks[place].overrides.append((named, parameters(own.entry("parameters")), conf))
    }
  }
}
