internal import MoiraConfig
internal import MoiraModel

extension FateMaker {
  /// Each seat's parameters by FATE's names: common ones, and what `party_tasks` says over them.
  mutating func parameters(
    of task: FateStep, _ component: FateComponent, _ members: [Pipeline.Member]
  ) -> [PartyID: FateParameters] {
    var read: [(seat: PartyID, found: Diagnostics)] = []
    var parameters: [PartyID: FateParameters] = [:]
    for member in members {
      var node = task.parameters?.withoutNulls
      for one in task.overrides where one.seats.contains(member.party) {
        guard let own = one.parameters?.withoutNulls else { continue }
        tellShallow(node, own, in: task)
        node = node?.merged(with: own) ?? own
      }
      var found = Diagnostics()
      let resolved = component.parameters.read(
        node, owner: "'\(component.name)'", fallback: task.site, into: &found)
      for entry in node?.map?.entries ?? [] where component.idle.contains(entry.key) {
        idle.append(.init(value: entry.key, site: entry.keySite))
      }
      read.append((member.party, found))
      parameters[member.party] = FateParameters(
        resolved: resolved, raw: node, site: task.component.site)
    }
    collect(read)
    return parameters
  }

  /// What is missing at some parties only is said with their names.
  private mutating func collect(_ read: [(seat: PartyID, found: Diagnostics)]) {
    var counts: [Diagnostic: Int] = [:]
    for one in read.flatMap(\.found.all) { counts[one, default: 0] += 1 }
    for (seat, found) in read {
      for one in found.all {
        guard one.code == "param-missing", counts[one, default: 0] < read.count else {
          diagnostics.add(one)
          continue
        }
        diagnostics.add(
          Diagnostic(
            one.severity, code: one.code, "\(one.message) at '\(seat)'", at: one.site,
            hint: one.hint))
      }
    }
  }

  /// FATE replaces a nested mapping whole, and so drops what it does not repeat.
  private mutating func tellShallow(_ common: ConfigNode?, _ own: ConfigNode, in task: FateStep) {
    for entry in own.map?.entries ?? [] {
      guard entry.keySite?.file != "--set", let mine = entry.value.map,
        let theirs = common?.map?[entry.key]?.map,
        let kept = theirs.entries.first(where: { mine[$0.key] == nil })
      else { continue }
      diagnostics.note(
        "fate-differs",
        "'\(entry.key)' keeps '\(kept.key)' of the parameters of all, which FATE would drop",
        at: entry.keySite, hint: "write '\(kept.key)' here as well, if it is another one")
    }
  }

  /// The `conf` of the steps of a task; one for all parties.
  mutating func conf(of task: FateStep, _ members: [Pipeline.Member]) -> ConfigNode? {
    let usual = file.conf.task?.map?.entry("timeout")
    let common = task.conf?.map?.entry("timeout") ?? usual
    var found: [ConfigMap.Entry?] = []
    for member in members {
      let own = task.overrides.filter { $0.seats.contains(member.party) }
        .compactMap { $0.conf?.map?.entry("timeout") }
      found.append(own.last ?? common)
    }
    let written = found.compactMap(\.self).filter { $0.value.value.number != nil }
    let longest = written.max { ($0.value.value.number ?? 0) < ($1.value.value.number ?? 0) }
    guard let longest else { return nil }
    let values = Set(found.map { $0?.value.value ?? .null })
    if values.count > 1, !hasToldTimeout {
      hasToldTimeout = true
      diagnostics.note(
        "fate-differs",
        "a task ends at all parties together: the longest of their timeouts holds",
        at: longest.keySite)
    }
    if values.count == 1, longest.value.value == usual?.value.value { return nil }
    return ConfigNode(
      .map(ConfigMap([.init(key: "timeout", keySite: longest.keySite, value: longest.value)])),
      at: longest.keySite)
  }
}
