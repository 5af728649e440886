internal import MoiraModel
internal import MoiraPlan
internal import MoiraSchedule

/// Where each task stands in the plan, and which tasks need it: so that an event costs what it
/// touches, and not a look at all tasks.
struct TaskNeighbours: Sendable {
  private let places: [TaskID: Int]
  private let dependents: [TaskID: [TaskID]]

  init(_ plan: Plan) {
    var places: [TaskID: Int] = [:]
    var dependents: [TaskID: [TaskID]] = [:]
    for (place, task) in plan.tasks.enumerated() {
      places[task.id] = place
      for need in task.needs { dependents[need, default: []].append(task.id) }
    }
    self.places = places
    self.dependents = dependents
  }

  /// The tasks in the order of the plan.
  func sorted(_ tasks: Set<TaskID>) -> [TaskID] {
    tasks.count < 2
      ? Array(tasks) : tasks.sorted { places[$0, default: 0] < places[$1, default: 0] }
  }

  subscript(task: TaskID) -> [TaskID] { dependents[task, default: []] }
}

extension JobMachine {
  /// The tasks that are skipped because of this one.
  ///
  /// - Complexity: linear in those tasks and their needs.
  func skipped(after task: TaskID, _ neighbours: TaskNeighbours) -> Set<TaskID> {
    guard state(of: task) == .failed else { return [] }
    var found: Set<TaskID> = []
    var open = neighbours[task]
    while let next = open.popLast() {
      guard !found.contains(next), snapshot(of: next)?.skipReason?.upstream == task else {
        continue
      }
      found.insert(next)
      open.append(contentsOf: neighbours[next])
    }
    return found
  }
}
