internal import MoiraConfig
internal import MoiraModel

/// One artifact of an input, with the channels that bring it: each to seats of its own.
struct FateSlot {
  struct Part {
    let channel: FateChannel
    var members: [Pipeline.Member]
    fileprivate(set) var isForAll = false
    /// Nil where all of the task get the same.
    var seats: Set<PartyID>? { isForAll ? nil : Set(members.map(\.party)) }
  }

  var parts: [Part] = []

  var hasDatasets: Bool {
    parts.contains { if case .dataset = $0.channel.source { true } else { false } }
  }

  func compactMap<Value>(_ body: (Part) -> Value?) -> [Value] { parts.compactMap(body) }

  fileprivate mutating func add(_ channel: FateChannel, _ place: Int, _ member: Pipeline.Member) {
    if let known = places.firstIndex(of: place) {
      parts[known].members.append(member)
    } else {
      places.append(place)
      parts.append(Part(channel: channel, members: [member]))
    }
  }

  fileprivate mutating func settle(_ count: Int) {
    if parts.count == 1 { parts[0].isForAll = parts[0].members.count == count }
  }

  private var places: [Int] = []
}

extension FateMaker {
  /// The artifacts that an input takes: the first channel of each seat makes the first, and so on. Of an
  /// input that may vary each channel is one, whoever it is for.
  func slots(
    _ input: FateInput, _ port: FateComponent.Input, _ members: [Pipeline.Member]
  ) -> [FateSlot] {
    var slots: [FateSlot] = []
    for member in members {
      var next = 0
      for (place, channel) in input.channels.enumerated()
      where channel.seats?.contains(member.party) ?? true {
        let index = port.canVary ? place : next
        while slots.count <= index { slots.append(FateSlot()) }
        slots[index].add(channel, place, member)
        next += 1
      }
    }
    for index in slots.indices { slots[index].settle(members.count) }
    return slots
  }

  /// What an input's port gets, one for each artifact.
  mutating func feeds(
    _ input: FateInput, of task: FateStep, _ port: FateComponent.Input,
    _ component: FateComponent, _ members: [Pipeline.Member]
  ) -> [FateFeed] {
    let slots = slots(input, port, members)
    var feeds: [FateFeed] = []
    for (index, slot) in slots.enumerated() where !slot.parts.isEmpty {
      let suffix = index == 0 ? port.name : "\(port.name)-\(index + 1)"
      let reader = port.section == "data" ? ("table_reader", "table") : component.modelReader
      var sources = slot.compactMap { part -> FateFeed.Source? in
        guard case .output(let producer, let key) = part.channel.source else { return nil }
        var source = source(producer, key)
        source?.seats = part.seats
        return source
      }
      sources += datasets(of: slot, task, FateNames.beside(task.id, suffix))
      sources += earlier(
        slot, task, FateNames.beside(task.id, slot.hasDatasets ? "\(suffix)-earlier" : suffix),
        reader)
      if !sources.isEmpty { feeds.append(FateFeed(sources)) }
    }
    check(input, port, slots, task, members)
    return feeds
  }

  /// An input of ours takes one artifact at each party that needs it.
  private mutating func check(
    _ input: FateInput, _ port: FateComponent.Input, _ slots: [FateSlot], _ task: FateStep,
    _ members: [Pipeline.Member]
  ) {
    if input.channels.isEmpty { return }
    if !port.isMany, !port.canVary, slots.count > 1, let second = slots[1].parts.first {
      let seat = second.members[0].party
      isPartial = true
      diagnostics.error(
        "fate-unsupported",
        "'\(port.name)' takes one artifact, but '\(seat)' gets \(slots.count { $0.has(seat) })",
        at: second.channel.site, hint: "'parties' of a channel says whom it is for")
      return
    }
    let lacking = members.filter { member in !slots.contains { $0.has(member.party) } }
    guard !lacking.isEmpty, !port.mayLack(all: lacking.count == members.count) else { return }
    isPartial = true
    let who = list(lacking.map { "'\($0.party)'" })
    diagnostics.error(
      "port-missing",
      "'\(task.id)' needs the input '\(port.name)' at \(who), but no channel of it is for there",
      at: input.channels[0].site ?? input.port.site,
      hint: "a channel of their own, or leave them out of the task's 'parties' too")
  }

  private mutating func source(
    _ producer: Pipeline.Named<String>, _ key: Pipeline.Named<String>
  ) -> FateFeed.Source? {
    let id = TaskID(producer.value)
    guard let (component, stage) = known[id] else {
      isPartial = true
      if dropped.contains(id) { return nil }
      let names = file.tasks.map(\.id.text)
      diagnostics.error(
        "task-unknown", "'\(producer.value)' is not a task of the pipeline", at: producer.site,
        hint: nearestName(to: producer.value, among: names).map { "did you mean '\($0)'?" }
          ?? "tasks are " + names.prefix(12).joined(separator: ", "))
      return nil
    }
    let outputs = component.outputs(id, stage)
    guard let place = outputs[key.value] else {
      isPartial = true
      let names = outputs.keys.sorted()
      diagnostics.error(
        "output-unknown", "'\(id)' has no output '\(key.value)'", at: key.site,
        hint: nearestName(to: key.value, among: names).map { "did you mean '\($0)'?" }
          ?? (names.isEmpty
            ? "it has no outputs" : "outputs are \(names.joined(separator: ", "))"))
      return nil
    }
    return .init(place: place, site: key.site)
  }
}

extension FateComponent.Input {
  /// Whether some parties of a task, or all, may do without it.
  fileprivate func mayLack(all: Bool) -> Bool {
    if isForAll { return all }
    return isOptional || (canVary && !all)
  }
}

extension FateSlot {
  fileprivate func has(_ seat: PartyID) -> Bool {
    parts.contains { $0.members.contains { $0.party == seat } }
  }
}
