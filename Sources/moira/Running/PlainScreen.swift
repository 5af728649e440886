import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSchedule

/// A line for each change of a task's state, for files and pipes.
actor PlainScreen: RunScreen {
  private let plan: Plan
  private let isVerbose: Bool
  private let width: Int
  private var shown: [TaskID: String] = [:]

  init(plan: Plan, isVerbose: Bool) {
    self.plan = plan
    self.isVerbose = isVerbose
    width = plan.tasks.map(\.id.text.count).max() ?? 0
  }

  func take(_ update: JobUpdate) {
    switch update {
    case .began(let snapshot):
      for task in snapshot.tasks where task.state.isFinal || isVerbose { show(task) }
    case .task(let task): show(task)
    case .report(let report): show(report)
    case .waiting(let words): Console.print("the job \(words)")
    case .ended, .broken: break
    }
  }

  func end() {}

  private func show(_ task: TaskSnapshot) {
    if task.state == .waiting || task.state == .ready { return }
    let line = line(of: task)
    if shown.updateValue(line, forKey: task.id) != line { Console.print(line) }
  }

  private func line(of task: TaskSnapshot) -> String {
    let gap = String(repeating: " ", count: max(0, width - task.id.text.count))
    var line = "\(task.id)\(gap)  \(task.stateWords)"
    switch task.state {
    case .running:
      if task.attempt > 1 { line += ", attempt \(task.attempt)" }
      let parties = plan[task.id]?.parts.map(\.party.text) ?? []
      line += " at " + parties.joined(separator: ", ")
    case .backingOff: line += " after attempt \(task.attempt)"
    case .succeeded: line += " in \(task.spanText)"
    default: break
    }
    return line
  }

  private func show(_ report: PartReport) {
    guard case .log(let level, let text) = report.report, isVerbose || level == .warning else {
      return
    }
    let word = level == .warning ? "warning: " : ""
    Console.print("\(report.part.task) at \(report.part.party): \(word)\(withoutControls(text))")
  }
}
