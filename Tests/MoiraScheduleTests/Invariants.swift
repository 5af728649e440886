import MoiraModel
import Testing

@testable import MoiraSchedule

/// What must hold after every event and at every action, whatever happens.
extension SimulatedFederation {
  mutating func check(_ action: JobAction) {
    #expect(endings.isEmpty, "an action after the end")
    switch action {
    case .start(let part):
      #expect(!started.contains(part), "\(part) is started twice")
      #expect(final[part.task] == nil, "\(part) is started after its task ended")
      #expect(needs(of: part.task).allSatisfy { machine.outputs(of: $0) != nil })
    case .lookUp(let task):
      #expect(!started.contains { $0.task == task })
      #expect(needs(of: task).allSatisfy { machine.outputs(of: $0) != nil })
    case .cancel(let part): #expect(!machine.isWanted(part))
    case .setTimer(let id, _): #expect(final[id.task] == nil)
    case .cancelTimer, .ended: break
    }
  }

  mutating func checkState() {
    var holding = 0
    var idle = 0
    for place in machine.tasks.indices {
      let task = machine.tasks[place]
      let holds = task.isLookingUp || task.state == .running
      holding += holds ? 1 : 0
      idle += task.state == .ready && !holds ? 1 : 0
      if let known = final[task.shape.id] { #expect(task.state == known) }
      if task.state.isFinal { final[task.shape.id] = task.state }
      #expect((task.state == .skipped) == (task.skipReason != nil))
    }
    #expect(holding <= shape.parallelism)
    if machine.state == .running {
      #expect(holding == machine.occupied)
      #expect(idle == machine.ready.count)
      #expect(holding == shape.parallelism || idle == 0, "a place is free, and a task could start")
    }
  }

  /// What must hold of a job that is over.
  mutating func checkEnd() throws {
    #expect(endings.count == 1)
    let snapshot = try #require(machine.snapshot)
    #expect(snapshot.state == endings.first)
    #expect(snapshot.tasks.allSatisfy { $0.state.isFinal })
    #expect(timers.isEmpty || crashes > 0)
    #expect(working.isEmpty, "a part was left working: \(working)")
    #expect(JobMachine(replaying: journal) == machine)
    let all = snapshot.tasks.allSatisfy(\.state.hasOutputs)
    #expect((snapshot.state == .succeeded) == all)
    for task in snapshot.tasks { try checkEnd(of: task, in: snapshot) }
  }

  private func checkEnd(of task: TaskSnapshot, in job: JobSnapshot) throws {
    let tried = Set(started.filter { $0.task == task.id }.map(\.attempt))
    #expect(tried.isSubset(of: 0...task.attempt))
    #expect((task.state == .failed) == (task.failure != nil))
    #expect(task.failures.allSatisfy { $0.task == task.id && ($0.attempt ?? 0) <= task.attempt })
    if let reason = task.skipReason {
      let upstream = try #require(job.tasks.first { $0.id == reason.upstream })
      #expect(upstream.state == reason.state)
      #expect(upstream.state == .failed || upstream.state == .stopped)
      #expect(ancestors(of: task.id).contains(reason.upstream))
    }
    if task.state == .succeeded {
      #expect(task.outputs == fates[task.id]?.outputs)
      #expect(task.parts.values.allSatisfy { $0.state == .succeeded })
    }
    if task.state == .reused { #expect(task.outputs == fates[task.id]?.reuse) }
    if !task.state.hasOutputs { #expect(task.outputs.isEmpty) }
  }

  private func needs(of task: TaskID) -> [TaskID] {
    shape.tasks.first { $0.id == task }?.needs ?? []
  }

  private func ancestors(of task: TaskID) -> Set<TaskID> {
    var found: Set<TaskID> = []
    var open = needs(of: task)
    while let next = open.popLast() {
      if found.insert(next).inserted { open += needs(of: next) }
    }
    return found
  }
}
