extension Plan {
  /// The plan in Graphviz's language: `moira plan --format dot FILE | dot -Tsvg`.
  public var dot: String {
    var lines = ["digraph \(quoted(name)) {", "  rankdir=LR", "  node [shape=box]"]
    for (place, task) in tasks.enumerated() {
      lines.append("  t\(place) [label=\"\(task.id)\\n\(task.component)\"]")
    }
    for edge in edges {
      let style = edge.label.map { "[label=\(quoted($0))]" } ?? "[style=dashed]"
      lines.append("  t\(edge.from) -> t\(edge.to) \(style)")
    }
    lines.append("}")
    return lines.joined(separator: "\n") + "\n"
  }

  private func quoted(_ text: String) -> String {
    var quoted = "\""
    for character in text {
      if character == "\"" || character == "\\" { quoted.append("\\") }
      quoted.append(character)
    }
    return quoted + "\""
  }
}
