internal import MoiraConfig
internal import MoiraModel

/// Reads the form of a FATE DAG file and collects what is wrong with it.
struct FateReader {
  /// How many tasks, parties and channels are read, as of our own files.
  static let schemaVersions = ["2.0", "2.1", "2.2"]

  var diagnostics = Diagnostics()
  /// The command line's, by FATE's names.
  let overrides: [Override]
  /// By role and id.
  var seats: [FateRole: [String: PartyID]] = [:]
  /// Whether the job is of one party in the role `local`.
  var isLocal = false

  init(overrides: [Override]) { self.overrides = overrides }

  mutating func read(_ node: ConfigNode) -> FateFile? {
    let node = node.map?["dag_schema"] ?? node
    guard let map = node.map else {
      diagnostics.error(
        "fate-form", "a FATE file must be a mapping, but is \(node.phrase)", at: node.site)
      return nil
    }
    refuseUnknown(in: map, ["dag", "schema_version", "kind"], of: "a FATE file")
    readVersion(map["schema_version"], fallback: node.site)
    readKind(map["kind"])
    guard let entry = map.entry("dag") else {
      diagnostics.error(
        "fate-form", "a FATE file must have a 'dag'", at: node.site,
        hint: "dag: {parties: [...], tasks: {...}}")
      return nil
    }
    guard !entry.value.isNull, let dag = mapping(overridden(entry), "'dag'") else {
      if entry.value.isNull {
        diagnostics.error("fate-form", "'dag' is empty", at: entry.keySite)
      }
      return nil
    }
    refuseUnknown(
      in: dag, ["parties", "conf", "stage", "tasks", "party_tasks"], of: "'dag'",
      elsewhere: ["task": "settings of all tasks stand in 'dag.conf.task'"])
    return readDAG(dag, at: entry.keySite)
  }

  private mutating func readDAG(_ dag: ConfigMap, at site: Site?) -> FateFile? {
    let seats = readParties(dag.entry("parties"), fallback: site)
    let conf = readConf(dag.entry("conf"))
    let stage = readStage(dag["stage"])
    var file = FateFile(
      seats: seats, stage: stage?.value, conf: conf, tasks: [], site: site)
    file.isLocal = isLocal
    file.tasks = readTasks(dag.entry("tasks"), &file.conf, fallback: site)
    readPartyTasks(dag.entry("party_tasks"), &file)
    overrideTasks(&file)
    return file
  }

  /// `--set dag.conf.extra.protection=none`: any field of the file.
  private func overridden(_ entry: ConfigMap.Entry) -> ConfigMap.Entry {
    var entry = entry
    for one in overrides where one.task == "dag" {
      entry.value = entry.value.setting(one.value, at: one.path, keySite: one.site)
    }
    return entry
  }

  /// `--set homo_lr_0.epochs=5`: over the parameters of all parties.
  mutating func overrideTasks(_ file: inout FateFile) {
    for one in overrides where one.task != "dag" {
      guard let place = file.tasks.firstIndex(where: { $0.id == one.task }) else {
        let names = file.tasks.map(\.id.text)
        diagnostics.error(
          "task-unknown", "'\(one.task)' is not a task of the pipeline", at: one.site,
          hint: nearestName(to: one.task.text, among: names).map { "did you mean '\($0)'?" }
            ?? "tasks are " + names.prefix(12).joined(separator: ", "))
        continue
      }
      let node = ConfigNode(.map(ConfigMap()), at: one.site)
        .setting(one.value, at: one.path, keySite: one.site)
      file.tasks[place].overrides.append((Set(file.seats.map(\.party)), node, nil))
    }
  }

  private mutating func readVersion(_ node: ConfigNode?, fallback: Site?) {
    guard let text = node?.name else {
      diagnostics.error(
        "fate-version", "a FATE file must say its 'schema_version'", at: node?.site ?? fallback,
        hint: "schema_version: 2.2.0")
      return
    }
    let isKnown = Self.schemaVersions.contains { text == $0 || text.hasPrefix($0 + ".") }
    if !isKnown {
      diagnostics.error(
        "fate-version", "'schema_version' must be 2.0.0.alpha to 2.2.x, but is '\(text)'",
        at: node?.site)
    }
  }

  private mutating func readKind(_ node: ConfigNode?) {
    guard let node, !node.isNull, node.name != "fate" else { return }
    diagnostics.error(
      "fate-version", "'kind' must be 'fate', but is \(node.phrase)", at: node.site,
      hint: "files of other kinds are for FATE's adapters to other systems")
  }

  mutating func readStage(_ node: ConfigNode?) -> Pipeline.Named<FateStage>? {
    guard let node, !node.isNull else { return nil }
    if let stage = node.name.flatMap(FateStage.init(rawValue:)) {
      return .init(value: stage, site: node.site)
    }
    let names = FateStage.allCases.map(\.rawValue)
    diagnostics.error(
      "param-choice",
      "'stage' must be one of \(names.joined(separator: ", ")), but is \(node.phrase)",
      at: node.site,
      hint: node.name.flatMap { nearestName(to: $0, among: names) }.map { "did you mean '\($0)'?" })
    return nil
  }

  // MARK: Form

  mutating func mapping(_ entry: ConfigMap.Entry, _ subject: String) -> ConfigMap? {
    if let map = entry.value.map { return map }
    if !entry.value.isNull {
      diagnostics.error(
        "fate-form", "\(subject) must be a mapping, but is \(entry.value.phrase)",
        at: entry.value.site)
    }
    return nil
  }

  mutating func name(_ node: ConfigNode?, _ subject: String, fallback: Site?) -> Pipeline.Named<
    String
  >? {
    if let node, let name = node.name { return .init(value: name, site: node.site) }
    let fact = node.map { ", but is \($0.phrase)" } ?? ""
    diagnostics.error(
      "fate-form", "\(subject) must be a name\(fact)", at: node?.site ?? fallback)
    return nil
  }

  mutating func refuseUnknown(
    in map: ConfigMap, _ known: [String], of owner: String, elsewhere: [String: String] = [:]
  ) {
    for entry in map.entries where !known.contains(entry.key) {
      diagnostics.error(
        "key-unknown", "'\(entry.key)' is not a key of \(owner)", at: entry.keySite,
        hint: elsewhere[entry.key]
          ?? nearestName(to: entry.key, among: known).map { "did you mean '\($0)'?" }
          ?? "\(owner) has " + known.joined(separator: ", "))
    }
  }
}
