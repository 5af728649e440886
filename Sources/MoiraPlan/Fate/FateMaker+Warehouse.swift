internal import MoiraConfig
internal import MoiraModel

extension FateMaker {
  /// A reader of the datasets that an input names, each seat's its own.
  mutating func datasets(of slot: FateSlot, _ task: FateStep, _ id: TaskID) -> [FateFeed.Source] {
    var entries: [PartyID: ConfigMap.Entry] = [:]
    let found = slot.compactMap { part -> (part: FateSlot.Part, name: Pipeline.Named<String>)? in
      guard case .dataset(let name) = part.channel.source else { return nil }
      return (part, name)
    }
    guard !found.isEmpty else { return [] }
    for (part, name) in found {
      checkDataset(name)
      for member in part.members {
        entries[member.party] = .init("dataset", .string(name.value), at: name.site)
      }
    }
    addSource("reader", id, task, found.flatMap(\.part.members)) { member in
      entries[member.party].map { [$0] } ?? []
    }
    return found.map { .init(place: .init(id, "table"), site: $0.name.site, seats: $0.part.seats) }
  }

  /// A name must be one that a party's registry can have.
  mutating func checkDataset(_ name: Pipeline.Named<String>) {
    guard !isPartyName(name.value) else { return }
    diagnostics.error(
      "dataset-name", "'\(name.value)' is not a name for a dataset", at: name.site,
      hint: "letters, digits, '-', '_' and '.', beginning with a letter or digit, 64 at most")
  }

  /// What brings in outputs of earlier jobs.
  mutating func earlier(
    _ slot: FateSlot, _ task: FateStep, _ id: TaskID,
    _ reader: (component: String, port: PortName)
  ) -> [FateFeed.Source] {
    var hashes: [PartyID: (text: String, site: Site?)] = [:]
    var sources: [FateFeed.Source] = []
    var members: [Pipeline.Member] = []
    for part in slot.parts {
      guard case .earlier(let reference) = part.channel.source else { continue }
      let site = part.channel.site
      let found = settings.found[reference] ?? [:]
      let lacking = part.members.filter { found[$0.party] == nil }
      guard lacking.isEmpty else {
        report(reference, lackingAt: lacking, at: site)
        continue
      }
      for member in part.members { hashes[member.party] = (found[member.party]?.text ?? "", site) }
      members += part.members
      sources.append(.init(place: .init(id, reader.port), site: site, seats: part.seats))
    }
    if members.isEmpty { return [] }
    addSource(reader.component, id, task, members) { member in
      hashes[member.party].map { [.init("artifact", .string($0.text), at: $0.site)] } ?? []
    }
    return sources
  }

  private mutating func report(
    _ reference: FateReference, lackingAt members: [Pipeline.Member], at site: Site?
  ) {
    let who = list(members.map { "'\($0.party)'" })
    diagnostics.error(
      "fate-warehouse",
      "job '\(reference.job)' has left no '\(reference.task).\(reference.key)' at \(who)",
      at: site, hint: "'moira jobs' lists jobs, 'moira artifacts JOB' what they have left")
    isPartial = true
  }

  private mutating func addSource(
    _ component: String, _ id: TaskID, _ task: FateStep, _ members: [Pipeline.Member],
    entries: (Pipeline.Member) -> [ConfigMap.Entry]
  ) {
    let members = file.seats.filter { seat in members.contains { $0.party == seat.party } }
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
