internal import MoiraConfig
internal import MoiraModel

/// Makes a policy of what a `party.yaml` says, and checks the words that a type cannot.
struct PolicyReader {
  /// The words as written, which know their places.
  let entry: ConfigMap.Entry
  let sites: [String: Site]
  /// The datasets that the party has.
  let registered: [String]
  private(set) var diagnostics = Diagnostics()

  init(_ entry: ConfigMap.Entry, sites: [String: Site], registered: [String]) {
    self.entry = entry
    self.sites = sites
    self.registered = registered
  }

  /// Finds the words that are wrong, also where something else is.
  mutating func checkWords() {
    checkNames("submitters") { !$0.isEmpty }
    checkNames("partners", isPartyName)
    checkChoices("roles", Role.allCases.map(\.rawValue) + [NameRule.anyWord])
    checkComponents(entry.value.map?["components"], "policy.components")
    checkNames("protections", isPartyName)
    checkChoices("release", PartyPolicy.releasable.map(\.text))
    checkDatasets()
  }

  /// - Parameter text: read without an error.
  mutating func policy(_ text: PolicyText) -> PartyPolicy {
    var policy = PartyPolicy()
    policy.submitters = NameRule(text.submitters)
    policy.partners = NameRule(text.partners)
    policy.roles = NameRule(text.roles)
    policy.components = ComponentRule(text.components)
    policy.protections = NameRule(text.protections)
    policy.release = NameRule(text.release)
    policy.datasets = DatasetRules(text.datasets.rules.map { ($0.name, rule($0.rule)) })
    policy.hours = text.hours.flatMap { hours($0) }
    policy.limits = PartyPolicy.Limits(
      tasks: text.limits.tasks, parallelism: text.limits.parallelism, memory: text.limits.memory,
      timeout: text.limits.timeout)
    policy.sites = places
    return policy
  }

  private func rule(_ text: DatasetRuleText) -> DatasetRules.Rule {
    var rule = DatasetRules.Rule()
    rule.submitters = text.submitters.map { NameRule($0) }
    rule.components = text.components.map { ComponentRule($0) }
    rule.minimumRows = text.minimumRows
    rule.epsilon = text.epsilon.map {
      EpsilonBudget(
        perPartner: $0.perPartner, delta: $0.delta, withoutNoise: ComponentRule($0.withoutNoise))
    }
    return rule
  }

  private var places: [String: Site] {
    var places = sites
    places["policy"] = entry.keySite ?? entry.value.site
    for one in entry.value.map?.entries ?? [] { places["policy.\(one.key)"] = one.keySite }
    for one in datasetEntries { places["policy.datasets.\(one.name)"] = one.site }
    return places
  }

  // MARK: Words

  /// The words of a list, or the one word in its place, each with its site.
  private func words(of node: ConfigNode?) -> [(text: String, site: Site?)] {
    guard let node else { return [] }
    return (node.list ?? [node]).compactMap { one in one.name.map { ($0, one.site) } }
  }

  private mutating func checkNames(_ key: String, _ isName: (String) -> Bool) {
    for word in words(of: entry.value.map?[key]) where !isName(word.text) {
      diagnostics.error(
        "policy-form", "'\(word.text)' in 'policy.\(key)' is not a name", at: word.site,
        hint: "letters, digits, '-', '_' and '.', beginning with a letter or digit; or any")
    }
  }

  private mutating func checkChoices(_ key: String, _ choices: [String]) {
    for word in words(of: entry.value.map?[key]) where !choices.contains(word.text) {
      diagnostics.error(
        "param-choice",
        "'policy.\(key)' may hold \(list(choices)), but has '\(word.text)'", at: word.site,
        hint: nearestName(to: word.text, among: choices).map { "did you mean '\($0)'?" })
    }
  }

  private mutating func checkComponents(_ node: ConfigNode?, _ place: String) {
    for word in words(of: node) where ComponentRule.Entry(word.text) == nil {
      diagnostics.error(
        "policy-form", "'\(word.text)' in '\(place)' is not a component", at: word.site,
        hint: "homo_lr for all its versions, homo_lr@2 for one, or any")
    }
  }

  // MARK: Datasets

  private var datasetEntries: [(name: String, site: Site?, node: ConfigNode?)] {
    guard let node = entry.value.map?["datasets"] else { return [] }
    if let map = node.map { return map.entries.map { ($0.key, $0.keySite, $0.value) } }
    return words(of: node).map { ($0.text, $0.site, nil) }
  }

  private mutating func checkDatasets() {
    for one in datasetEntries {
      if one.name != NameRule.anyWord, !registered.contains(one.name) {
        diagnostics.error(
          "dataset-unregistered", "'policy.datasets' names '\(one.name)', which is not registered",
          at: one.site,
          hint: nearestName(to: one.name, among: registered).map { "did you mean '\($0)'?" }
            ?? (registered.isEmpty
              ? "no dataset stands under 'datasets'" : "registered are \(list(registered))"))
      }
      let place = "policy.datasets.\(one.name)"
      checkComponents(one.node?.map?["components"], "\(place).components")
      checkComponents(
        one.node?.map?["epsilon"]?.map?["without_noise"], "\(place).epsilon.without_noise")
    }
  }

  // MARK: Hours

  private mutating func hours(_ text: HoursText) -> OpeningHours? {
    let from = minutes(text.from, "from")
    let to = minutes(text.to, "to")
    let days = weekdays()
    guard let offset = OpeningHours.offset(text.utcOffset) else {
      reportHours(
        "utc_offset", "must be an offset from UTC", text.utcOffset, "utc_offset: \"+02:00\"")
      return nil
    }
    guard let from, let to, let days else { return nil }
    if from == to || from == 24 * 60 {
      diagnostics.error(
        "policy-form", "'policy.hours' must begin and end at two times of the day",
        at: sites["policy.hours.to"] ?? sites["policy.hours.from"] ?? entry.keySite,
        hint: "leave 'hours' out for any time")
      return nil
    }
    return OpeningHours(from: from, to: to, utcOffset: offset, days: days)
  }

  private mutating func minutes(_ text: String, _ key: String) -> Int? {
    if let minutes = OpeningHours.minutes(text) { return minutes }
    reportHours(key, "must be a time of the day", text, "\(key): \"06:00\"")
    return nil
  }

  private mutating func reportHours(_ key: String, _ rule: String, _ text: String, _ hint: String) {
    diagnostics.error(
      "policy-form", "'policy.hours.\(key)' \(rule), but is '\(text)'",
      at: sites["policy.hours.\(key)"] ?? entry.keySite, hint: hint)
  }

  private mutating func weekdays() -> Set<Weekday>? {
    let choices = Weekday.allCases.map(\.rawValue)
    guard let node = entry.value.map?["hours"]?.map?["days"] else { return Set(Weekday.allCases) }
    var days: Set<Weekday> = []
    for word in words(of: node) {
      if let day = Weekday(rawValue: word.text) {
        days.insert(day)
      } else {
        diagnostics.error(
          "param-choice", "'policy.hours.days' may hold \(list(choices)), but has '\(word.text)'",
          at: word.site,
          hint: nearestName(to: word.text, among: choices).map { "did you mean '\($0)'?" })
      }
    }
    return days.isEmpty ? nil : days
  }
}
