public import MoiraModel
public import MoiraRuntime
public import MoiraSchedule
import Synchronization

/// Lanes in memory, for parties that are all in this process.
public final class MemoryTransport: Transport {
  /// One party's end of one attempt's lane.
  struct Address: Hashable {
    let job: JobID
    let part: PartKey
  }

  private struct State {
    var mailboxes: [Address: Mailbox] = [:]
    var cuts: CutLanes
    /// Lanes that a part has opened and not closed yet.
    var open: Set<Address> = []
    var generator: SeededGenerator
  }

  private let parties: Set<PartyID>?
  private let faults: TransportFaults
  private let state: Mutex<State>

  /// - Parameter parties: who can be reached; nil for everybody.
  public init(parties: Set<PartyID>? = nil, faults: TransportFaults = TransportFaults()) {
    self.parties = parties
    self.faults = faults
    state = Mutex(
      State(
        cuts: CutLanes(faults.cuts), generator: SeededGenerator(seed: faults.reorderSeed ?? 0)))
  }

  public func lane(_ part: PartKey, of job: JobID) -> any Lane {
    let address = Address(job: job, part: part)
    state.withLock { _ = $0.open.insert(address) }
    return MemoryLane(address, self)
  }

  /// How many parts wait for a message, if all that have a lane do: then only time can go on.
  public var waitingParts: Int? {
    state.withLock { state in
      let isQuiet = state.open.allSatisfy { state.mailboxes[$0]?.waiters.isEmpty == false }
      return isQuiet ? state.open.count : nil
    }
  }

  /// Lets go of all that is kept for a job that is over: messages nobody opened, and the marks of
  /// closed lanes.
  public func forget(_ job: JobID) {
    let ended = state.withLock { state in
      let gone = state.mailboxes.filter { $0.key.job == job }
      state.mailboxes = state.mailboxes.filter { $0.key.job != job }
      return gone.values.flatMap(\.waiters)
    }
    for waiter in ended { waiter.continuation.resume(throwing: CancellationError()) }
  }

  // MARK: Lanes

  func send(_ message: [UInt8], from sender: Address, to party: PartyID) throws(Failure) {
    if let parties, !parties.contains(party) {
      throw Failure("party-unreachable", "'\(party)' cannot be reached from '\(sender.part.party)'")
    }
    if faults.silent.contains(party) || faults.silent.contains(sender.part.party) { return }
    let part = PartKey(task: sender.part.task, attempt: sender.part.attempt, party: party)
    let letter = Mailbox.Letter(from: sender.part.party, bytes: message)
    let post = CutLanes.Post(letter: letter, address: Address(job: sender.job, part: part))
    for post in state.withLock({ $0.cuts.admit(post) }) {
      if faults.reorderSeed == nil {
        change(post.address) { mailbox, _ in mailbox.take(post.letter) }
      } else {
        holdBack(post.letter, for: post.address)
      }
    }
  }

  /// Each letter that is held back lets one go later: the first of some sender.
  private func holdBack(_ letter: Mailbox.Letter, for address: Address) {
    let turns = state.withLock { state in
      state.mailboxes[address, default: Mailbox()].hold(letter)
      return Int.random(in: 0...max(faults.longestDelay, 0), using: &state.generator)
    }
    Task {
      for _ in 0..<turns { await Task.yield() }
      change(address) { mailbox, generator in mailbox.release(using: &generator) }
    }
  }

  /// Changes a mailbox, and gives whoever waits there what has come for them.
  private func change(
    _ address: Address,
    _ body: (inout Mailbox, inout SeededGenerator) -> Mailbox.Delivery?
  ) {
    let delivery = state.withLock { state in
      body(&state.mailboxes[address, default: Mailbox()], &state.generator)
    }
    guard let delivery else { return }
    delivery.waiter.continuation.resume(returning: delivery.letter)
  }

  func receive(at address: Address, _ waiter: Mailbox.Waiter) {
    let letter: Result<Mailbox.Letter, CancellationError>? = state.withLock { state in
      state.mailboxes[address, default: Mailbox()].ask(waiter)
    }
    switch letter {
    case .success(let letter): waiter.continuation.resume(returning: letter)
    case .failure(let error): waiter.continuation.resume(throwing: error)
    case nil: break
    }
  }

  func cancel(_ number: Int, at address: Address) {
    let waiter = state.withLock { state in
      state.mailboxes[address, default: Mailbox()].cancel(number)
    }
    waiter?.continuation.resume(throwing: CancellationError())
  }

  func close(_ address: Address) {
    let waiters = state.withLock { state in
      state.open.remove(address)
      return state.mailboxes[address, default: Mailbox()].close()
    }
    for waiter in waiters { waiter.continuation.resume(throwing: CancellationError()) }
  }
}

/// One end of a lane.
private final class MemoryLane: Lane {
  private let address: MemoryTransport.Address
  private let transport: MemoryTransport

  init(_ address: MemoryTransport.Address, _ transport: MemoryTransport) {
    self.address = address
    self.transport = transport
  }

  func send(_ message: [UInt8], to party: PartyID) throws(Failure) {
    try transport.send(message, from: address, to: party)
  }

  func receive(from sender: PartyID?) async throws -> (from: PartyID, bytes: [UInt8]) {
    let number = Mailbox.nextNumber()
    let letter = try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        transport.receive(
          at: address, .init(number: number, sender: sender, continuation: continuation))
      }
    } onCancel: {
      transport.cancel(number, at: address)
    }
    return (letter.from, letter.bytes)
  }

  func close() { transport.close(address) }
}
