internal import MoiraConfig
internal import MoiraModel

extension Pipeline {
  /// The pipeline in the short form, as a person would write it.
  ///
  /// Reading it gives the same pipeline again, but for the places; and so the same plan.
  public var yaml: String {
    var lines = ["moira: \(Self.formatVersion)", "name: \(yamlScalar(name))", "", "parties:"]
    for role in Role.allCases {
      let names = members.filter { $0.role == role }.map { yamlName($0.registered.text) }
      if names.count == 1 { lines.append("  \(role.rawValue): \(names[0])") }
      if names.count > 1 {
        lines += YAMLLines.list("\(role.rawValue):", names, indent: 2)
      }
    }
    if let conf { lines += [""] + YAMLLines.entry("conf", conf, indent: 0) }
    lines += ["", "tasks:"]
    for (place, step) in steps.enumerated() {
      if place > 0 { lines.append("") }
      lines.append("  \(yamlName(step.id.text)):")
      lines += step.yamlLines
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension Pipeline.Step {
  /// The lines below the task's name.
  fileprivate var yamlLines: [String] {
    var lines = ["    component: \(yamlName(component.value))"]
    if !inputs.isEmpty { lines += YAMLLines.mapping("inputs", inputTexts, indent: 4) }
    if let parameters, !parameters.isNull {
      lines += YAMLLines.entry("parameters", parameters, indent: 4)
    }
    if !overrides.isEmpty {
      lines.append("    at:")
      for (target, node) in overrides {
        lines += YAMLLines.entry(target.value, node, indent: 6)
      }
    }
    if !after.isEmpty {
      lines += YAMLLines.list("after:", after.map { yamlName($0.value.text) }, indent: 4)
    }
    if let parties {
      lines += YAMLLines.list("parties:", parties.map { yamlName($0.value.text) }, indent: 4)
    }
    if let conf, !conf.isNull { lines += YAMLLines.entry("conf", conf, indent: 4) }
    return lines
  }
}

extension Pipeline.Step {
  /// Each port once with its source, or with those of parties and roles.
  fileprivate var inputTexts: [(String, String)] {
    var ports: [(name: String, sources: [String], isByParty: Bool)] = []
    for wire in inputs {
      let name = wire.port.value.text
      let source = yamlName(wire.source.value)
      let text = wire.target.map { "\(yamlName($0.value)): \(source)" } ?? source
      if let place = ports.firstIndex(where: { $0.name == name }) {
        ports[place].sources.append(text)
      } else {
        ports.append((name, [text], wire.target != nil))
      }
    }
    return ports.map { port in
      let text = port.sources.joined(separator: ", ")
      return (port.name, port.isByParty ? "{\(text)}" : text)
    }
  }
}

/// Lines of YAML: in one line what fits, else an entry a line.
private enum YAMLLines {
  static let width = 100

  static func entry(_ key: String, _ node: ConfigNode, indent: Int) -> [String] {
    let space = String(repeating: " ", count: indent)
    let line = "\(space)\(yamlName(key)): \(flow(node))"
    guard let map = node.map, !map.entries.isEmpty, line.count > width else { return [line] }
    return ["\(space)\(yamlName(key)):"]
      + map.entries.flatMap { entry($0.key, $0.value, indent: indent + 2) }
  }

  static func mapping(_ key: String, _ entries: [(String, String)], indent: Int) -> [String] {
    let space = String(repeating: " ", count: indent)
    let inner = entries.map { "\(yamlName($0.0)): \($0.1)" }
    let line = "\(space)\(key): {\(inner.joined(separator: ", "))}"
    return line.count <= width ? [line] : ["\(space)\(key):"] + inner.map { "\(space)  \($0)" }
  }

  static func list(_ head: String, _ names: [String], indent: Int) -> [String] {
    let space = String(repeating: " ", count: indent)
    let line = "\(space)\(head) [\(names.joined(separator: ", "))]"
    return line.count <= width ? [line] : ["\(space)\(head)"] + names.map { "\(space)  - \($0)" }
  }

  private static func flow(_ node: ConfigNode) -> String {
    switch node.content {
    case .null: "null"
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): String(number)
    case .double(let number): real(number)
    case .string(let text): yamlScalar(text)
    case .list(let nodes): "[\(nodes.map(flow).joined(separator: ", "))]"
    case .map(let map):
      "{\(map.entries.map { "\(yamlName($0.key)): \(flow($0.value))" }.joined(separator: ", "))}"
    }
  }

  /// Whole numbers without a point: parameters that take numbers take integers too.
  private static func real(_ number: Double) -> String {
    if number.isNaN { return ".nan" }
    if number.isInfinite { return number < 0 ? "-.inf" : ".inf" }
    return shortNumber(number)
  }
}

/// A key or a name: any scalar but null is read by its text.
private func yamlName(_ text: String) -> String {
  let isPlain =
    text.utf8.first.map { $0 >= 0x30 && $0 != 0x3A } ?? false
    && text.utf8.allSatisfy { byte in
      switch byte {
      case 0x2D, 0x2E, 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
      default: false
      }
    } && text.lowercased() != "null"
  return isPlain ? text : yamlScalar(text)
}
