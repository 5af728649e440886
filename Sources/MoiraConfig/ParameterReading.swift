public import MoiraModel

/// What reading a group of parameters gives.
public struct ResolvedParameters: Hashable, Codable, Sendable {
  /// Every parameter of the schema, defaults filled in, in the schema's order.
  public let value: ConfigValue
  /// Where each value that is not a default was written, by dotted path.
  public let sites: [String: Site]

  public init(value: ConfigValue, sites: [String: Site]) {
    self.value = value
    self.sites = sites
  }
}

extension ParameterGroup {
  /// Reads and checks what the user wrote.
  ///
  /// Goes on after an error with the default, so that one pass finds all.
  /// - Parameters:
  ///   - node: a mapping, or nil when nothing was written.
  ///   - owner: whose parameters they are, in quotes for messages: `'homo_lr'`.
  ///   - fallback: the place to name when a required parameter is missing.
  public func read(
    _ node: ConfigNode?, owner: String, fallback: Site?, into diagnostics: inout Diagnostics
  ) -> ResolvedParameters {
    var reading = ParameterReading(owner: owner, diagnostics: Diagnostics())
    let value = reading.group(self, node, path: "", fallback: fallback)
    diagnostics.add(contentsOf: reading.diagnostics)
    return ResolvedParameters(value: value, sites: reading.sites)
  }
}

/// One pass over a group of parameters.
private struct ParameterReading {
  let owner: String
  var diagnostics: Diagnostics
  var sites: [String: Site] = [:]

  mutating func group(
    _ group: ParameterGroup, _ node: ConfigNode?, path: String, fallback: Site?
  ) -> ConfigValue {
    let map = mapping(of: group, node, path: path)
    for entry in map.entries where group[entry.key] == nil {
      reportUnknown(entry, in: group, path: path)
    }
    return .map(
      group.parameters.map { schema in
        (
          schema.name,
          parameter(
            schema, map.entry(schema.name), path: join(path, schema.name),
            fallback: node?.site ?? fallback)
        )
      })
  }

  private mutating func mapping(
    of group: ParameterGroup, _ node: ConfigNode?, path: String
  ) -> ConfigMap {
    guard let node, !node.isNull else { return ConfigMap() }
    if let map = node.map { return map }
    if let shorthand = group.shorthand, node.list == nil {
      return ConfigMap([.init(key: shorthand, keySite: node.site, value: node)])
    }
    let subject = path.isEmpty ? "the parameters of \(owner)" : "'\(path)'"
    diagnostics.error(
      "param-type",
      "\(subject) must be a mapping, but \(path.isEmpty ? "are" : "is") \(node.phrase)",
      at: node.site)
    return ConfigMap()
  }

  private mutating func reportUnknown(
    _ entry: ConfigMap.Entry, in group: ParameterGroup, path: String
  ) {
    let names = group.parameters.map(\.name)
    let place = path.isEmpty ? owner : "'\(path)'"
    let hint =
      nearestName(to: entry.key, among: names).map { "did you mean '\($0)'?" }
      ?? (names.isEmpty
        ? "\(place) has no parameters" : "\(place) has " + names.joined(separator: ", "))
    diagnostics.error(
      "param-unknown", "'\(entry.key)' is not a parameter of \(place)", at: entry.keySite,
      hint: hint)
  }

  private mutating func parameter(
    _ schema: ParameterSchema, _ entry: ConfigMap.Entry?, path: String, fallback: Site?
  ) -> ConfigValue {
    guard let entry else { return absent(schema, path: path, fallback: fallback) }
    if entry.value.isNull, schema.isOptional {
      sites[path] = entry.value.site
      return .null
    }
    if case .group(let group) = schema.kind {
      return self.group(group, entry.value, path: path, fallback: entry.keySite)
    }
    guard let value = value(schema.kind, entry.value, path: path) else {
      reportType(schema, entry.value, path: path)
      return schema.defaultValue
    }
    for limit in schema.limits where !allows(limit, value) {
      let wrong = offender(limit, value, entry.value)
      diagnostics.error(
        "param-out-of-range",
        "'\(path)' must be \(limit.rule), but \(wrong.isEntry ? "has" : "is") \(wrong.node.phrase)",
        at: wrong.node.site, hint: rangeHint(schema))
    }
    sites[path] = entry.value.site
    return value
  }

