public import MoiraModel

extension Plan {
  /// The same plan, in which a task and all that stand on it are run even if an earlier job left
  /// what they would make.
  public func withoutReuse(from task: TaskID) -> Plan {
    var anew: Set<TaskID> = [task]
    let tasks = tasks.map { one -> PlannedTask in
      guard anew.contains(one.id) || one.needs.contains(where: anew.contains) else { return one }
      anew.insert(one.id)
      var copy = one
      copy.isReusable = false
      return copy
    }
    return Plan(
      name: name, members: members, tasks: tasks, parallelism: parallelism, service: service)
  }
}
