import MoiraModel
import MoiraPlan
import MoiraSchedule

/// The tasks of a running job in lines: mark, name, state, time, bar, measures, parties.
struct TaskLines {
  /// Columns of the progress bar.
  private static let barWidth = 16

  let board: RunBoard
  let style: Style
  /// Columns of the terminal.
  let width: Int

  func lines(_ tasks: [TaskSnapshot], at now: Instant) -> [String] {
    let names = tasks.map(\.id.text.count).max() ?? 0
    let states = tasks.map { min(24, $0.stateWords.count) }.max() ?? 0
    return tasks.map { task in
      let name = padded(task.id.text, names)
      let state = padded(String(task.stateWords.prefix(24)), states)
      let time = padded(elapsed(task, at: now), 10)
      let rest = task.state == .running ? activity(of: task) : parties(of: task)
      let plain = "  \(mark(task)) \(name)  \(state)  \(time)"
      let room = max(0, width - displayWidth(plain) - 3)
      return "  \(coloured(mark(task), task)) \(name)  \(coloured(state, task))  \(time)  "
        + String(rest.prefix(room))
    }
  }

  private func elapsed(_ task: TaskSnapshot, at now: Instant) -> String {
    guard let started = task.started else { return "" }
    return spanText((task.ended ?? now) - started)
  }

  /// Round, loss, AUC and what else is told, after a bar.
  private func activity(of task: TaskSnapshot) -> String {
    guard let (done, total) = board.progress[task.id], total > 0 else { return parties(of: task) }
    let filled = min(Self.barWidth, done * Self.barWidth / total)
    let bar =
      String(repeating: "█", count: filled) + String(repeating: "░", count: Self.barWidth - filled)
    let values = board.metrics[task.id]?.min { $0.key < $1.key }?.value.values ?? [:]
    let measures = values.sorted { rank($0.key) < rank($1.key) }.prefix(3).map {
      "\($0.key.replacing("_", with: " ")) \(metricText($0.value))"
    }
    return (["\(bar) \(done)/\(total)"] + measures).joined(separator: "  ")
  }

  /// Losses first, then AUC, then the rest by name.
  private func rank(_ name: String) -> (Int, String) {
    (name.hasSuffix("loss") ? 0 : name.hasSuffix("auc") ? 1 : 2, name)
  }

  private func parties(of task: TaskSnapshot) -> String {
    board.plan[task.id]?.parts.map(\.party.text).joined(separator: ", ") ?? ""
  }

  private func mark(_ task: TaskSnapshot) -> String {
    switch task.state {
    case .waiting, .ready: "·"
    case .running: "▸"
    case .backingOff: "↻"
    case .succeeded, .reused: "✓"
    case .failed: "✗"
    case .skipped, .stopped: "–"
    }
  }

  private func coloured(_ text: String, _ task: TaskSnapshot) -> String {
    switch task.state {
    case .waiting, .ready, .skipped: style.dim(text)
    case .running: style.cyan(text)
    case .backingOff, .stopped: style.yellow(text)
    case .succeeded, .reused: style.green(text)
    case .failed: style.red(text)
    }
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - displayWidth(text)))
  }
}
