public import MoiraConfig
public import MoiraModel

/// Reads a dsl and a conf file of FATE 1.x as one FATE file.
///
/// Tasks and edges stand in the dsl, parties and parameters in the conf. Parameters of one party are
/// addressed by its place in the list of its role, not by its id.
struct Fate1Reader {
  var reader: FateReader
  /// What each component's outputs are called by its author, in their order.
  private var outputs: [String: [(name: String, key: String)]] = [:]

  init(overrides: [Override]) { reader = FateReader(overrides: overrides) }

  mutating func read(dsl: ConfigNode, conf: ConfigNode) -> FateFile? {
    guard let tasks = top(dsl, "the dsl"), let settings = top(conf, "the conf") else { return nil }
    reader.refuseUnknown(in: tasks, ["components", "dsl_version"], of: "the dsl")
    reader.refuseUnknown(
      in: settings,
      ["dsl_version", "initiator", "role", "job_parameters", "component_parameters"],
      of: "the conf")
    let lists = readRoles(settings.entry("role"), fallback: conf.site)
    var file = FateFile(
      seats: lists.members, stage: nil, conf: FateConf(), tasks: [], site: dsl.site)
    file.components = Fate1Components.all
    readJob(settings.entry("job_parameters"), &file.conf)
    permit(&file.conf)
    guard let entry = tasks.entry("components"), let map = reader.mapping(entry, "'components'")
    else {
      reader.diagnostics.error(
        "fate-form", "the dsl must have 'components'", at: dsl.site,
        hint: "{\"components\": {\"reader_0\": {\"module\": \"Reader\"}}}")
      return nil
    }
    for one in map.entries { noteOutputs(one) }
    file.tasks = map.entries.compactMap { task($0) }
    readParameters(settings.entry("component_parameters"), lists.places, &file)
    return file
  }

  private mutating func top(_ node: ConfigNode, _ owner: String) -> ConfigMap? {
    if let map = node.map { return map }
    reader.diagnostics.error(
      "fate-form", "\(owner) must be a mapping, but is \(node.phrase)", at: node.site)
    return nil
  }

  // MARK: Parties

  private mutating func readRoles(
    _ entry: ConfigMap.Entry?, fallback: Site?
  ) -> (members: [Pipeline.Member], places: [Role: [PartyID]]) {
    guard let entry, let map = reader.mapping(entry, "'role'") else {
      reader.diagnostics.error(
        "fate-form", "the conf must have 'role'", at: entry?.keySite ?? fallback,
        hint: "\"role\": {\"guest\": [9999], \"host\": [10000], \"arbiter\": [10000]}")
      return ([], [:])
    }
    var seats = PipelineSeats()
    var ids: [Role: [PartyID]] = [:]
    for one in map.entries {
      guard let role = reader.role(ConfigNode(.string(one.key), at: one.keySite)) else { continue }
      for node in one.value.list ?? [one.value] {
        guard let party = reader.party(node) else { continue }
        seats.add(party, role, at: node.site, into: &reader.diagnostics)
        ids[role, default: []].append(party)
      }
    }
    let members = seats.members
    let places = ids.mapValues { list in
      list.compactMap { party in
        members.first { $0.registered == party && ids[$0.role] == list }?.party
      }
    }
    return (members, places)
  }

  // MARK: Tasks

  private mutating func noteOutputs(_ entry: ConfigMap.Entry) {
    guard let map = entry.value.map, let module = map["module"]?.name,
      let output = map["output"]?.map
    else { return }
    let keys = Fate1Components.dataKeys[module] ?? ["output_data"]
    var found: [(String, String)] = []
    for (place, node) in (output["data"]?.list ?? []).enumerated() where place < keys.count {
      if let name = node.name { found.append((name, keys[place])) }
    }
    for node in output["model"]?.list ?? [] {
      if let name = node.name { found.append((name, "output_model")) }
    }
    outputs[entry.key] = found
  }

