internal import MoiraModel

extension PlanMaker {
  /// The tasks in topological order, following the file where the wires allow it.
  ///
  /// A depth-first walk with a stack of its own; every cycle that it meets is a diagnostic.
  mutating func order(_ tasks: [WiredStep]) -> [WiredStep] {
    let positions = Dictionary(
      tasks.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { first, _ in first }
    )
    let needs = tasks.map { $0.needs.compactMap { positions[$0] } }
    var walk = Walk(needs: needs)
    for start in tasks.indices { walk.visit(from: start) }
    for cycle in walk.cycles { report(cycle.map { tasks[$0] }) }
    return walk.order.map { tasks[$0] }
  }

  /// - Parameter cycle: each task needs the one after it, the last the first.
  private mutating func report(_ cycle: [WiredStep]) {
    // Written the way the artifacts go, from the task that stands first in the file.
    var forward = Array(cycle.reversed())
    let first = forward.indices.min { lineOf(forward[$0]) < lineOf(forward[$1]) } ?? 0
    forward = Array(forward[first...] + forward[..<first])
    let names = (forward + [forward[0]]).map(\.id.text)
    let shown = names.count > 12 ? names.prefix(6) + ["…"] + names.suffix(5) : names[...]
    diagnostics.error(
      "plan-cycle", "tasks form a cycle: " + shown.joined(separator: " → "),
      at: forward[0].step.step.site)
  }

  private func lineOf(_ task: WiredStep) -> Int { task.step.step.site?.line ?? 0 }

  /// Fills in each task's level; `tasks` are in topological order.
  func levelled(_ tasks: [PlannedTask]) -> [PlannedTask] {
    var levels: [TaskID: Int] = [:]
    return tasks.map { task in
      let level = (task.needs.compactMap { levels[$0] }.max() ?? -1) + 1
      levels[task.id] = level
      var copy = task
      copy.level = level
      return copy
    }
  }
}

/// A depth-first walk over `needs`.
struct Walk {
  enum Mark { case new, open, done }
  /// How many cycles are worth telling.
  static let cycleLimit = 16
  let needs: [[Int]]
  private(set) var order: [Int] = []
  private(set) var cycles: [[Int]] = []
  private var marks: [Mark]
  private var path: [(node: Int, next: Int)] = []

  init(needs: [[Int]]) {
    self.needs = needs
    marks = Array(repeating: .new, count: needs.count)
  }

  mutating func visit(from start: Int) {
    guard marks[start] == .new else { return }
    open(start)
    while let (node, next) = path.last {
      guard next < needs[node].count else {
        marks[node] = .done
        order.append(node)
        path.removeLast()
        continue
      }
      path[path.count - 1].next += 1
      let target = needs[node][next]
      switch marks[target] {
      case .new: open(target)
      case .open: closeCycle(at: target)
      case .done: break
      }
    }
  }

  private mutating func open(_ node: Int) {
    marks[node] = .open
    path.append((node, 0))
  }

  private mutating func closeCycle(at target: Int) {
    guard cycles.count < Self.cycleLimit, let start = path.firstIndex(where: { $0.node == target })
    else { return }
    cycles.append(path[start...].map(\.node))
  }
}
