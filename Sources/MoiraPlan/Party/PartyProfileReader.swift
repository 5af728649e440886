internal import MoiraConfig
internal import MoiraModel

/// Reads a `party.yaml` and collects what is wrong with it.
struct ProfileReader {
  static let ownKeys = ["id", "datasets"]

  private(set) var diagnostics = Diagnostics()

  mutating func profile(_ node: ConfigNode) -> PartyProfile? {
    guard let map = node.map else {
      diagnostics.error(
        "party-form", "a party's file must be a mapping, but is \(node.phrase)", at: node.site,
        hint: "'moira party init ID' writes one to start from")
      return nil
    }
    let known = Self.ownKeys + PartyText.group.parameters.map(\.name)
    for entry in map.entries where !known.contains(entry.key) {
      diagnostics.error(
        "key-unknown", "'\(entry.key)' is not a key of a party's file", at: entry.keySite,
        hint: nearestName(to: entry.key, among: known).map { "did you mean '\($0)'?" }
          ?? "a party's file has " + known.joined(separator: ", "))
    }
    let id = id(map["id"], fallback: node.site)
    let datasets = datasets(map.entry("datasets"))
    var profile = PartyProfile(id: id ?? "", datasets: datasets)
    profile.site = map.entry("id")?.keySite ?? node.site
    readText(map, fallback: node.site, into: &profile)
    return id == nil ? nil : profile
  }

  private mutating func id(_ node: ConfigNode?, fallback: Site?) -> PartyID? {
    guard let node, let name = node.name else {
      diagnostics.error(
        "party-name", "a party must be named by its 'id'", at: node?.site ?? fallback,
        hint: "id: hospital-a")
      return nil
    }
    guard isPartyName(name) else {
      diagnostics.error(
        "party-name", "'\(name)' is not a name for a party", at: node.site,
        hint: "letters, digits, '-', '_' and '.', beginning with a letter or digit, 64 at most")
      return nil
    }
    return PartyID(name)
  }

  private mutating func datasets(_ entry: ConfigMap.Entry?) -> [DatasetEntry] {
    guard let entry, !entry.value.isNull else { return [] }
    guard let map = entry.value.map else {
      diagnostics.error(
        "party-form", "'datasets' must be a mapping, but is \(entry.value.phrase)",
        at: entry.value.site, hint: "datasets: {breast: {path: breast.csv}}")
      return []
    }
    if map.entries.count > PartyProfile.datasetLimit {
      diagnostics.error(
        "party-form",
        "a party may have \(PartyProfile.datasetLimit) datasets, but has \(map.entries.count)",
        at: entry.keySite)
      return []
    }
    return map.entries.compactMap { dataset($0) }
  }

  private mutating func dataset(_ entry: ConfigMap.Entry) -> DatasetEntry? {
    if !isPartyName(entry.key) {
      diagnostics.error(
        "dataset-name", "'\(entry.key)' is not a name for a dataset", at: entry.keySite,
        hint: "letters, digits, '-', '_' and '.', beginning with a letter or digit, 64 at most")
    }
    let read = PartyProfile.datasetGroup.read(
      entry.value, owner: "the dataset '\(entry.key)'", fallback: entry.keySite,
      into: &diagnostics)
    checkCharacters(read, fallback: entry.keySite)
    guard case .map(let values) = read.value, let path = read.value["path"]?.string else {
      return nil
    }
    let options = ConfigValue.map(values.filter { $0.key != "path" })
    return DatasetEntry(name: entry.key, path: path, options: options, site: entry.keySite)
  }

  /// The reader takes bytes: each of the two must be one, and they must differ.
  private mutating func checkCharacters(_ read: ResolvedParameters, fallback: Site?) {
    for name in ["delimiter", "quote"] {
      guard let text = read.value[name]?.string, !text.isEmpty else { continue }
      let byte = text.utf8.first ?? 0
      if text.utf8.count != 1 || byte > 0x7E || byte == 0x0A || byte == 0x0D {
        diagnostics.error(
          "param-out-of-range", "'\(name)' must be one ASCII character, but is '\(text)'",
          at: read.sites[name] ?? fallback)
      }
    }
    if let text = read.value["delimiter"]?.string, text == read.value["quote"]?.string {
      diagnostics.error(
        "param-out-of-range", "'delimiter' and 'quote' must differ, but both are '\(text)'",
        at: read.sites["quote"] ?? read.sites["delimiter"] ?? fallback)
    }
  }

  // MARK: Hub, resources, policy

  private mutating func readText(
    _ map: ConfigMap, fallback: Site?, into profile: inout PartyProfile
  ) {
    let entries = map.entries.filter { PartyText.group[$0.key] != nil }
    var found = Diagnostics()
    let read = PartyText.group.read(
      ConfigNode(.map(ConfigMap(entries)), at: fallback), owner: "a party's file",
      fallback: fallback, into: &found)
    diagnostics.add(contentsOf: found)
    let entry = map.entry("policy")
    var policy = entry.map {
      PolicyReader($0, sites: read.sites, registered: profile.datasets.map(\.name))
    }
    policy?.checkWords()
    let text = PartyText()
    // What was found wrong leaves values that do not bind; then there is no profile anyway.
    if !found.hasErrors, text.bind(read.value).isEmpty {
      profile.hub = text.hub.flatMap { address($0.address, "hub.address", read.sites) }
      if let direct = text.direct { profile.direct = place(direct, read.sites) }
      profile.resources = .init(slots: text.resources.slots, memory: text.resources.memory)
      profile.policy = text.policy.flatMap { policy?.policy($0) }
    }
    if let policy { diagnostics.add(contentsOf: policy.diagnostics) }
  }

  private mutating func place(
    _ text: DirectText, _ sites: [String: Site]
  ) -> PartyProfile.DirectPlace? {
    let listen = address(text.listen, "direct.listen", sites)
    let dialled = text.address.map { address($0, "direct.address", sites) } ?? listen
    guard let listen, let dialled else { return nil }
    return PartyProfile.DirectPlace(listen: listen, address: dialled)
  }

  private mutating func address(
    _ text: String, _ key: String, _ sites: [String: Site]
  ) -> NetworkAddress? {
    if let address = NetworkAddress(text) { return address }
    diagnostics.error(
      "address-form", "'\(key)' must be a host and a port, but is '\(text)'", at: sites[key],
      hint: "hub.example.org:7433, 10.0.0.7:7433 or \"[2001:db8::7]:7433\"")
    return nil
  }
}
