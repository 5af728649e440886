internal import MoiraModel
internal import MoiraSchedule

/// All the ends of lanes at one party.
///
/// A lane has an end here while its part runs, and a sending end until the partner has all. A letter
/// for a part that has not begun is not let in: the order to begin it comes first on every
/// connection, and what is not let in comes again.
public struct LaneDesk: Equatable, Sendable {
  private var senders: [LaneAddress: LaneSender] = [:]
  private var receivers: [LaneAddress: LaneReceiver] = [:]
  /// Parts that run here.
  private var begun: Set<OrderKey> = []
  /// Parts that are over here: their lanes take nothing more.
  private var over: Set<OrderKey> = []

  public init() {}

  mutating func begin(_ key: OrderKey) { begun.insert(key) }

  // MARK: Sending

  mutating func restore(_ sender: LaneSender) { senders[sender.address] = sender }

  /// Whether one more piece could go at once.
  public func hasRoom(_ address: LaneAddress) -> Bool { senders[address]?.hasRoom ?? true }

  /// The number that the next piece of the lane will have.
  public func next(_ address: LaneAddress) -> UInt64 { senders[address]?.next ?? 0 }

  /// Takes in a sealed piece of a message.
  ///
  /// - Returns: the letters to be sent now; none from a part that does not run.
  public mutating func add(
    _ sealed: [UInt8], endsMessage: Bool, to address: LaneAddress
  ) -> [Letter] {
    guard begun.contains(address.sender) else { return [] }
    return senders[address, default: LaneSender(address)].add(sealed, endsMessage: endsMessage)
  }

  /// What of some lanes may have been lost.
  public mutating func again(where isMeant: (LaneAddress) -> Bool) -> [Letter] {
    senders.keys.filter(isMeant).sorted().flatMap { senders[$0]?.again() ?? [] }
  }

  /// Whether nothing of the lane waits for a receipt.
  public func isDrained(_ address: LaneAddress) -> Bool { senders[address]?.isDrained ?? true }

  mutating func take(_ receipt: Receipt) -> [Letter] {
    guard senders[receipt.address] != nil else { return [] }
    let due = senders[receipt.address]?.take(receipt) ?? []
    if over.contains(receipt.address.sender), senders[receipt.address]?.isDrained == true {
      senders[receipt.address] = nil
    }
    return due
  }

  // MARK: Receiving

  public enum Verdict: Equatable, Sendable {
    /// The next one: open it, then say `letIn`.
    case open
    /// It has come before, or is too early, or its part does not run; the sender is told what is here.
    case tell(Receipt)
  }

  public mutating func verdict(_ letter: Letter) -> Verdict {
    let address = letter.address
    if over.contains(address.receiver) {
      return .tell(.closing(address))
    }
    guard begun.contains(address.receiver) else {
      return .tell(Receipt(address: address, next: 0, limit: LaneLimits.window))
    }
    var receiver = receivers[address] ?? LaneReceiver(address)
    if receiver.expects(letter) {
      receivers[address] = receiver
      return .open
    }
    let receipt = receiver.receipt
    receivers[address] = receiver
    return .tell(receipt)
  }

  /// - Parameter bytes: of the message, as the letter was opened.
  public mutating func letIn(_ letter: Letter, bytes: Int) -> Receipt? {
    receivers[letter.address]?.letIn(letter, bytes: bytes)
  }

  /// The part has taken a message.
  public mutating func taken(bytes: Int, from address: LaneAddress) -> Receipt? {
    receivers[address]?.taken(bytes: bytes)
  }

  // MARK: All of them

  /// What may have been lost: letters without a receipt, and what has come.
  ///
  /// - Parameter onlyStalled: Only lanes on which nothing was received since this was asked last.
  mutating func again(onlyStalled: Bool) -> [AgentMessage] {
    var messages: [AgentMessage] = []
    for address in senders.keys.sorted() {
      let letters = onlyStalled ? senders[address]?.stalled() : senders[address]?.again()
      messages += (letters ?? []).map { .letter($0) }
    }
    for address in receivers.keys.sorted() {
      if let receipt = receivers[address]?.receipt { messages.append(.receipt(receipt)) }
    }
    return messages
  }

  mutating func markOver(_ key: OrderKey) { over.insert(key) }

  /// What the part's partners have not heard yet, for its end: they need keep nothing for it.
  func lastReceipts(_ key: OrderKey) -> [Receipt] {
    receivers.filter { $0.key.receiver == key && $0.value.owesReceipt }.keys.sorted()
      .map(Receipt.closing)
  }

  /// The part is over: its lanes take nothing more, and what it sent stays to be received.
  ///
  /// - Returns: what has no receipt yet, by lane.
  mutating func end(_ key: OrderKey) -> [(LaneAddress, [Letter])] {
    begun.remove(key)
    over.insert(key)
    receivers = receivers.filter { $0.key.receiver != key }
    var left: [(LaneAddress, [Letter])] = []
    for (address, sender) in senders where address.sender == key {
      if sender.isDrained {
        senders[address] = nil
      } else {
        left.append((address, sender.unreceived))
      }
    }
    return left
  }

  mutating func forget(_ job: JobID) {
    senders = senders.filter { $0.key.job != job }
    receivers = receivers.filter { $0.key.job != job }
    begun = begun.filter { $0.job != job }
    over = over.filter { $0.job != job }
  }
}

extension LaneAddress: Comparable {
  public static func < (left: Self, right: Self) -> Bool {
    (left.sender, left.to) < (right.sender, right.to)
  }
}