  private mutating func task(_ entry: ConfigMap.Entry) -> FateStep? {
    guard let map = reader.mapping(entry, "the component '\(entry.key)'") else { return nil }
    if !isTaskName(entry.key) {
      reader.diagnostics.error(
        "task-name", "'\(entry.key)' is not a name for a task", at: entry.keySite,
        hint: "letters, digits, '_' and '-', beginning with a letter, 64 at most")
    }
    reader.refuseUnknown(
      in: map, ["module", "input", "output", "need_deploy"], of: "a component")
    guard let module = reader.name(map["module"], "'module'", fallback: entry.keySite) else {
      return nil
    }
    return FateStep(
      id: TaskID(entry.key), site: entry.keySite, component: module, parameters: nil,
      inputs: inputs(map.entry("input")), after: [], seats: nil, conf: nil, stage: nil)
  }

  private mutating func inputs(_ entry: ConfigMap.Entry?) -> [FateInput] {
    guard let entry, !entry.value.isNull, let map = reader.mapping(entry, "'input'") else {
      return []
    }
    reader.refuseUnknown(in: map, ["data", "model", "isometric_model"], of: "'input'")
    var found: [FateInput] = []
    if let data = map.entry("data"), let ports = reader.mapping(data, "'input.data'") {
      for port in ports.entries {
        found.append(input(port, section: "data", named: port.key))
      }
    }
    for name in ["model", "isometric_model"] {
      if let models = map.entry(name) {
        found.append(input(models, section: "model", named: name))
      }
    }
    return found
  }

  private mutating func input(
    _ entry: ConfigMap.Entry, section: String, named name: String
  ) -> FateInput {
    let before = reader.diagnostics.all.count
    let channels = (entry.value.list ?? [entry.value]).compactMap { channel($0) }
    return FateInput(
      port: .init(value: name, site: entry.keySite), section: section, channels: channels,
      isWrong: reader.diagnostics.all.count > before)
  }

