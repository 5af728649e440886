internal import MoiraConfig
internal import MoiraModel

extension PlanMaker {
  mutating func plan(_ task: WiredStep, jobConf: ConfigNode?) -> PlannedTask {
    let step = task.step.step
    let layers = layers(of: task.step)
    var shared: ResolvedParameters?
    var sharing: [PartyID] = []
    var sharedPlace: Int?
    var found: [(parties: [PartyID], diagnostics: Diagnostics)] = []
    let parts = task.step.members.map { member in
      let override = layers.node(for: member)
      let resolved: ResolvedParameters
      if override == nil, let shared {
        resolved = shared
        sharing.append(member.party)
      } else {
        var diagnostics = Diagnostics()
        resolved = read(override ?? layers.common, of: task.step, into: &diagnostics)
        found.append(([member.party], diagnostics))
        if override == nil {
          shared = resolved
          sharedPlace = found.count - 1
        }
      }
      return PlannedPart(
        party: member.party, role: member.role, parameters: resolved,
        inputs: inputs(of: task, at: member))
    }
    if let sharedPlace { found[sharedPlace].parties += sharing }
    checkDatasets(parts, of: task.step)
    collect(found)
    let conf = taskConf(step, jobConf: jobConf)
    return PlannedTask(
      id: step.id, component: task.step.schema.name, componentVersion: task.step.schema.version,
      parts: parts, needs: task.needs, policy: PlannedPolicy(conf), level: 0,
      isReusable: task.step.schema.isReusable && conf.cache,
      outlivesParties: task.step.schema.outlivesParties)
  }

  private func inputs(of task: WiredStep, at member: Pipeline.Member) -> [PlannedInput] {
    task.wires.compactMap { wire in
      guard wire.port.roles.contains(member.role), wire.parties?.contains(member.party) ?? true,
        let producer = resolved[wire.task],
        producer.hasPart(at: member.party),
        producer.schema.output(wire.output)?.roles.contains(member.role) == true
      else { return nil }
      return PlannedInput(port: wire.port.name, task: wire.task, output: wire.output)
    }
  }

  // MARK: Layers

  /// Party over role over common, and the command line over all.
  private mutating func layers(of task: ResolvedStep) -> ParameterLayers {
    let group = task.schema.parameters
    var layers = ParameterLayers(common: task.step.parameters.map(group.spelledOut))
    for (target, short) in task.step.overrides {
      let node = group.spelledOut(short)
      if let role = Role(rawValue: target.value) {
        if !task.schema.roles.contains(role) {
          diagnostics.error(
            "role-lacking", "'\(task.schema.name)' has no part for \(article(role))",
            at: target.site, hint: "it runs at \(list(task.schema.roles.map(\.rawValue)))")
        } else if !task.members.contains(where: { $0.role == role }) {
          reportNoPart(target, of: task)
        }
        layers.roles[role] = node
      } else {
        let party = PartyID(target.value)
        if members[party] == nil {
          reportParty(target.value, at: target.site)
        } else if !task.hasPart(at: party) {
          reportNoPart(target, of: task)
        }
        layers.parties[party] = node
      }
    }
    for one in overrides[task.step.id] ?? [] {
      layers.top = (layers.top ?? ConfigNode(.map(ConfigMap()), at: one.site))
        .setting(one.value, at: one.path, keySite: one.site)
    }
    layers.top = layers.top.map(group.spelledOut)
    layers.settle()
    return layers
  }

  mutating func reportNoPart(_ target: Pipeline.Named<String>, of task: ResolvedStep) {
    diagnostics.error(
      "at-without-part", "'\(target.value)' has no part in '\(task.step.id)'", at: target.site,
      hint: task.members.isEmpty
        ? nil : "parts are at " + list(task.members.map(\.party.text)))
  }

  // MARK: Reading

  private func read(
    _ node: ConfigNode?, of task: ResolvedStep, into diagnostics: inout Diagnostics
  ) -> ResolvedParameters {
    let fallback = task.step.site
    let resolved = task.schema.parameters.read(
      node, owner: "'\(task.schema.name)'", fallback: fallback, into: &diagnostics)
    if !diagnostics.hasErrors, let check = catalog.check(for: task.schema.name) {
      for finding in check(resolved.value).all {
        diagnostics.error(
          "param-conflict", finding.message,
          at: site(of: finding.parameter, in: resolved) ?? fallback,
          hint: finding.hint)
      }
    }
    return resolved
  }

  private func site(of path: String, in resolved: ResolvedParameters) -> Site? {
    resolved.sites[path]
      ?? resolved.sites.filter { $0.key.hasPrefix(path + ".") }.values.min()
  }

