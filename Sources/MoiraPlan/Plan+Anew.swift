public import MoiraModel

extension Plan {
  /// The same plan, in which a task and all that stand on it are run even if an earlier job left
  /// what they would make.
  public func withoutReuse(from task: TaskID) -> Plan {
    var anew: Set<TaskID> = [task]
    let tasks = tasks.map { one -> PlannedTask in
      guard anew.contains(one.id) || one.needs.contains(where: anew.contains) else { return one }
      anew.insert(one.id)
      return PlannedTask(
        id: one.id, component: one.component, componentVersion: one.componentVersion,
        parts: one.parts, needs: one.needs, policy: one.policy, level: one.level, isReusable: false)
    }
    return Plan(name: name, members: members, tasks: tasks, parallelism: parallelism)
  }
}
