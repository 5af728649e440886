public import MoiraConfig
internal import MoiraModel

extension ComponentSchema {
  /// The component's page for readers of the docs.
  public var markdown: String {
    var lines = ["# \(name)", "", summary, ""]
    lines.append("Runs at \(list(roles.map(\.rawValue))). Version \(version).")
    if !isReusable { lines.append("It runs anew in every job; its artifacts are never reused.") }
    if let reference { lines += ["", "Source: <\(reference)>"] }
    lines += portTable("Inputs", inputs) + portTable("Outputs", outputs)
    if !parameters.parameters.isEmpty {
      lines += ["", "## Parameters", "", "| Name | Type | Default | Limits | Meaning |"]
      lines.append("|---|---|---|---|---|")
      lines += parameterRows(parameters, prefix: "")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func portTable(_ title: String, _ ports: [PortSchema]) -> [String] {
    if ports.isEmpty { return [] }
    return ["", "## \(title)", "", "| Name | Kind | At | Meaning |", "|---|---|---|---|"]
      + ports.map { port in
        let kind = port.isOptional ? "\(port.kind), optional" : port.kind.text
        let roles = port.roles.map(\.rawValue).joined(separator: ", ")
        return "| `\(port.name)` | \(kind) | \(roles) | \(cell(port.help)) |"
      }
  }

  private func parameterRows(_ group: ParameterGroup, prefix: String) -> [String] {
    group.parameters.flatMap { parameter -> [String] in
      let name = prefix + parameter.name
      let limits = parameter.limits.map(\.rule).joined(separator: ", ")
      let row = [
        "`\(name)`", cell(parameter.kind.shortPhrase), cell(parameter.defaultPhrase), limits,
        cell(parameter.help),
      ]
      var rows = ["| " + row.joined(separator: " | ") + " |"]
      if let inner = parameter.kind.nested { rows += parameterRows(inner, prefix: name + ".") }
      return rows
    }
  }

  private func cell(_ text: String) -> String {
    text.map { $0 == "|" ? "\\|" : $0 == "\n" ? " " : String($0) }.joined()
  }
}

extension ParameterKind {
  /// In a word or two, for tables: `integer`, `sgd, adam`.
  public var shortPhrase: String {
    switch self {
    case .bool: "true or false"
    case .int: "integer"
    case .double: "number"
    case .string: "string"
    case .dataset: "dataset"
    case .choice(let names): names.joined(separator: ", ")
    case .list(let kind): "list: \(kind.shortPhrase)"
    case .group(let group): group.shorthand.map { "group, or its \($0)" } ?? "group"
    case .either(let kinds): kinds.map(\.shortPhrase).joined(separator: " or ")
    case .dictionary(let kind): "mapping to \(kind.shortPhrase)"
    }
  }

  /// The group that values of this kind are, if any.
  public var nested: ParameterGroup? {
    switch self {
    case .group(let group): group
    case .either(let kinds): kinds.lazy.compactMap(\.nested).first
    default: nil
    }
  }
}

extension ParameterSchema {
  /// `required`, the default as it would be written, or nothing for a group.
  public var defaultPhrase: String {
    if isRequired { return "required" }
    if kind.nested != nil, case .map = defaultValue { return "" }
    return defaultValue.isNull ? "none" : defaultValue.written
  }
}
