import MoiraConfig
import MoiraModel
import MoiraPlan

/// A component for people at a terminal.
struct ComponentText {
  private let schema: ComponentSchema

  init(_ schema: ComponentSchema) { self.schema = schema }

  func lines(_ style: Style = .plain) -> [String] {
    let roles = schema.roles.map(\.rawValue).joined(separator: ", ")
    var lines = [
      "\(style.bold(schema.name))  version \(schema.version), runs at \(roles)", schema.summary,
    ]
    if let reference = schema.reference { lines.append(style.dim("see \(reference)")) }
    lines += ports("inputs", schema.inputs, style) + ports("outputs", schema.outputs, style)
    if !schema.parameters.parameters.isEmpty {
      var table = TextTable(["parameter", "type", "default", "limits", "what it does"])
      add(schema.parameters, to: &table, indent: "")
      lines += ["", style.bold("parameters")] + table.lines(style, indent: "  ")
    }
    return lines
  }

  private func ports(_ title: String, _ ports: [PortSchema], _ style: Style) -> [String] {
    if ports.isEmpty { return [] }
    var table = TextTable([])
    for port in ports {
      table.add([
        port.name.text, port.isOptional ? "\(port.kind), optional" : port.kind.text,
        port.roles.map(\.rawValue).joined(separator: ", "), port.help,
      ])
    }
    return ["", style.bold(title)] + table.lines(indent: "  ")
  }

  private func add(_ group: ParameterGroup, to table: inout TextTable, indent: String) {
    for parameter in group.parameters {
      table.add([
        indent + parameter.name, parameter.kind.shortPhrase, parameter.defaultPhrase,
        parameter.limits.map(\.rule).joined(separator: ", "), parameter.help,
      ])
      if let inner = parameter.kind.nested { add(inner, to: &table, indent: indent + "  ") }
    }
  }
}

extension ComponentSchema {
  /// The component for programs.
  var json: ConfigValue {
    .map([
      ("name", .string(name)), ("version", .int(version)), ("summary", .string(summary)),
      ("reference", reference.map { .string($0) } ?? .null),
      ("roles", .list(roles.map { .string($0.rawValue) })),
      ("inputs", .list(inputs.map(\.json))), ("outputs", .list(outputs.map(\.json))),
      ("parameters", parameters.json),
    ])
  }
}

extension PortSchema {
  fileprivate var json: ConfigValue {
    .map([
      ("name", .string(name.text)), ("kind", .string(kind.text)), ("help", .string(help)),
      ("roles", .list(roles.map { .string($0.rawValue) })), ("optional", .bool(isOptional)),
    ])
  }
}

extension ParameterGroup {
  fileprivate var json: ConfigValue { .list(parameters.map(\.json)) }
}

extension ParameterSchema {
  fileprivate var json: ConfigValue {
    var entries: [(key: String, value: ConfigValue)] = [
      ("name", .string(name)), ("type", .string(kind.shortPhrase)),
      ("required", .bool(isRequired)), ("default", defaultValue),
      ("limits", .list(limits.map { .string($0.rule) })), ("help", .string(help)),
    ]
    if let group = kind.nested { entries.append(("parameters", group.json)) }
    return .map(entries)
  }
}
