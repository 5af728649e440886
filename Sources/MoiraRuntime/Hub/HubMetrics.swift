public import MoiraModel
public import MoiraRelay

/// What the hub counts. The closures are called under the hub's own order, and must be quick.
public struct HubMetrics: Sendable {
  public var connected: @Sendable (Int) -> Void = { _ in }
  public var received: @Sendable (AgentMessage) -> Void = { _ in }
  public var relayed: @Sendable (_ bytes: Int) -> Void = { _ in }
  public var refused: @Sendable (RelayRefusal, _ from: PartyID) -> Void = { _, _ in }
  public var ended: @Sendable (JobState) -> Void = { _ in }
  public var brokenOff: @Sendable (JobID, Failure) -> Void = { _, _ in }
  public var standing: @Sendable (_ running: Int, _ waiting: Int) -> Void = { _, _ in }

  public init() {}
}

extension HubMetrics {
  func relayed(bytes: Int) { relayed(bytes) }
  func refused(_ refusal: RelayRefusal, from party: PartyID) { refused(refusal, party) }
}
