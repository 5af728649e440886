public import MoiraModel

/// What goes wrong between the parties, for tests. The same seed draws the same numbers.
public struct TransportFaults: Sendable {
  /// Mixes messages of different senders; those of one sender stay in their order.
  public var reorderSeed: UInt64?
  /// The longest time that a message is held back, in turns that other tasks get.
  public var longestDelay = 8
  /// Parties whose messages get lost, both those that they send and those sent to them.
  public var silent: Set<PartyID> = []
  /// Parties that are cut off for a while.
  public var cuts: [Cut] = []

  /// A party that is cut off in the midst of a task. What goes to and from it meanwhile is kept, and
  /// delivered when it is back.
  public struct Cut: Hashable, Sendable {
    public var party: PartyID
    public var task: TaskID
    /// It is cut off after it has sent so many messages.
    public var afterSending: Int
    /// It is back when so many messages wait for it; never if nil.
    public var untilWaiting: Int?

    public init(_ party: PartyID, in task: TaskID, afterSending: Int, untilWaiting: Int? = nil) {
      self.party = party
      self.task = task
      self.afterSending = afterSending
      self.untilWaiting = untilWaiting
    }
  }

  public init(reorderSeed: UInt64? = nil, silent: Set<PartyID> = [], cuts: [Cut] = []) {
    self.reorderSeed = reorderSeed
    self.silent = silent
    self.cuts = cuts
  }
}
