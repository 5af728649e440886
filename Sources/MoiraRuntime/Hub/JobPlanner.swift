public import MoiraModel
public import MoiraPlan

/// Reads and plans what is submitted: the hub trusts nobody's plan.
public protocol JobPlanner: Sendable {
  /// - Throws: `pipeline-refused` with all that is wrong in its message.
  func plan(_ source: PipelineSource) async throws(Failure) -> Plan
}
