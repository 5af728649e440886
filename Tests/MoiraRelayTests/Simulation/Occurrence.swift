import MoiraModel
import MoiraRelay
import MoiraSchedule

/// One thing that happens in a simulated world. Agents are named by their places; `epoch` is the hub's
/// process, `life` an agent's: what was planned for a process that died does not happen.
enum Occurrence {
  case submit(Int)
  case stop(Int)

  case dial(Int, life: UInt64)
  case hubConnected(Int, session: UInt64, Hello)
  case hubHeard(Int, session: UInt64, AgentMessage)
  case agentHeard(Int, session: UInt64, HubMessage)
  case hubNoticesCut(Int, session: UInt64)
  case agentNoticesCut(Int, session: UInt64)

  case hubTick(epoch: Int)
  /// What waited to be written is written.
  case flush(epoch: Int)
  case timer(JobID, TimerID, epoch: Int)

  case agentTick(Int, life: UInt64)
  case decide(Int, JobID, life: UInt64)
  /// A part goes on.
  case step(Int, OrderKey, life: UInt64)
  /// A part that was cancelled comes to its end.
  case wound(Int, OrderKey, life: UInt64)

  case fault
  case hubRises
  case agentRises(Int)
}
