internal import MoiraConfig
internal import MoiraModel

extension FateReader {
  /// Gives every (role, id) of `dag.parties` its seat.
  mutating func readParties(_ entry: ConfigMap.Entry?, fallback: Site?) -> [Pipeline.Member] {
    guard let entry, !entry.value.isNull, entry.value.list?.isEmpty != true else {
      diagnostics.error(
        "fate-form", "'dag' must list its 'parties'", at: entry?.keySite ?? fallback,
        hint: "parties: [{role: guest, party_id: ['9999']}]")
      return []
    }
    var builder = PipelineSeats()
    for one in players(entry.value, "'parties'") {
      builder.add(one.party, one.role, at: one.site, into: &diagnostics)
    }
    let members = builder.members
    if members.count > Pipeline.partyLimit {
      diagnostics.error(
        "pipeline-limit",
        "a pipeline may have \(Pipeline.partyLimit) parties, but has \(members.count)",
        at: entry.keySite)
      return []
    }
    for member in members {
      seats[member.role, default: [:]][member.registered.text] = member.party
    }
    return members
  }

  /// The seats that a `parties` of a task, of an override or of an input names; nil for all.
  mutating func seats(_ entry: ConfigMap.Entry?) -> Set<PartyID>? {
    guard let entry, !entry.value.isNull else { return nil }
    var named: Set<PartyID> = []
    for one in players(entry.value, "'parties'") {
      if let seat = seats[one.role]?[one.party.text] {
        named.insert(seat)
        continue
      }
      let ids = seats[one.role, default: [:]].keys.sorted()
      diagnostics.error(
        "party-unknown", "'\(one.party)' is not \(article(one.role)) of the job", at: one.site,
        hint: nearestName(to: one.party.text, among: ids).map { "did you mean '\($0)'?" }
          ?? (ids.isEmpty
            ? "'dag.parties' has no \(one.role)"
            : "\(one.role) is " + ids.prefix(12).joined(separator: ", ")))
    }
    return named
  }

  /// `roles: [guest]`, as FATE 2.0 wrote it for `parties`.
  mutating func seats(ofRoles entry: ConfigMap.Entry?) -> Set<PartyID>? {
    guard let entry, !entry.value.isNull else { return nil }
    var named: Set<PartyID> = []
    for node in entry.value.list ?? [entry.value] {
      guard let role = role(node) else { continue }
      named.formUnion(seats[role, default: [:]].values)
    }
    return named
  }

  private mutating func players(
    _ node: ConfigNode, _ subject: String
  ) -> [(role: Role, party: PartyID, site: Site?)] {
    guard let list = node.list else {
      diagnostics.error(
        "fate-form", "\(subject) must be a list, but is \(node.phrase)", at: node.site,
        hint: "[{role: guest, party_id: ['9999']}]")
      return []
    }
    return list.flatMap { players(of: $0) }
  }

  private mutating func players(
    of node: ConfigNode
  ) -> [(role: Role, party: PartyID, site: Site?)] {
    guard let map = node.map else {
      diagnostics.error(
        "fate-form", "a party must be a mapping, but is \(node.phrase)", at: node.site,
        hint: "{role: guest, party_id: ['9999']}")
      return []
    }
    refuseUnknown(in: map, ["role", "party_id"], of: "a party")
    guard let roleNode = map["role"], let ids = map["party_id"], !ids.isNull else {
      diagnostics.error(
        "fate-form", "a party must have 'role' and 'party_id'", at: node.site,
        hint: "{role: guest, party_id: ['9999']}")
      return []
    }
    guard let role = role(roleNode) else { return [] }
    return (ids.list ?? [ids]).compactMap { id in
      party(id).map { (role, $0, id.site) }
    }
  }

  mutating func role(_ node: ConfigNode) -> Role? {
    if let role = node.name.flatMap(Role.init(rawValue:)) { return role }
    let names = Role.allCases.map(\.rawValue)
    if node.name == "local" {
      diagnostics.error(
        "role-unknown", "'local' is FATE's role for jobs of one site, which have no pipeline here",
        at: node.site, hint: "'moira party dataset add' registers data")
      return nil
    }
    diagnostics.error(
      "role-unknown", "\(node.phrase) is not a role", at: node.site,
      hint: node.name.flatMap { nearestName(to: $0, among: names) }.map { "did you mean '\($0)'?" }
        ?? "roles are " + names.joined(separator: ", "))
    return nil
  }

  mutating func party(_ node: ConfigNode) -> PartyID? {
    guard let name = node.name, isPartyName(name) else {
      diagnostics.error(
        "party-name", "\(node.phrase) is not a name for a party", at: node.site,
        hint: "letters, digits, '-', '_' and '.', beginning with a letter or digit, 64 at most")
      return nil
    }
    return PartyID(name)
  }
}
