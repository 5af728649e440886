public import MoiraModel
internal import MoiraSchedule

/// One direction between two parts of one attempt.
public struct LaneAddress: Hashable, Codable, Sendable {
  public let job: JobID
  public let task: TaskID
  public let attempt: Int
  /// Seats, as in `PartKey`.
  public let from: PartyID
  public let to: PartyID

  public init(job: JobID, task: TaskID, attempt: Int, from: PartyID, to: PartyID) {
    self.job = job
    self.task = task
    self.attempt = attempt
    self.from = from
    self.to = to
  }

  public var sender: OrderKey {
    OrderKey(.init(task: task, attempt: attempt, party: from), of: job)
  }
  public var receiver: OrderKey {
    OrderKey(.init(task: task, attempt: attempt, party: to), of: job)
  }
}

/// A piece of what goes along a lane, sealed by its sender for its receiver. The hub learns its
/// address, size and place, nothing else.
public struct Letter: Hashable, Sendable {
  public let address: LaneAddress
  /// From 0, without a gap. Letter 0 opens the lane; the others carry messages in pieces.
  public let number: UInt64
  /// Whether a message ends with it.
  public let endsMessage: Bool
  public let sealed: [UInt8]

  public init(address: LaneAddress, number: UInt64, endsMessage: Bool, sealed: [UInt8]) {
    self.address = address
    self.number = number
    self.endsMessage = endsMessage
    self.sealed = sealed
  }
}

/// What the receiving end of a lane has, and what it has room for.
public struct Receipt: Hashable, Sendable {
  /// From a lane's end that takes nothing more, whatever comes: its part is over.
  public static let closed = UInt64.max

  public let address: LaneAddress
  /// All letters below this number have come.
  public let next: UInt64
  /// Letters from this number on are not to be sent yet.
  public let limit: UInt64

  public init(address: LaneAddress, next: UInt64, limit: UInt64) {
    self.address = address
    self.next = next
    self.limit = limit
  }

  /// From an end that takes nothing more.
  static func closing(_ address: LaneAddress) -> Receipt {
    Receipt(address: address, next: closed, limit: closed)
  }
}

/// The numbers that bound what lies between two parties.
public enum LaneLimits {
  /// Bytes of a message in one letter.
  public static let letterBytes = 512 << 10
  /// Letters that may be on their way at a time: 8 MiB.
  public static let window: UInt64 = 16
  /// Bytes of messages after which the sender is told that it need not keep them.
  public static let unsaidBytes = 64 << 10
  /// Bytes after which the sender is told so in the middle of a message too: before it must stand still.
  public static let unsaidPieces = 1 << 20
  /// Bytes of whole messages that nobody has taken yet; while there are more, nothing is let in.
  public static let roomBytes = 64 << 20
  /// The longest sealed letter that is taken in: a piece with its tag.
  public static let sealedBytes = letterBytes + 64
}
