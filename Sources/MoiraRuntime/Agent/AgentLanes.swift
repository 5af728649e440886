internal import MoiraCrypto
internal import MoiraModel
internal import MoiraRelay

/// What an agent keeps for its lanes beside their numbers: seals, mailboxes, whoever waits for room.
struct AgentLanes {
  var mailboxes: [OrderKey: Mailbox] = [:]
  var seals: [LaneAddress: LaneSeals] = [:]
  var openers: [LaneAddress: LaneOpener] = [:]
  /// The message that is coming in.
  var partial: [LaneAddress: [UInt8]] = [:]
  private var closed: Set<OrderKey> = []
  private var waiters: [LaneAddress: [CheckedContinuation<Void, Never>]] = [:]

  /// Whether the part takes nothing and sends nothing any more.
  func isClosed(_ key: OrderKey) -> Bool { closed.contains(key) }

  mutating func wait(_ continuation: CheckedContinuation<Void, Never>, for address: LaneAddress) {
    waiters[address, default: []].append(continuation)
  }

  /// Lets those go on for whom there is room now, or never will be.
  mutating func wakeSenders(_ desk: LaneDesk) {
    for address in waiters.keys where desk.hasRoom(address) || isClosed(address.sender) {
      for waiter in waiters.removeValue(forKey: address) ?? [] { waiter.resume() }
    }
  }

  mutating func wake(_ address: LaneAddress) {
    for waiter in waiters.removeValue(forKey: address) ?? [] { waiter.resume() }
  }

  mutating func close(_ key: OrderKey) {
    closed.insert(key)
    for waiter in mailboxes[key]?.close() ?? [] {
      waiter.continuation.resume(throwing: CancellationError())
    }
    mailboxes[key] = nil
    seals = seals.filter { $0.key.sender != key }
    openers = openers.filter { $0.key.receiver != key }
    partial = partial.filter { $0.key.receiver != key }
  }

  mutating func forget(_ job: JobID) {
    for key in mailboxes.keys where key.job == job { close(key) }
    closed = closed.filter { $0.job != job }
    seals = seals.filter { $0.key.job != job }
    openers = openers.filter { $0.key.job != job }
    partial = partial.filter { $0.key.job != job }
    for address in waiters.keys where address.job == job { wake(address) }
  }
}
