internal import MoiraConfig
public import MoiraModel

extension PartyPolicy {
  /// What of the policy cannot be meant so: names that this build does not have, lists that let
  /// nothing through, and what gives rows away. Warnings and notes.
  public func doubts(_ catalog: ComponentSchemas) -> Diagnostics {
    var diagnostics = Diagnostics()
    let empty = [
      ("submitters", submitters.words), ("roles", roles.words), ("components", components.words),
    ]
    for (key, words) in empty where words == "none" {
      diagnostics.warn(
        "policy-doubt", "'policy.\(key)' allows none, so every job is refused",
        at: site(of: "policy.\(key)"), hint: "\(key): [...], or any")
    }
    doubt(components, "policy.components", catalog, into: &diagnostics)
    for name in datasets.names {
      let place = datasets.place(of: name)
      if let rule = datasets[name]?.components {
        doubt(rule, "\(place).components", catalog, into: &diagnostics)
      }
      if let rule = datasets[name]?.epsilon?.withoutNoise {
        doubt(rule, "\(place).epsilon.without_noise", catalog, into: &diagnostics)
      }
    }
    doubtProtections(catalog, into: &diagnostics)
    return diagnostics
  }

  private func doubt(
    _ rule: ComponentRule, _ place: String, _ catalog: ComponentSchemas,
    into diagnostics: inout Diagnostics
  ) {
    for entry in rule.entries {
      guard let schema = catalog[entry.name] else {
        diagnostics.warn(
          "policy-doubt", "'\(place)' names '\(entry.name)', which this build does not have",
          at: site(of: place),
          hint: nearestName(to: entry.name, among: catalog.names).map { "did you mean '\($0)'?" }
            ?? "'moira components' lists them")
        continue
      }
      if let version = entry.version, version != schema.version {
        diagnostics.warn(
          "policy-doubt",
          "'\(place)' names '\(entry.text)', but this build has version \(schema.version)",
          at: site(of: place), hint: "'\(entry.name)@\(schema.version)', or '\(entry.name)'")
      }
    }
  }

  private func doubtProtections(_ catalog: ComponentSchemas, into diagnostics: inout Diagnostics) {
    let place = "policy.protections"
    let methods = catalog.all.filter { $0.outputs.contains { $0.kind == .protection } }
      .flatMap { schema -> [String] in
        if case .choice(let names)? = schema.parameters["method"]?.kind { names } else { [] }
      }
    for name in protections.names where !methods.contains(name) {
      diagnostics.warn(
        "policy-doubt", "'\(place)' names '\(name)', which no encryptor of this build has",
        at: site(of: place),
        hint: nearestName(to: name, among: methods).map { "did you mean '\($0)'?" }
          ?? "methods are " + methods.joined(separator: ", "))
    }
    for name in ["none", "algebraic"] where protections.allows(name) {
      diagnostics.note(
        "policy-doubt",
        "'\(place)' allows \(name): whoever adds up may learn of this party's rows",
        at: site(of: place))
    }
  }
}
