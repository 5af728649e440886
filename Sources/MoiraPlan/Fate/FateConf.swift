internal import MoiraConfig
internal import MoiraModel

/// `dag.conf`, read.
struct FateConf {
  /// The keys that mean something here, as our own `conf` has them.
  var node: ConfigNode?
  var task: ConfigNode?
  var protection: Pipeline.Named<FateProtection>?
  /// Keys that FATE knows and that change nothing here, with where the first stands.
  var idle: [Pipeline.Named<String>] = []
  /// `model_warehouse`: which job's models inputs mean that name none.
  var modelID: String?
  var modelVersion: String?
}

extension FateReader {
  /// FATE's `JobConfSpec`, with the keys that its client adds.
  static let jobConf = ParameterGroup([
    .fate("priority", .int, "Among waiting jobs, the higher goes first."),
    .fate("auto_retries", .int, "How often a task is tried again.", [.atLeast(0), .atMost(100)]),
    .fate(
      "auto_retry_delay", .double, "Seconds before the second attempt (FATE 1.x).", [.atLeast(0)]),
    .fate(
      "task_parallelism", .int, "Tasks that may run at once.", [.atLeast(1), .atMost(1024)]),
    .fate("scheduler_party_id", .string, "Which site schedules."),
    .fate("initiator_party_id", .string, "Who asked for the job."),
    .fate("cores", .int, "Cores of the job.", [.atLeast(1)]),
    .fate("task_cores", .int, "Cores of a task.", [.atLeast(1)]),
    .fate("computing_partitions", .int, "Partitions of tables.", [.atLeast(1)]),
    .fate("sync_type", .choice(["poll", "callback"]), "How the scheduler learns of tasks."),
    .fate(
      "federated_status_collect_type", .choice(["PUSH", "PULL", "push", "pull"]),
      "How parties tell their status."), .fate("engine", .string, "The computing engine."),
    .fate("model_id", .string, "Where models are filed."),
    .fate("model_version", .string, "Where models are filed."),
    .fate(
      "model_warehouse",
      .group(
        ParameterGroup([
          .fate("model_id", .string, "The job that made the model."),
          .fate("model_version", .string, "Its version."),
        ])), "The models that a predicting job uses."),
  ])

  static let taskConf = ParameterGroup([
    .fate("timeout", .double, "Seconds that one attempt may take.", [.moreThan(0)]),
    .fate("launcher_name", .string, "How FATE starts processes."),
  ])

  /// Mappings whose keys are free.
  private static let free: Set<String> = [
    "engine_run", "run", "provider", "inheritance", "extra", "task",
  ]
  private static let meant: Set<String> = [
    "priority", "auto_retries", "auto_retry_delay", "task_parallelism", "model_warehouse",
    "model_id", "model_version",
  ]

  mutating func readConf(_ entry: ConfigMap.Entry?) -> FateConf {
    var conf = FateConf()
    guard let entry, let map = mapping(entry, "'conf'") else { return conf }
    let strict = map.entries.filter { !Self.free.contains($0.key) }
    _ = Self.jobConf.read(
      ConfigNode(.map(ConfigMap(strict)), at: entry.value.site).withoutNulls, owner: "'conf'",
      fallback: entry.keySite, into: &diagnostics)
    for one in map.entries where !one.value.isNull {
      if Self.jobConf[one.key] != nil || Self.free.contains(one.key), one.key != "task",
        one.key != "extra", !Self.meant.contains(one.key)
      {
        conf.idle.append(.init(value: one.key, site: one.keySite))
      }
    }
    if let warehouse = map["model_warehouse"]?.map {
      conf.modelID = warehouse["model_id"]?.name
      conf.modelVersion = warehouse["model_version"]?.name
    }
    readExtra(map.entry("extra"), into: &conf)
    conf.task = readTaskConf(map.entry("task"), idle: &conf.idle)
    conf.node = ours(map, task: conf.task, at: entry.value.site)
    return conf
  }

  /// Checks the settings of a task; FATE's own launching has no meaning here.
  mutating func readTaskConf(
    _ entry: ConfigMap.Entry?, idle: inout [Pipeline.Named<String>]
  ) -> ConfigNode? {
    guard let entry, !entry.value.isNull, let map = mapping(entry, "'\(entry.key)'") else {
      return nil
    }
    let known = map.entries.filter { !Self.free.contains($0.key) }
    _ = Self.taskConf.read(
      ConfigNode(.map(ConfigMap(known)), at: entry.value.site).withoutNulls,
      owner: "'\(entry.key)'",
      fallback: entry.keySite, into: &diagnostics)
    for one in map.entries where one.key != "timeout" && !one.value.isNull {
      let isKnown = Self.taskConf[one.key] != nil || Self.free.contains(one.key)
      if isKnown { idle.append(.init(value: one.key, site: one.keySite)) }
    }
    return entry.value
  }

  mutating func readExtra(_ entry: ConfigMap.Entry?, into conf: inout FateConf) {
    guard let entry, !entry.value.isNull, let map = mapping(entry, "'extra'") else { return }
    let names = FateProtection.allCases.map(\.rawValue)
    for one in map.entries {
      guard one.key == "protection" else {
        diagnostics.warn(
          "fate-idle", "'\(one.key)' of 'extra' has no effect", at: one.keySite,
          hint: nearestName(to: one.key, among: ["protection"]).map { "did you mean '\($0)'?" }
            ?? "'protection' is the only key that has")
        continue
      }
      guard let name = one.value.name, let protection = FateProtection(rawValue: name) else {
        diagnostics.error(
          "param-choice",
          "'protection' must be one of \(names.joined(separator: ", ")), but is \(one.value.phrase)",
          at: one.value.site,
          hint: one.value.name.flatMap { nearestName(to: $0, among: names) }.map {
            "did you mean '\($0)'?"
          })
        continue
      }
      conf.protection = .init(value: protection, site: one.value.site)
    }
  }

  /// Our own `conf`, with the places of FATE's.
  private func ours(_ map: ConfigMap, task: ConfigNode?, at site: Site?) -> ConfigNode? {
    var entries: [ConfigMap.Entry] = []
    func add(_ name: String, _ entry: ConfigMap.Entry?) {
      guard let entry, !entry.value.isNull else { return }
      entries.append(.init(key: name, keySite: entry.keySite, value: entry.value))
    }
    add("parallelism", map.entry("task_parallelism"))
    add("retries", map.entry("auto_retries"))
    add("backoff", map.entry("auto_retry_delay"))
    add("timeout", task?.map?.entry("timeout"))
    add("priority", map.entry("priority"))
    return entries.isEmpty ? nil : ConfigNode(.map(ConfigMap(entries)), at: site)
  }
}

extension ParameterSchema {
  /// A parameter of FATE's; what is not written is left to whoever reads it.
  static func fate(
    _ name: String, _ kind: ParameterKind, _ help: String, _ limits: [Limit] = [],
    _ value: ConfigValue = .null, isRequired: Bool = false
  ) -> ParameterSchema {
    ParameterSchema(
      name: name, help: help, kind: kind, limits: limits, isRequired: isRequired,
      defaultValue: value, isOptional: value.isNull && !isRequired)
  }
}

extension ConfigNode {
  /// Without the entries that are null: FATE takes `null` for what is not written.
  var withoutNulls: ConfigNode {
    guard let map else { return self }
    let entries = map.entries.filter { !$0.value.isNull }.map { entry in
      ConfigMap.Entry(key: entry.key, keySite: entry.keySite, value: entry.value.withoutNulls)
    }
    return ConfigNode(.map(ConfigMap(entries)), at: site, text: text)
  }
}
