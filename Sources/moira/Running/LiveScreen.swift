import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSchedule

/// Redraws a line for each task in place, on a terminal.
actor LiveScreen: RunScreen {
  /// At most ten times a second.
  static let interval = Duration.milliseconds(100)
  /// The most tasks that are shown; of more, those that stand still are counted only.
  static let taskLimit = 24

  private var board: RunBoard
  private let clock: any WallClock
  private let style: Style
  private var drawn = 0
  private var started: Instant?
  private var notes: [String] = []
  private var ticking: Task<Void, Never>?

  init(plan: Plan, job: JobID, clock: any WallClock, style: Style) {
    board = RunBoard(plan: plan, job: job)
    self.clock = clock
    self.style = style
  }

  func take(_ update: JobUpdate) {
    board.take(update)
    if case .began(let snapshot) = update, started == nil {
      started = snapshot.submitted
      begin()
    }
    if case .report(let report) = update, case .log(.warning, let text) = report.report {
      notes.append("\(report.part.task) at \(report.part.party): warning: \(withoutControls(text))")
    }
  }

  func end() {
    ticking?.cancel()
    draw()
    Console.draw("\u{1B}[?25h")
  }

  private func begin() {
    Console.draw("\u{1B}[?25l")
    ticking = Task {
      while !Task.isCancelled {
        draw()
        try? await Task.sleep(for: Self.interval)
      }
    }
  }

  private func draw() {
    let lines = self.lines
    var text = drawn > 0 ? "\u{1B}[\(drawn)A\u{1B}[J" : ""
    for note in notes { text += note + "\n" }
    notes = []
    for line in lines { text += line + "\n" }
    drawn = lines.count
    Console.draw(text)
  }

  private var lines: [String] {
    let now = clock.now()
    let tasks = board.plan.tasks.compactMap { board.tasks[$0.id] }
    let shown = tasks.count <= Self.taskLimit ? tasks : Self.pressing(tasks)
    var lines = TaskLines(board: board, style: style, width: Console.width).lines(shown, at: now)
    if shown.count < tasks.count {
      let done = tasks.count { $0.state.isFinal }
      lines.append("  \(done) of \(tasks.count) tasks are done")
    }
    return lines
  }

  /// The tasks that move or went wrong, before those that stand still.
  private static func pressing(_ tasks: [TaskSnapshot]) -> [TaskSnapshot] {
    let moving = tasks.filter { $0.state == .running || $0.state == .failed }
    return Array(moving.prefix(taskLimit))
  }
}
