internal import MoiraConfig

extension ParameterGroup {
  /// The first parameter, by dotted path, that a plan gives in another form than the reading of a file
  /// would have; nil if all are as they should be.
  ///
  /// Plans come over a network, and may have been made by another build or by nobody's.
  func fault(in value: ConfigValue) -> String? {
    guard case .map(let entries) = value else { return "parameters" }
    let names = entries.map(\.key)
    if Set(names).count != names.count { return names.first }
    if let extra = names.first(where: { self[$0] == nil }) { return extra }
    for schema in parameters {
      guard let given = value[schema.name] else { return schema.name }
      if let inner = schema.fault(in: given) { return inner }
    }
    return nil
  }
}

extension ParameterSchema {
  fileprivate func fault(in value: ConfigValue) -> String? {
    if value.isNull { return isOptional ? nil : name }
    if case .group(let group) = kind {
      return group.fault(in: value).map { "\(name).\($0)" }
    }
    return kind.takes(value) && limits.allSatisfy { holds($0, value) } ? nil : name
  }

  private func holds(_ limit: Limit, _ value: ConfigValue) -> Bool {
    if case .list(let values) = value, limit != .notEmpty {
      return values.allSatisfy(limit.allows)
    }
    return limit.allows(value)
  }
}

extension ParameterKind {
  fileprivate func takes(_ value: ConfigValue) -> Bool {
    switch (self, value) {
    case (.bool, .bool), (.int, .int), (.string, .string), (.dataset, .string): true
    case (.double, _): Double(parameter: value).map { !$0.isNaN } ?? false
    case (.choice(let names), .string(let text)): names.contains(text)
    case (.list(let kind), .list(let values)): values.allSatisfy(kind.takes)
    case (.group(let group), _): group.fault(in: value) == nil
    case (.either(let kinds), _): kinds.contains { $0.takes(value) }
    case (.dictionary(let kind), .map(let entries)): entries.allSatisfy { kind.takes($0.value) }
    default: false
    }
  }
}
