internal import MoiraModel

extension Plan {
  /// The plan as a Mermaid flow chart, for Markdown pages: tasks, and edges named by their ports.
  public var mermaid: String {
    var lines = ["flowchart LR"]
    for (place, task) in tasks.enumerated() {
      lines.append("  t\(place)[\"\(task.id)<br/>\(task.component)\"]")
    }
    for edge in edges {
      let label = edge.label.map { " -- \"\($0)\" --> " } ?? " -.-> "
      lines.append("  t\(edge.from)\(label)t\(edge.to)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// One edge for each wire, and for each need without a wire one without label.
  var edges: [(from: Int, to: Int, label: String?)] {
    var places: [TaskID: Int] = [:]
    for (place, task) in tasks.enumerated() { places[task.id] = place }
    var edges: [(from: Int, to: Int, label: String?)] = []
    for (place, task) in tasks.enumerated() {
      for wire in task.wires {
        guard let from = places[wire.input.task] else { continue }
        let output = wire.input.output.text
        let port = wire.input.port.text
        edges.append((from, place, output == port ? port : "\(output) → \(port)"))
      }
      for need in task.plainNeeds {
        if let from = places[need] { edges.append((from, place, nil)) }
      }
    }
    return edges
  }
}
