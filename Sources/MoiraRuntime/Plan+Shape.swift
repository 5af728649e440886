internal import MoiraModel
internal import MoiraPlan
internal import MoiraSchedule

extension Plan {
  /// What the scheduler must know of it.
  func shape(job: JobID, parallelism: Int?, useCache: Bool, seed: UInt64) throws(Failure)
    -> JobShape
  {
    do {
      return try JobShape(
        id: job, tasks: tasks.map { $0.shape(useCache: useCache) },
        parallelism: parallelism ?? self.parallelism, seed: seed)
    } catch {
      throw Failure("plan-shape", "the plan cannot be scheduled", cause: "\(error)")
    }
  }
}

extension PlannedTask {
  func shape(useCache: Bool) -> TaskShape {
    TaskShape(
      id: id, parties: parts.map(\.party), needs: needs,
      policy: TaskPolicy(
        retries: policy.retries,
        backoff: Backoff(
          initial: Duration(planned: policy.backoffInitial), factor: policy.backoffFactor,
          limit: Duration(planned: policy.backoffLimit), jitter: Backoff.standard.jitter),
        timeout: policy.timeout.map { Duration(planned: $0) }, priority: policy.priority,
        cacheable: isReusable && useCache, outlivesParties: outlivesParties))
  }
}
