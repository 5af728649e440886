import MoiraModel
import MoiraWire

/// The paths of a member's folder.
struct PartyHome: Sendable {
  let path: String

  var keys: MemberFolder { MemberFolder("\(path)/\(MemberFolder.name)") }
  /// Artifacts by seat, as below the home of a machine's own jobs.
  var state: Home { Home(path: "\(path)/state") }
  /// What the agent must not forget.
  var database: String { "\(path)/state/agent.sqlite" }
  var audit: String { "\(path)/state/audit.jsonl" }
  /// Held by the agent's process.
  var lock: String { "\(path)/state/agent.lock" }
}
