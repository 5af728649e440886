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

  public init(_ address: LaneAddress) { self.address = address }

  /// Whether the letter is the next one. A letter from the past has come before, one from the future
  /// will come again.
  public func expects(_ letter: Letter) -> Bool { letter.number == next && next < promised }

  /// The letter was found whole, and is let in.
  ///
  /// - Parameter bytes: How many bytes of the message it held.
  /// - Returns: the receipt, when the sender should have one by now.
  public mutating func letIn(_ letter: Letter, bytes: Int) -> Receipt? {
    next += 1
    partial += bytes
    if letter.endsMessage {
      waiting += partial
      partial = 0
    }
    let isOften = next % (LaneLimits.window / 4) == 0
    return letter.endsMessage || isOften || letter.number == 0 ? receipt : nil
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
      return Receipt(address: address, next: next, limit: promised)
    }
  }
}