  /// `reader_0.data`; `pipeline.…` of old files is not read.
  private mutating func channel(_ node: ConfigNode) -> FateChannel? {
    let parts = (node.name ?? "").split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
      reader.diagnostics.error(
        "input-form", "an input must be 'component.output', but is \(node.phrase)", at: node.site)
      return nil
    }
    let (task, name) = (String(parts[0]), String(parts[1]))
    let key = outputs[task]?.first { $0.name == name }?.key ?? name
    return FateChannel(
      source: .output(
        task: .init(value: task, site: node.site), key: .init(value: key, site: node.site)),
      seats: nil, site: node.site)
  }

  // MARK: Parameters

  private mutating func readParameters(
    _ entry: ConfigMap.Entry?, _ places: [Role: [PartyID]], _ file: inout FateFile
  ) {
    guard let entry, !entry.value.isNull,
      let map = reader.mapping(entry, "'component_parameters'")
    else { return }
    reader.refuseUnknown(in: map, ["common", "role"], of: "'component_parameters'")
    let all = Set(file.seats.map(\.party))
    if let common = map.entry("common") { layer(common, all, &file) }
    guard let roles = map.entry("role"), !roles.value.isNull,
      let byRole = reader.mapping(roles, "'role'")
    else { return }
    for one in byRole.entries {
      guard let role = reader.role(ConfigNode(.string(one.key), at: one.keySite)),
        let lists = reader.mapping(one, "'\(one.key)'")
      else { continue }
      for index in lists.entries {
        layer(index, seats(index, of: role, places[role] ?? []), &file)
      }
    }
  }

  /// `"0"` or `"0|1"`: places in the list of the role.
  private mutating func seats(
    _ entry: ConfigMap.Entry, of role: Role, _ seats: [PartyID]
  ) -> Set<PartyID> {
    var found: Set<PartyID> = []
    for part in entry.key.split(separator: "|", omittingEmptySubsequences: false) {
      guard let place = Int(part), seats.indices.contains(place) else {
        reader.diagnostics.error(
          "party-unknown", "'\(part)' is not a place in the list of \(role)", at: entry.keySite,
          hint: seats.isEmpty
            ? "the list of \(role) is empty" : "places are 0 to \(seats.count - 1), not ids")
        continue
      }
      found.insert(seats[place])
    }
    return found
  }

  /// Parameters of several components, for some seats.
  private mutating func layer(
    _ entry: ConfigMap.Entry, _ seats: Set<PartyID>, _ file: inout FateFile
  ) {
    guard !entry.value.isNull, let map = reader.mapping(entry, "'\(entry.key)'") else { return }
    for one in map.entries {
      guard let place = file.tasks.firstIndex(where: { $0.id.text == one.key }) else {
        let names = file.tasks.map(\.id.text)
        reader.diagnostics.error(
          "task-unknown", "'\(one.key)' is not a component of the dsl", at: one.keySite,
          hint: nearestName(to: one.key, among: names).map { "did you mean '\($0)'?" }
            ?? "components are " + names.prefix(12).joined(separator: ", "))
        continue
      }
      guard !one.value.isNull, let parameters = reader.mapping(one, "'\(one.key)'") else {
        continue
      }
      if case .bool(let runs) = parameters["need_run"]?.value {
        if runs {
          file.tasks[place].resting.subtract(seats)
        } else {
          file.tasks[place].resting.formUnion(seats)
        }
      }
      let kept = parameters.entries.filter { $0.key != "need_run" }
      file.tasks[place].overrides.append(
        (seats, ConfigNode(.map(ConfigMap(kept)), at: one.value.site), nil))
    }
  }

  /// `--set dag.conf.extra.protection=none`, in the words of FATE 2.x; a pair has no other such field.
  private mutating func permit(_ conf: inout FateConf) {
    for one in reader.overrides where one.task == "dag" {
      guard one.path == ["conf", "extra", "protection"] else {
        reader.diagnostics.error(
          "task-unknown", "'dag' is not a component of the dsl", at: one.site,
          hint: "of 'dag' a pair has 'dag.conf.extra.protection' only")
        continue
      }
      let extra = ConfigMap([.init(key: "protection", keySite: one.site, value: one.value)])
      reader.readExtra(
        .init(key: "extra", keySite: one.site, value: ConfigNode(.map(extra), at: one.site)),
        into: &conf)
    }
  }

  private mutating func readJob(_ entry: ConfigMap.Entry?, _ conf: inout FateConf) {
    guard let entry, !entry.value.isNull, let map = reader.mapping(entry, "'job_parameters'"),
      let common = map.entry("common"), let inner = common.value.map
    else { return }
    let meant: Set<String> = [
      "auto_retries", "auto_retry_delay", "task_parallelism", "timeout", "protection",
    ]
    var kept = inner.entries.filter { meant.contains($0.key) }
    let timeout = kept.first { $0.key == "timeout" }
    let protection = kept.first { $0.key == "protection" }
    kept.removeAll { $0.key == "timeout" || $0.key == "protection" }
    func nested(_ name: String, _ inner: ConfigMap.Entry?) -> [ConfigMap.Entry] {
      inner.map {
        [
          .init(
            key: name, keySite: $0.keySite, value: ConfigNode(.map(ConfigMap([$0])), at: $0.keySite)
          )
        ]
      } ?? []
    }
    kept += nested("task", timeout) + nested("extra", protection)
    conf = reader.readConf(
      .init(
        key: "conf", keySite: common.keySite,
        value: ConfigNode(.map(ConfigMap(kept)), at: common.value.site)))
    for one in inner.entries
    where !meant.contains(one.key) && one.key != "job_type" && !one.value.isNull {
      conf.idle.append(.init(value: one.key, site: one.keySite))
    }
  }
}

extension FatePipeline {
  /// Reads a dsl and a conf file of FATE 1.x.
  public static func reading(
    dsl: ConfigNode, conf: ConfigNode, settings: FateSettings = FateSettings(),
    into diagnostics: inout Diagnostics
  ) -> FatePipeline? {
    var reader = Fate1Reader(overrides: settings.overrides)
    guard var file = reader.read(dsl: dsl, conf: conf) else {
      diagnostics.add(contentsOf: reader.reader.diagnostics)
      return nil
    }
    reader.reader.overrideTasks(&file)
    var maker = FateMaker(file, settings, reader.reader.diagnostics)
    let pipeline = maker.make()
    diagnostics.add(contentsOf: maker.diagnostics)
    return pipeline
  }
}
