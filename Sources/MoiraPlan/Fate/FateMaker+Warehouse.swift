internal import MoiraConfig
internal import MoiraModel

extension FateMaker {
  /// A reader of a dataset that an input names.
  mutating func reader(
    of name: Pipeline.Named<String>, _ task: FateStep, _ id: TaskID, _ members: [Pipeline.Member]
  ) -> FateFeed {
    checkDataset(name)
    let entry = ConfigMap.Entry("dataset", .string(name.value), at: name.site)
    addSource("reader", id, task, members) { _ in [entry] }
    return FateFeed(place: .init(id, "table"), site: name.site)
  }

  /// A name must be one that a party's registry can have.
  mutating func checkDataset(_ name: Pipeline.Named<String>) {
    guard !isPartyName(name.value) else { return }
    diagnostics.error(
      "dataset-name", "'\(name.value)' is not a name for a dataset", at: name.site,
      hint: "letters, digits, '-', '_' and '.', beginning with a letter or digit, 64 at most")
  }

  /// What brings in an output of an earlier job.
  mutating func earlier(
    _ reference: FateReference, _ task: FateStep, _ id: TaskID,
    _ reader: (component: String, port: PortName), _ members: [Pipeline.Member], at site: Site?
  ) -> FateFeed? {
    let found = settings.found[reference] ?? [:]
    let lacking = members.filter { found[$0.party] == nil }
    guard lacking.isEmpty else {
      let who = list(lacking.map { "'\($0.party)'" })
      diagnostics.error(
        "fate-warehouse",
        "job '\(reference.job)' has left no '\(reference.task).\(reference.key)' at \(who)",
        at: site, hint: "'moira jobs' lists jobs, 'moira artifacts JOB' what they have left")
      isPartial = true
      return nil
    }
    addSource(reader.component, id, task, members) { member in
      [.init("artifact", .string(found[member.party]?.text ?? ""), at: site)]
    }
    return FateFeed(place: .init(id, reader.port), site: site)
  }

  private mutating func addSource(
    _ component: String, _ id: TaskID, _ task: FateStep, _ members: [Pipeline.Member],
    entries: (Pipeline.Member) -> [ConfigMap.Entry]
  ) {
    let split = FateSplit(members.map { ($0, entries($0)) }, all: file.seats)
    let all = file.seats.filter { $0.role != .arbiter }
    steps.append(
      Pipeline.Step(
        id: id, site: task.site, component: .init(value: component, site: task.component.site),
        inputs: [],
        parameters: split.common.isEmpty
          ? nil : ConfigNode(.map(ConfigMap(split.common)), at: task.site),
        overrides: split.overrides, after: [],
        parties: members.count == all.count
          ? nil : members.map { .init(value: $0.party, site: task.site) }, conf: nil))
  }
}
