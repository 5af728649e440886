import MoiraKit
import MoiraModel
import MoiraPlan
import MoiraRuntime
import MoiraSchedule

/// All that a job has told so far, for whoever shows it.
struct RunBoard: Sendable {
  /// Values that a task told last, at one party.
  struct Metrics: Hashable, Sendable {
    var step: Int
    var values: [String: Double]
  }

  let plan: Plan
  let job: JobID
  private(set) var tasks: [TaskID: TaskSnapshot] = [:]
  private(set) var progress: [TaskID: (done: Int, total: Int)] = [:]
  private(set) var metrics: [TaskID: [PartyID: Metrics]] = [:]
  /// What protected the job, each once, in the order in which it was told.
  private(set) var protections: [(task: TaskID, text: String)] = []
  /// What the protection came to, the last of each name, in the order in which they were first told.
  private(set) var tallies: [(task: TaskID, name: String, text: String)] = []
  private(set) var ended: JobSnapshot?
  private(set) var broken: Failure?
  /// Why the job has not begun; of jobs of a hub.
  private(set) var waiting: String?

  init(plan: Plan, job: JobID) {
    self.plan = plan
    self.job = job
  }

  mutating func take(_ update: JobUpdate) {
    switch update {
    case .began(let snapshot):
      waiting = nil
      for task in snapshot.tasks { tasks[task.id] = task }
    case .task(let task):
      if tasks[task.id]?.attempt != task.attempt { progress[task.id] = nil }
      tasks[task.id] = task
    case .report(let report): take(report)
    case .ended(let snapshot):
      for task in snapshot.tasks { tasks[task.id] = task }
      ended = snapshot
    case .broken(let failure): broken = failure
    case .waiting(let words): waiting = words
    }
  }

  private mutating func take(_ report: PartReport) {
    let task = report.part.task
    switch report.report {
    case .progress(let done, let total):
      if done >= progress[task]?.done ?? 0 { progress[task] = (done, total) }
    case .metrics(let step, let values):
      let old = metrics[task]?[report.part.party]?.values ?? [:]
      metrics[task, default: [:]][report.part.party] = Metrics(
        step: step, values: old.merging(values) { $1 })
    case .protection(let text):
      if !protections.contains(where: { $0.task == task && $0.text == text }) {
        protections.append((task, text))
      }
    case .tally(let name, let text):
      if let place = tallies.firstIndex(where: { $0.task == task && $0.name == name }) {
        tallies[place].text = text
      } else {
        tallies.append((task, name, text))
      }
    case .log: break
    }
  }

  /// Last values by task, in the plan's order.
  var lastMetrics: [(task: TaskID, party: PartyID, metrics: Metrics)] {
    plan.tasks.flatMap { task in
      task.parts.compactMap { part in
        metrics[task.id]?[part.party].map { (task.id, part.party, $0) }
      }
    }
  }
}
