import MoiraConfig
import MoiraModel
import MoiraPlan

/// Makes the Swift types that scripts name components by: one file a component.
struct ScriptSources {
  let schema: ComponentSchema

  /// `HomoLR` of `homo_lr`.
  var typeName: String {
    schema.name.split(separator: "_").map { word in
      word == "lr" ? "LR" : word.prefix(1).uppercased() + word.dropFirst()
    }.joined()
  }

  var text: String {
    var lines = [
      "// swift-format-ignore-file", "// Made by 'moira generate'.", "",
      "/// \(schema.summary)", "public struct \(typeName): ScriptStep {",
      "  public let task: ScriptTask", "",
    ]
    for output in schema.outputs {
      lines.append("  /// \(output.help)")
      lines.append(
        "  public var \(camel(output.name.text)): ScriptWire { task.output(\"\(output.name)\") }")
    }
    if !schema.outputs.isEmpty { lines.append("") }
    lines.append("  /// - Parameters:")
    for (name, help) in helps { lines.append("  ///   - \(name): \(help)") }
    lines.append("  public init(")
    lines.append(arguments.map { "    \($0)" }.joined(separator: ",\n"))
    lines.append("  ) {")
    lines.append("    task = ScriptTask(")
    lines.append("      taskID, \"\(schema.name)\",")
    lines.append("      \(pairs(schema.inputs.map(\.name.text))),")
    lines.append("      \(pairs(schema.parameters.parameters.map(\.name))))")
    return (lines + ["  }", "}"]).joined(separator: "\n") + "\n"
  }

  private var helps: [(String, String)] {
    schema.inputs.map { (camel($0.name.text), $0.help) }
      + schema.parameters.parameters.map { (camel($0.name), $0.help) }
  }

  private var arguments: [String] {
    ["_ taskID: String"]
      + schema.inputs.map { "\(camel($0.name.text)): ScriptWire? = nil" }
      + schema.parameters.parameters.map { "\(camel($0.name)): \(type($0.kind))? = nil" }
  }

  private func pairs(_ names: [String]) -> String {
    names.isEmpty
      ? "[]" : "[" + names.map { "(\"\($0)\", \(camel($0)))" }.joined(separator: ", ") + "]"
  }

  private func camel(_ name: String) -> String {
    let words = name.split(separator: "_")
    let rest = words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }
    return (words.first.map(String.init) ?? "") + rest.joined()
  }

  private func type(_ kind: ParameterKind) -> String {
    switch kind {
    case .bool: "Bool"
    case .int: "Int"
    case .double: "Double"
    case .string, .dataset, .choice: "String"
    case .list(let inner): "[\(type(inner))]"
    case .dictionary(let inner): "[String: \(type(inner))]"
    case .group, .either: "ScriptValue"
    }
  }
}
