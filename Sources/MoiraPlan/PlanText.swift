internal import MoiraConfig
public import MoiraModel

extension Plan {
  /// The plan for people: what runs where and when, with every parameter and where it came from.
  public func text(hash: ContentHash) -> String {
    var lines = ["\(name)  plan \(hash.short)  \(tasks.count) tasks, \(parallelism) at once"]
    for role in Role.allCases {
      let names = members.filter { $0.role == role }.map(\.party.text)
      if !names.isEmpty {
        lines.append("  \(padded(role.rawValue, 8))\(names.joined(separator: ", "))")
      }
    }
    for (level, group) in levels.enumerated() {
      lines.append("")
      lines.append(
        group.count > 1 ? "level \(level + 1), side by side" : "level \(level + 1)")
      for task in group { lines += taskLines(of: task) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Tasks that may run side by side, level after level.
  public var levels: [[PlannedTask]] {
    let depth = (tasks.map(\.level).max() ?? -1) + 1
    var levels = [[PlannedTask]](repeating: [], count: depth)
    for task in tasks { levels[task.level].append(task) }
    return levels
  }

  private func taskLines(of task: PlannedTask) -> [String] {
    let parties = task.parts.map(\.party.text).joined(separator: ", ")
    var lines = ["  \(task.id)  \(task.component) at \(parties)"]
    let needs = task.wires.map { wire in
      let source = "\(wire.input.port) from \(wire.input.task).\(wire.input.output)"
      return task.isByParty(wire.input.port)
        ? source + " at " + wire.parties.map(\.text).joined(separator: ", ") : source
    }
    let after = task.plainNeeds.map { "after \($0)" }
    if !(needs + after).isEmpty {
      lines.append("    needs " + (needs + after).joined(separator: ", "))
    }
    if task.policy.retries > 0 || task.policy.timeout != nil { lines.append(policy(of: task)) }
    return lines + parameterLines(of: task)
  }

  private func policy(of task: PlannedTask) -> String {
    var words: [String] = []
    if task.policy.retries > 0 { words.append("retries \(task.policy.retries)") }
    if let timeout = task.policy.timeout { words.append("timeout \(shortNumber(timeout)) s") }
    return "    " + words.joined(separator: ", ")
  }

  private func parameterLines(of task: PlannedTask) -> [String] {
    let values = task.parameterValues
    let width = values.map(\.path.count).max() ?? 0
    let valueWidth = min(32, values.map(\.value.written.count).max() ?? 0)
    var last = ""
    return values.map { value in
      let name = value.path == last ? "" : value.path
      last = value.path
      var origin = value.origin
      if value.parties.count < task.parts.count {
        origin += "  at " + value.parties.map(\.text).joined(separator: ", ")
      }
      return "    \(padded(name, width))  \(padded(value.value.written, valueWidth))  \(origin)"
    }
  }
}

extension PlannedTask {
  /// Each wired input once, with the parties that have it.
  var wires: [(input: PlannedInput, parties: [PartyID])] {
    var found: [(input: PlannedInput, parties: [PartyID])] = []
    for part in parts {
      for input in part.inputs {
        if let place = found.firstIndex(where: { $0.input == input }) {
          found[place].parties.append(part.party)
        } else {
          found.append((input, [part.party]))
        }
      }
    }
    return found
  }

  /// Whether an input comes from different tasks at different parties.
  fileprivate func isByParty(_ port: PortName) -> Bool {
    wires.count { $0.input.port == port } > 1
  }

  /// Needs without a wire: `after`, or a producer whose artifact no party of this task takes.
  var plainNeeds: [TaskID] {
    let wired = Set(wires.map(\.input.task))
    return needs.filter { !wired.contains($0) }
  }
}

/// The text with spaces after it, up to a width; longer texts stay as they are.
func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}
