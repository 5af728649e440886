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
    let before = diagnostics.all.count
    let players = players(entry.value, "'parties'")
    if players.isEmpty, diagnostics.all.count == before {
      diagnostics.error(
        "fate-form", "'parties' must name a party, but none has a 'party_id'", at: entry.keySite,
        hint: "parties: [{role: guest, party_id: ['9999']}]")
    }
    for one in players {
      builder.add(one.party, one.role.role, at: one.site, into: &diagnostics)
    }
    if let local = players.first(where: { $0.role == .local }), players.count > 1 {
      diagnostics.error(
        "fate-unsupported",
        "a 'local' party is alone in its job, but the job has \(players.count) parties",
        at: local.site, hint: "role: guest")
      return []
    }
    isLocal = players.first?.role == .local
    let members = builder.members
    if members.count > Pipeline.partyLimit {
      diagnostics.error(
        "pipeline-limit",
        "a pipeline may have \(Pipeline.partyLimit) parties, but has \(members.count)",
        at: entry.keySite)
      return []
    }
    for member in members {
      let role = isLocal ? FateRole.local : FateRole(member.role)
      seats[role, default: [:]][member.registered.text] = member.party
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
        "party-unknown", "'\(one.party)' is not \(one.role.phrase) of the job", at: one.site,
        hint: nearestName(to: one.party.text, among: ids).map { "did you mean '\($0)'?" }
          ?? (ids.isEmpty
            ? "'dag.parties' has no \(one.role.rawValue)"
            : "\(one.role.rawValue) is " + ids.prefix(12).joined(separator: ", ")))
    }
    return named
  }

  /// `roles: [guest]`, as FATE 2.0 wrote it for `parties`.
  mutating func seats(ofRoles entry: ConfigMap.Entry?) -> Set<PartyID>? {
    guard let entry, !entry.value.isNull else { return nil }
    var named: Set<PartyID> = []
    for node in entry.value.list ?? [entry.value] {
      guard let role = fateRole(node) else { continue }
      named.formUnion(seats[role, default: [:]].values)
    }
    return named
  }

  private mutating func players(
    _ node: ConfigNode, _ subject: String
  ) -> [(role: FateRole, party: PartyID, site: Site?)] {
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
  ) -> [(role: FateRole, party: PartyID, site: Site?)] {
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
    guard let role = fateRole(roleNode) else { return [] }
    return (ids.list ?? [ids]).compactMap { id in
      party(id).map { (role, $0, id.site) }
    }
  }

  private mutating func fateRole(_ node: ConfigNode) -> FateRole? {
    if node.name == FateRole.local.rawValue { return .local }
    return role(node, among: FateRole.allCases.map(\.rawValue)).map { FateRole($0) }
  }

  /// One of the roles of jobs of several parties.
  mutating func role(
    _ node: ConfigNode, among names: [String] = Role.allCases.map(\.rawValue)
  ) -> Role? {
    if let role = node.name.flatMap(Role.init(rawValue:)) { return role }
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

/// FATE's roles: ours, and that of a party which is alone in its job.
enum FateRole: String, CaseIterable {
  case guest, host, arbiter, local

  init(_ role: Role) {
    switch role {
    case .guest: self = .guest
    case .host: self = .host
    case .arbiter: self = .arbiter
    }
  }

  /// What it is here: a party for itself is the guest of a job without hosts.
  var role: Role {
    switch self {
    case .guest, .local: .guest
    case .host: .host
    case .arbiter: .arbiter
    }
  }

  var phrase: String { self == .local ? "the local party" : article(role) }
}
