internal import MoiraModel
internal import MoiraRelay
internal import MoiraSchedule

/// Lanes through the agent's connection.
struct AgentTransport: Transport {
  let agent: AgentService

  func lane(_ part: PartKey, of job: JobID) async throws(Failure) -> any Lane {
    AgentLane(key: .init(part, of: job), agent: agent)
  }
}
