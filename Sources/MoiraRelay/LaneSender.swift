internal import MoiraModel

/// The sending end of a lane: keeps each letter until the receiver has it, and sends it again when
/// it may have been lost.
///
/// Letters go in order, at most a window of them at a time; the receiver's receipts move the window.
/// Go-back-N: after a cut, everything that has no receipt is sent once more, and the receiver drops
/// what it has.
public struct LaneSender: Equatable, Sendable {
  public let address: LaneAddress
  /// The letters without a receipt, the first one first.
  private var letters: [Letter] = []
  private var first: UInt64 = 0
  private var nextToSend: UInt64 = 0
  private var limit: UInt64 = LaneLimits.window
  private var isClosedByReceiver = false
  /// Where `first` stood when stalling was asked for last; nil if nothing waited for a receipt.
  private var firstBefore: UInt64?

  public init(_ address: LaneAddress) { self.address = address }

  /// A sender that takes up what an earlier process left.
  public init(_ address: LaneAddress, leaving letters: [Letter]) {
    self.address = address
    self.letters = letters
    first = letters.first?.number ?? 0
    nextToSend = first
    limit = first + LaneLimits.window
  }

  /// What has no receipt yet.
  public var unreceived: [Letter] { letters }
  public var isDrained: Bool { letters.isEmpty }
  /// The number of the next letter.
  public var next: UInt64 { first + UInt64(letters.count) }
  /// Whether one more letter could go at once; whoever seals waits until it can.
  public var hasRoom: Bool { isClosedByReceiver || next < limit }

  /// Takes in a sealed piece.
  ///
  /// - Returns: the letters to be sent now.
  public mutating func add(_ sealed: [UInt8], endsMessage: Bool) -> [Letter] {
    if isClosedByReceiver { return [] }
    letters.append(
      Letter(address: address, number: next, endsMessage: endsMessage, sealed: sealed))
    return due()
  }

  public mutating func take(_ receipt: Receipt) -> [Letter] {
    if receipt.next == Receipt.closed {
      isClosedByReceiver = true
      first = next
      nextToSend = first
      letters = []
      return []
    }
    guard receipt.next <= next else { return [] }
    if receipt.next > first {
      letters.removeFirst(Int(receipt.next - first))
      first = receipt.next
      nextToSend = max(nextToSend, first)
    }
    // Whatever comes late or twice does not take room away.
    limit = max(limit, min(receipt.limit, first + LaneLimits.window))
    return due()
  }

  /// All that may have been lost.
  public mutating func again() -> [Letter] {
    nextToSend = first
    return due()
  }

  /// The same, if no receipt has come since this was asked last.
  public mutating func stalled() -> [Letter] {
    defer { firstBefore = isDrained ? nil : first }
    return firstBefore == first ? again() : []
  }

  private mutating func due() -> [Letter] {
    let end = min(next, limit)
    guard nextToSend < end else { return [] }
    let due = letters[Int(nextToSend - first)..<Int(end - first)]
    nextToSend = end
    return Array(due)
  }
}
