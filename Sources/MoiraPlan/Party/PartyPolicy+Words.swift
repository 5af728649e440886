internal import MoiraConfig
public import MoiraModel

extension PartyPolicy {
  /// The rules as sentences, each with the rule that it says.
  public var sentences: [(rule: String, words: String)] {
    return
      [
        ("submitters", "Jobs may be submitted by \(people(submitters, nobody: "nobody"))."),
        ("partners", "In a job with us may be \(people(partners, nobody: "nobody"))."),
        ("roles", "In a job we may be \(people(roles, nobody: "nothing", all: "anything"))."),
        ("components", "Here may run \(componentWords(components))."),
      ] + datasetSentences
      + [
        (
          "protections",
          "Sums of our rows may be hidden by \(people(protections, nobody: "no method, so none leave", all: "any method, or not at all"))."
        ),
        (
          "hours",
          hours.map { "Jobs are taken on from \($0.words)." } ?? "Jobs are taken on at any time."
        ),
        ("limits", limits.words),
        (
          "release",
          release.names.isEmpty
            ? "Nothing leaves on a submitter's request."
            : "A submitter may fetch artifacts of the kind \(release.words); rows and keys never."
        ),
      ]
  }

  private func people(_ rule: NameRule, nobody: String, all: String = "anybody") -> String {
    if rule.allowsAny { return all }
    return rule.names.isEmpty ? nobody : list(rule.names)
  }

  private func componentWords(_ rule: ComponentRule) -> String {
    if rule.allowsAny { return "any component" }
    return rule.entries.isEmpty ? "nothing" : list(rule.entries.map(\.text))
  }

  private var datasetSentences: [(rule: String, words: String)] {
    let others = datasets.allowsAny ? [NameRule.anyWord] : []
    let all = datasets.names + others
    if all.isEmpty { return [("datasets", "No dataset may be read.")] }
    return all.compactMap { name in
      guard let rule = datasets[name] else { return nil }
      let subject =
        name != NameRule.anyWord
        ? "'\(name)'" : datasets.names.isEmpty ? "Every dataset" : "Every other dataset"
      let ends = rule.words
      let conditions = ends.isEmpty ? "" : ": " + ends.joined(separator: "; ")
      return ("datasets.\(name)", "\(subject) may be read\(conditions).")
    }
  }
}

extension DatasetRules.Rule {
  fileprivate var words: [String] {
    var words: [String] = []
    if let submitters { words.append("by \(submitters.words) only") }
    if let components { words.append("into \(components.words) only") }
    if minimumRows > 0 { words.append("if it has \(minimumRows) rows or more") }
    if let epsilon {
      words.append(
        "trained on with differential privacy only, epsilon \(shortNumber(epsilon.perPartner)) towards each partner over all jobs, delta \(epsilon.delta) at most in each"
      )
      let free = epsilon.withoutNoise
      if free.allowsAny || !free.entries.isEmpty {
        words.append("sums of it without noise by \(free.words), uncounted")
      }
    }
    return words
  }
}

extension PartyPolicy.Limits {
  fileprivate var words: String {
    let parts = [
      tasks.map { "\($0) tasks" }, parallelism.map { "\($0) of them at once" },
      memory.map { "\($0) megabytes" }, timeout.map { "\(shortNumber($0)) seconds an attempt" },
    ].compactMap(\.self)
    return parts.isEmpty ? "A job may be of any size." : "A job may have \(list(parts)) at most."
  }
}

extension PartyPolicy {
  /// What of the policy cannot be meant so: names that this build does not have, lists that let
  /// nothing through, and what gives rows away. Warnings and notes.
  public func doubts(_ catalog: ComponentSchemas) -> Diagnostics {
    var found = Diagnostics()
    let empty = [
      ("submitters", submitters.words), ("roles", roles.words), ("components", components.words),
    ]
    for (key, words) in empty where words == "none" {
      found.warn(
        "policy-doubt", "'policy.\(key)' allows none, so every job is refused",
        at: site(of: "policy.\(key)"), hint: "\(key): [...], or any")
    }
    doubt(components, "policy.components", catalog, into: &found)
    for name in datasets.names {
      let place = datasets.place(of: name)
      if let rule = datasets[name]?.components {
        doubt(rule, "\(place).components", catalog, into: &found)
      }
      if let rule = datasets[name]?.epsilon?.withoutNoise {
        doubt(rule, "\(place).epsilon.without_noise", catalog, into: &found)
      }
    }
    doubtProtections(catalog, into: &found)
    return found
  }

  private func doubt(
    _ rule: ComponentRule, _ place: String, _ catalog: ComponentSchemas,
    into found: inout Diagnostics
  ) {
    for entry in rule.entries {
      guard let schema = catalog[entry.name] else {
        found.warn(
          "policy-doubt", "'\(place)' names '\(entry.name)', which this build does not have",
          at: site(of: place),
          hint: nearestName(to: entry.name, among: catalog.names).map { "did you mean '\($0)'?" }
            ?? "'moira components' lists them")
        continue
      }
      if let version = entry.version, version != schema.version {
        found.warn(
          "policy-doubt",
          "'\(place)' names '\(entry.text)', but this build has version \(schema.version)",
          at: site(of: place), hint: "'\(entry.name)@\(schema.version)', or '\(entry.name)'")
      }
    }
  }

  private func doubtProtections(_ catalog: ComponentSchemas, into found: inout Diagnostics) {
    let place = "policy.protections"
    let methods = catalog.all.filter { $0.outputs.contains { $0.kind == .protection } }
      .flatMap { schema -> [String] in
        if case .choice(let names)? = schema.parameters["method"]?.kind { names } else { [] }
      }
    for name in protections.names where !methods.contains(name) {
      found.warn(
        "policy-doubt", "'\(place)' names '\(name)', which no encryptor of this build has",
        at: site(of: place),
        hint: nearestName(to: name, among: methods).map { "did you mean '\($0)'?" }
          ?? "methods are " + methods.joined(separator: ", "))
    }
    for name in ["none", "algebraic"] where protections.allows(name) {
      found.note(
        "policy-doubt",
        "'\(place)' allows \(name): whoever adds up may learn of this party's rows",
        at: site(of: place))
    }
  }
}
