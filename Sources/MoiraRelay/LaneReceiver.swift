internal import MoiraModel

/// The receiving end of a lane: lets each letter in once, in order, while there is room.
public struct LaneReceiver: Equatable, Sendable {
  public let address: LaneAddress
  /// The number of the letter that is let in next.
  public private(set) var next: UInt64 = 0
  /// Bytes of the message that is coming in.
  private var partial = 0
  /// Bytes of whole messages that nobody has taken.
  private var waiting = 0
  /// The limit of the last receipt.
  private var promised: UInt64 = LaneLimits.window
  /// Bytes that were let in since the last receipt.
  private var unsaid = 0
  /// The next letter by the last receipt.
  private var said: UInt64 = 0

  public init(_ address: LaneAddress) { self.address = address }

  /// Whether the letter is the next one. A letter from the past has come before, one from the future
  /// will come again.
  public func expects(_ letter: Letter) -> Bool { letter.number == next && next < promised }

  /// Whether letters have come of which the sender has not heard.
  public var owesReceipt: Bool { next > said }

  /// The letter was found whole, and is let in.
  ///
  /// Most messages are small and answered at once: a receipt for each would double what the hub
  /// relays. The sender waits for none while its window has room, and hears of the rest with the next
  /// tick at the latest.
  ///
  /// - Parameter bytes: How many bytes of the message it held.
  /// - Returns: the receipt, when the sender should have one by now.
  public mutating func letIn(_ letter: Letter, bytes: Int) -> Receipt? {
    next += 1
    partial += bytes
    unsaid += bytes
    if letter.endsMessage {
      waiting += partial
      partial = 0
    }
    let isMuch = letter.endsMessage && unsaid >= LaneLimits.unsaidBytes
    let isDue = unsaid >= LaneLimits.unsaidPieces || next - said >= LaneLimits.window / 2
    return isMuch || isDue ? receipt : nil
  }

  /// A whole message was taken by the part.
  ///
  /// - Returns: a receipt if there was no room before.
  public mutating func taken(bytes: Int) -> Receipt? {
    let wasFull = waiting >= LaneLimits.roomBytes
    waiting = max(0, waiting - bytes)
    return wasFull && waiting < LaneLimits.roomBytes ? receipt : nil
  }

  /// What is to be said to the sender; what was promised once stays promised.
  public var receipt: Receipt {
    mutating get {
      if waiting < LaneLimits.roomBytes { promised = max(promised, next + LaneLimits.window) }
      unsaid = 0
      said = next
      return Receipt(address: address, next: next, limit: promised)
    }
  }
}