  /// Takes over what was found; what is missing at some parties only is said with their names.
  private mutating func collect(
    _ found: [(parties: [PartyID], diagnostics: Diagnostics)]
  ) {
    var counts: [Diagnostic: Int] = [:]
    for one in found.flatMap(\.diagnostics.all) where one.code == "param-missing" {
      counts[one, default: 0] += 1
    }
    for (parties, own) in found {
      for one in own.all {
        if let count = counts[one], count < found.count {
          let places = list(parties.map { "'\($0)'" })
          diagnostics.add(
            Diagnostic(
              one.severity, code: one.code, "\(one.message) at \(places)", at: one.site,
              hint: one.hint))
        } else {
          diagnostics.add(one)
        }
      }
    }
  }

  /// Names that parties lack, one diagnostic for each place where one was written.
  private mutating func checkDatasets(_ parts: [PlannedPart], of task: ResolvedStep) {
    guard let registry, registry.knowsDatasets else { return }
    var lacking: [(name: String, site: Site?, parties: [PartyID])] = []
    for part in parts {
      guard let member = members[part.party],
        let known = registry.datasets[member.registered]
      else { continue }
      for schema in task.schema.parameters.parameters where schema.kind == .dataset {
        guard let name = part.parameters.value[schema.name]?.string, !known.contains(name) else {
          continue
        }
        let site = part.parameters.sites[schema.name] ?? task.step.site
        if let place = lacking.firstIndex(where: { $0.name == name && $0.site == site }) {
          lacking[place].parties.append(member.registered)
        } else {
          lacking.append((name, site, [member.registered]))
        }
      }
    }
    for one in lacking { report(one.name, at: one.site, lackingAt: one.parties, registry) }
  }

  private mutating func report(
    _ name: String, at site: Site?, lackingAt parties: [PartyID], _ registry: Registry
  ) {
    let known = Set(parties.flatMap { registry.datasets[$0] ?? [] }).sorted()
    let who = list(parties.map { "'\($0)'" })
    diagnostics.error(
      "dataset-unregistered", "\(who) \(parties.count == 1 ? "has" : "have") no dataset '\(name)'",
      at: site,
      hint: nearestName(to: name, among: known).map { "did you mean '\($0)'?" }
        ?? (known.isEmpty
          ? "'moira party dataset add' registers one" : "registered are \(list(known))"))
  }

  // MARK: Conf

  mutating func jobConf() -> (node: ConfigNode?, conf: JobConf) {
    let resolved = JobConf.group.read(
      pipeline.conf, owner: "'conf'", fallback: pipeline.conf?.site, into: &diagnostics)
    let conf = JobConf(parameter: resolved.value) ?? JobConf()
    guard let map = pipeline.conf?.map else { return (nil, conf) }
    let own = map.entries.filter { TaskConf.group[$0.key] != nil }
    let node = ConfigNode(.map(ConfigMap(own)), at: pipeline.conf?.site)
    return (TaskConf.group.spelledOut(node), conf)
  }

  private mutating func taskConf(_ step: Pipeline.Step, jobConf: ConfigNode?) -> TaskConf {
    if step.conf == nil, let commonConf { return commonConf }
    let own = step.conf.map(TaskConf.group.spelledOut)
    let node = own.map { jobConf?.merged(with: $0) ?? $0 } ?? jobConf
    let resolved = TaskConf.group.read(
      node, owner: "'conf'", fallback: step.conf?.site, into: &diagnostics)
    let conf = TaskConf(parameter: resolved.value) ?? TaskConf()
    if step.conf == nil { commonConf = conf }
    return conf
  }
}

/// What the file says for all, for a role, for a party; and what the command line says.
private struct ParameterLayers {
  var common: ConfigNode?
  var roles: [Role: ConfigNode] = [:]
  var parties: [PartyID: ConfigNode] = [:]
  var top: ConfigNode?

  init(common: ConfigNode?) { self.common = common }

  /// Puts the command line's values over the common ones.
  mutating func settle() {
    if let top { common = common?.merged(with: top) ?? top }
  }

  /// The merged node for a party that differs from the common one; nil for all others.
  func node(for member: Pipeline.Member) -> ConfigNode? {
    let own = [roles[member.role], parties[member.party]].compactMap(\.self)
    guard !own.isEmpty else { return nil }
    let merged = own.reduce(common) { $0?.merged(with: $1) ?? $1 }
    return top.map { merged?.merged(with: $0) ?? $0 } ?? merged
  }
}
