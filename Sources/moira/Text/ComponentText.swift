import MoiraConfig
import MoiraModel
import MoiraPlan

/// A component for people at a terminal.
struct ComponentText {
  private let schema: ComponentSchema
  private let width: Int?

  /// - Parameter width: the columns of the terminal to keep to, if any.
  init(_ schema: ComponentSchema, fitting width: Int? = nil) {
    self.schema = schema
    self.width = width
  }

  func lines(_ style: Style = .plain) -> [String] {
    let roles = schema.roles.map(\.rawValue).joined(separator: ", ")
    var lines = [
      "\(style.bold(schema.name))  version \(schema.version), runs at \(roles)", schema.summary,
    ]
    if let reference = schema.reference { lines.append(style.dim("see \(reference)")) }
    lines += ports("inputs", schema.inputs, style) + ports("outputs", schema.outputs, style)
    if !schema.parameters.parameters.isEmpty {
      lines += ["", style.bold("parameters")] + parameters(style)
    }
    return lines
  }

  /// A row for each; where the terminal is narrow, what a parameter does stands below it.
  private func parameters(_ style: Style) -> [String] {
    var table = TextTable(["parameter", "type", "default", "limits", "what it does"])
    var short = TextTable(["parameter", "type", "default", "limits"])
    let rows = rows(of: schema.parameters, indent: "")
    for row in rows {
      table.add(row)
      short.add(Array(row.dropLast()))
    }
    let wide = table.lines(style, indent: "  ")
    guard let width, wide.contains(where: { displayWidth($0) > width }) else { return wide }
    let narrow = short.lines(style, indent: "  ")
    return [narrow[0]]
      + zip(narrow.dropFirst(), rows).flatMap { line, row in
        var help = TextTable([])
        help.add([row[row.count - 1]])
        return [line] + help.lines(indent: "      ", fitting: width).map(style.dim)
      }
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
    return ["", style.bold(title)] + table.lines(indent: "  ", fitting: width)
  }

  private func rows(of group: ParameterGroup, indent: String) -> [[String]] {
    group.parameters.flatMap { parameter -> [[String]] in
      let row = [
        indent + parameter.name, parameter.kind.shortPhrase, parameter.defaultPhrase,
        parameter.limits.map(\.rule).joined(separator: ", "), parameter.help,
      ]
      return [row] + (parameter.kind.nested.map { rows(of: $0, indent: indent + "  ") } ?? [])
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
