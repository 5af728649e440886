internal import MoiraConfig
internal import MoiraModel

extension FateReader {
  /// `inputs.data` and `inputs.model`, port by port.
  mutating func inputs(_ entry: ConfigMap.Entry?, _ conf: FateConf) -> [FateInput] {
    guard let entry, !entry.value.isNull, let map = mapping(entry, "'inputs'") else { return [] }
    refuseUnknown(in: map, ["data", "model"], of: "'inputs'")
    return ["data", "model"].flatMap { section -> [FateInput] in
      guard let entry = map.entry(section), !entry.value.isNull,
        let ports = mapping(entry, "'inputs.\(section)'")
      else { return [] }
      return ports.entries.compactMap { input($0, section, conf) }
    }
  }

  private mutating func input(
    _ entry: ConfigMap.Entry, _ section: String, _ conf: FateConf
  ) -> FateInput? {
    guard !entry.value.isNull, let map = mapping(entry, "'\(entry.key)'") else { return nil }
    refuseUnknown(
      in: map, ["task_output_artifact", "data_warehouse", "model_warehouse"], of: "an input")
    let before = diagnostics.all.count
    var channels: [FateChannel] = []
    for one in map.entries where !one.value.isNull {
      for node in one.value.list ?? [one.value] {
        guard let map = node.map else {
          diagnostics.error(
            "fate-form", "'\(one.key)' must be a mapping or a list of them, but is \(node.phrase)",
            at: node.site)
          continue
        }
        let found: FateChannel?
        switch one.key {
        case "task_output_artifact": found = output(map, at: node.site)
        case "data_warehouse": found = data(map, at: node.site)
        case "model_warehouse": found = model(map, conf, at: node.site)
        default: found = nil
        }
        if let found { channels.append(found) }
      }
    }
    let port = Pipeline.Named(value: entry.key, site: entry.keySite)
    return FateInput(
      port: port, section: section, channels: channels,
      isWrong: diagnostics.all.count > before)
  }

  private mutating func output(_ map: ConfigMap, at site: Site?) -> FateChannel? {
    refuseUnknown(
      in: map,
      ["producer_task", "output_artifact_key", "output_artifact_type_alias", "parties", "roles"],
      of: "'task_output_artifact'")
    let task = name(map["producer_task"], "'producer_task'", fallback: site)
    let key = name(map["output_artifact_key"], "'output_artifact_key'", fallback: site)
    let seats = channelSeats(map)
    guard let task, let key else { return nil }
    return FateChannel(source: .output(task: task, key: key), seats: seats, site: site)
  }

  private mutating func data(_ map: ConfigMap, at site: Site?) -> FateChannel? {
    refuseUnknown(
      in: map,
      [
        "job_id", "producer_task", "output_artifact_key", "namespace", "name", "dataset_id",
        "parties", "roles",
      ], of: "'data_warehouse'")
    let seats = channelSeats(map)
    if let job = map["job_id"]?.name {
      let task = name(map["producer_task"], "'producer_task'", fallback: site)
      let key = name(map["output_artifact_key"], "'output_artifact_key'", fallback: site)
      guard let task, let key else { return nil }
      return FateChannel(
        source: .earlier(.init(job: job, task: task.value, key: key.value)), seats: seats,
        site: site)
    }
    let node = map["name"] ?? map["dataset_id"]
    guard let name = node?.name else {
      diagnostics.error(
        "fate-form",
        "'data_warehouse' must have 'name' and 'namespace', or 'job_id' and 'producer_task'",
        at: node?.site ?? site)
      return nil
    }
    return FateChannel(
      source: .dataset(
        .init(
          value: FateNames.dataset(namespace: map["namespace"]?.name, name: name),
          site: node?.site)), seats: seats, site: site)
  }

  private mutating func model(
    _ map: ConfigMap, _ conf: FateConf, at site: Site?
  ) -> FateChannel? {
    refuseUnknown(
      in: map,
      [
        "model_id", "model_version", "producer_task", "output_artifact_key", "parties", "roles",
        "output_artifact_type_alias",
      ], of: "'model_warehouse'")
    let seats = channelSeats(map)
    let task = name(map["producer_task"], "'producer_task'", fallback: site)
    let key = name(map["output_artifact_key"], "'output_artifact_key'", fallback: site)
    guard let task, let key else { return nil }
    guard let id = map["model_id"]?.name ?? conf.modelID else {
      diagnostics.error(
        "fate-form", "'model_warehouse' must say by 'model_id' which job made the model", at: site,
        hint: "here, or for all inputs: dag: {conf: {model_warehouse: {model_id: ...}}}")
      return nil
    }
    let version = map["model_version"]?.name ?? conf.modelVersion ?? "0"
    return FateChannel(
      source: .earlier(.init(job: id, version: version, task: task.value, key: key.value)),
      seats: seats, site: site)
  }

  private mutating func channelSeats(_ map: ConfigMap) -> Set<PartyID>? {
    seats(map.entry("parties")) ?? seats(ofRoles: map.entry("roles"))
  }
}

extension FateNames {
  /// `experiment` and `breast_homo_guest` are the dataset `experiment.breast_homo_guest`.
  static func dataset(namespace: String?, name: String) -> String {
    namespace.map { "\($0).\(name)" } ?? name
  }
}
