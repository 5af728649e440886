public import MoiraModel

/// What goes wrong between the parties, for tests. The same seed draws the same numbers.
public struct TransportFaults: Sendable {
  /// Mixes messages of different senders; those of one sender stay in their order.
  public var reorderSeed: UInt64?
  /// The longest time that a message is held back, in turns that other tasks get.
  public var longestDelay = 8
  /// Parties whose messages get lost, both those that they send and those sent to them.
  public var silent: Set<PartyID> = []

  public init(reorderSeed: UInt64? = nil, silent: Set<PartyID> = []) {
    self.reorderSeed = reorderSeed
    self.silent = silent
  }
}
