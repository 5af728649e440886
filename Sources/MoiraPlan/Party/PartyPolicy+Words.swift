internal import MoiraConfig

extension PartyPolicy {
  /// The rules as sentences, each with the rule that it says.
  public var sentences: [(rule: String, words: String)] {
    let people: [(rule: String, words: String)] = [
      ("submitters", "Jobs may be submitted by \(words(submitters, nobody: "nobody"))."),
      ("partners", "In a job with us may be \(words(partners, nobody: "nobody"))."),
      ("roles", "In a job we may be \(words(roles, nobody: "nothing", all: "anything"))."),
      ("components", "Here may run \(componentWords(components))."),
    ]
    return (people + datasetSentences + otherSentences).map { ("policy.\($0.rule)", $0.words) }
  }

  private var otherSentences: [(rule: String, words: String)] {
    let methods = words(
      protections, nobody: "no method, so none leave", all: "any method, or not at all")
    return [
      ("protections", "Sums of our rows may be hidden by \(methods)."),
      (
        "hours",
        hours.map { "Jobs are taken on from \($0.words)." } ?? "Jobs are taken on at any time."
      ),
      ("limits", limits.words),
      (
        "release",
        release.words == "none"
          ? "Nothing leaves on a submitter's request."
          : "A submitter may fetch artifacts of the kind \(release.words); rows and keys never."
      ),
    ]
  }

  private func words(_ rule: NameRule, nobody: String, all: String = "anybody") -> String {
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