  private mutating func absent(
    _ schema: ParameterSchema, path: String, fallback: Site?
  ) -> ConfigValue {
    if schema.isRequired {
      diagnostics.error(
        "param-missing", "\(owner) needs the parameter '\(path)'", at: fallback,
        hint: "\(schema.name): \(schema.help)")
    }
    if case .group(let group) = schema.kind, !schema.isOptional {
      return self.group(group, nil, path: path, fallback: fallback)
    }
    return schema.defaultValue
  }

  private mutating func reportType(_ schema: ParameterSchema, _ node: ConfigNode, path: String) {
    var hint: String?
    if case .choice(let names) = schema.kind, let text = node.name {
      hint = nearestName(to: text, among: names).map { "did you mean '\($0)'?" }
    }
    let isChoice = if case .choice = schema.kind { true } else { false }
    diagnostics.error(
      isChoice ? "param-choice" : "param-type",
      "'\(path)' must be \(schema.kind.phrase), but is \(node.phrase)", at: node.site, hint: hint)
  }

  /// The value in the form that the kind asks for, or nil if it is of another kind.
  private mutating func value(
    _ kind: ParameterKind, _ node: ConfigNode, path: String
  ) -> ConfigValue? {
    switch (kind, node.content) {
    case (.bool, .bool(let flag)): return .bool(flag)
    case (.int, .int(let number)): return .int(number)
    case (.int, .double(let number)): return Int(exactly: number).map { .int($0) }
    case (.double, .int(let number)): return .double(Double(number))
    case (.double, .double(let number)): return .double(number)
    case (.string, _), (.dataset, _): return node.name.map { .string($0) }
    case (.choice(let names), _):
      return node.name.flatMap { names.contains($0) ? .string($0) : nil }
    case (.list(let inner), .list(let nodes)): return list(inner, nodes, path: path)
    case (.list(let inner), .string), (.list(let inner), .int), (.list(let inner), .double):
      return list(inner, [node], path: path)
    case (.dictionary(let inner), .map(let map)):
      return dictionary(inner, map, path: path)
    case (.group(let group), _): return self.group(group, node, path: path, fallback: node.site)
    case (.either(let kinds), _):
      for kind in kinds {
        if let value = value(kind, node, path: path) { return value }
      }
      return nil
    default: return nil
    }
  }

  private mutating func list(
    _ kind: ParameterKind, _ nodes: [ConfigNode], path: String
  ) -> ConfigValue? {
    var values: [ConfigValue] = []
    for (index, node) in nodes.enumerated() {
      guard let value = value(kind, node, path: "\(path)[\(index)]") else { return nil }
      values.append(value)
    }
    return .list(values)
  }

  private mutating func dictionary(
    _ kind: ParameterKind, _ map: ConfigMap, path: String
  ) -> ConfigValue? {
    var entries: [(String, ConfigValue)] = []
    for entry in map.entries {
      guard let value = value(kind, entry.value, path: join(path, entry.key)) else { return nil }
      entries.append((entry.key, value))
    }
    return .map(entries)
  }

  /// What breaks a limit: the entry of a list that does, or else the whole.
  private func offender(
    _ limit: Limit, _ value: ConfigValue, _ node: ConfigNode
  ) -> (node: ConfigNode, isEntry: Bool) {
    guard case .list(let values) = value, limit != .notEmpty, let nodes = node.list,
      let place = values.firstIndex(where: { !limit.allows($0) }), nodes.indices.contains(place)
    else { return (node, false) }
    return (nodes[place], true)
  }

  /// Limits on a list of numbers hold for each of them.
  private func allows(_ limit: Limit, _ value: ConfigValue) -> Bool {
    if case .list(let values) = value, limit != .notEmpty {
      return values.allSatisfy(limit.allows)
    }
    return limit.allows(value)
  }

  private func rangeHint(_ schema: ParameterSchema) -> String? {
    guard schema.limits.count > 1 else { return nil }
    return "allowed: " + schema.limits.map(\.rule).joined(separator: " and ")
  }

  private func join(_ path: String, _ name: String) -> String {
    path.isEmpty ? name : "\(path).\(name)"
  }
}
