package import MoiraModel
import Synchronization

/// What has come for one end of a lane, and who waits for it.
package struct Mailbox {
  package struct Letter: Sendable {
    package let from: PartyID
    package let bytes: [UInt8]

    package init(from: PartyID, bytes: [UInt8]) {
      self.from = from
      self.bytes = bytes
    }
  }

  package struct Waiter: Sendable {
    package let number: Int
    /// Nil for anybody's.
    package let sender: PartyID?
    package let continuation: CheckedContinuation<Letter, any Error>

    package init(
      number: Int, sender: PartyID?, continuation: CheckedContinuation<Letter, any Error>
    ) {
      self.number = number
      self.sender = sender
      self.continuation = continuation
    }
  }

  package struct Delivery {
    package let waiter: Waiter
    package let letter: Letter
  }

  /// Letters in the order in which they came; taken ones leave a gap until enough have gathered.
  private struct Queue {
    private var letters: [(arrival: Int, letter: Letter)?] = []
    private var first = 0

    var arrival: Int? { first < letters.count ? letters[first]?.arrival : nil }

    mutating func append(_ letter: Letter, arrival: Int) { letters.append((arrival, letter)) }

    mutating func pop() -> Letter? {
      guard first < letters.count else { return nil }
      let letter = letters[first]?.letter
      letters[first] = nil
      first += 1
      if first == letters.count || first >= 1024 && first * 2 > letters.count {
        letters.removeFirst(first)
        first = 0
      }
      return letter
    }
  }

  private static let numbers = Atomic(0)

  private var queues: [PartyID: Queue] = [:]
  /// What a fault holds back.
  private var held: [PartyID: [Letter]] = [:]
  private var arrivals = 0
  private var cancelled: Set<Int> = []
  private var isClosed = false
  package private(set) var waiters: [Waiter] = []

  package init() {}

  /// A number that no other waiter has.
  package static func nextNumber() -> Int { numbers.add(1, ordering: .relaxed).newValue }

  // MARK: Senders

  /// Gives the letter to the first who waits for it, or keeps it.
  package mutating func take(_ letter: Letter) -> Delivery? {
    if isClosed { return nil }
    let place = waiters.firstIndex { $0.sender == nil || $0.sender == letter.from }
    if let place { return Delivery(waiter: waiters.remove(at: place), letter: letter) }
    arrivals += 1
    queues[letter.from, default: Queue()].append(letter, arrival: arrivals)
    return nil
  }

  package mutating func hold(_ letter: Letter) {
    if !isClosed { held[letter.from, default: []].append(letter) }
  }

  /// Lets go of the first letter of some sender.
  package mutating func release(using generator: inout SeededGenerator) -> Delivery? {
    guard let sender = held.keys.sorted().randomElement(using: &generator),
      let letter = held[sender]?.removeFirst()
    else { return nil }
    if held[sender]?.isEmpty == true { held[sender] = nil }
    return take(letter)
  }

  // MARK: The receiver

  /// The letter if it is there, an error if none will come; nil when it has to wait.
  package mutating func ask(_ waiter: Waiter) -> Result<Letter, CancellationError>? {
    if cancelled.remove(waiter.number) != nil || isClosed { return .failure(CancellationError()) }
    if let letter = pop(from: waiter.sender) { return .success(letter) }
    waiters.append(waiter)
    return nil
  }

  private mutating func pop(from sender: PartyID?) -> Letter? {
    guard let from = sender ?? earliestSender else { return nil }
    return queues[from]?.pop()
  }

  private var earliestSender: PartyID? {
    var earliest: (sender: PartyID, arrival: Int)?
    for (sender, queue) in queues {
      guard let arrival = queue.arrival else { continue }
      if arrival < earliest?.arrival ?? Int.max { earliest = (sender, arrival) }
    }
    return earliest?.sender
  }

  /// Takes a waiter out; one that has not come yet is remembered.
  package mutating func cancel(_ number: Int) -> Waiter? {
    if isClosed { return nil }
    guard let place = waiters.firstIndex(where: { $0.number == number }) else {
      cancelled.insert(number)
      return nil
    }
    return waiters.remove(at: place)
  }

  /// Drops all that is there and all that comes later.
  ///
  /// - Returns: who still waited.
  package mutating func close() -> [Waiter] {
    let left = waiters
    self = Mailbox()
    isClosed = true
    return left
  }
}
