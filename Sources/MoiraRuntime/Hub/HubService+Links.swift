internal import MoiraModel
internal import MoiraRelay
internal import MoiraSchedule

/// What a job's links want of parties.
extension HubService {
  /// Has a part run to its end, wherever the hub stood when it was ordered first.
  func run(_ order: StartOrder, at party: PartyID, wait: Duration) async -> PartEnd {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // An order that is given twice is one order; whoever asked first is not waited for any more.
        ends.removeValue(forKey: order.key)?.resume(returning: .failed(.cancelledPart))
        ends[order.key] = continuation
        carryOut(desk.handle(.order(order, at: party, wait: wait), at: clock.now()))
        unsaid.remove(order.key)
        letAgentsIn()
        if Task.isCancelled { letGo(order.key) }
      }
    } onCancel: {
      Task { await self.letGo(order.key) }
    }
  }

  /// Nobody waits for the part any more, which goes on: the hub leaves, or the job is over, which its
  /// parties are told.
  private func letGo(_ key: OrderKey) {
    ends.removeValue(forKey: key)?.resume(returning: .failed(.cancelledPart))
  }

  /// Returns when every order that the last process had given is given again: an agent that connects
  /// before that would be told to end what is wanted still.
  func ordersAreSaid() async {
    guard !unsaid.isEmpty else { return }
    await withCheckedContinuation { waitingForOrders.append($0) }
  }

  func letAgentsIn() {
    guard unsaid.isEmpty else { return }
    for waiter in waitingForOrders { waiter.resume() }
    waitingForOrders = []
  }

  /// Tells a party to end a part.
  func withdraw(_ key: OrderKey) {
    if !isLeaving { carryOut(desk.handle(.withdraw(key), at: clock.now())) }
  }

  /// The one answer to a question: the party's, or why there is none.
  func ask(_ question: Question, of party: PartyID, wait: Duration) async -> Answer {
    lastQuestion += 1
    let number = lastQuestion
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        askers[number] = .once(continuation)
        let event = HubDesk.Event.ask(number, question, of: party, wait: wait)
        carryOut(desk.handle(event, at: clock.now()))
        if Task.isCancelled { letGo(number, of: party) }
      }
    } onCancel: {
      Task { await self.letGo(number, of: party) }
    }
  }

  /// Nobody waits for the answer any more.
  private func letGo(_ question: UInt64, of party: PartyID) {
    guard let asker = askers.removeValue(forKey: question) else { return }
    carryOut(desk.handle(.unask(question, of: party), at: clock.now()))
    if case .once(let continuation) = asker {
      continuation.resume(returning: .failed(.cancelledPart))
    }
  }

  /// Whoever waits for an answer.
  enum Asker {
    case once(CheckedContinuation<Answer, Never>)
    case pieces((Answer) -> Void)
  }

  /// An agent may say what it likes, as often as it likes: whoever asked for one answer gets one.
  func hear(_ answer: Answer, to number: UInt64) {
    switch askers[number] {
    case .once(let continuation):
      askers[number] = nil
      continuation.resume(returning: answer)
    case .pieces(let take):
      if answer.isLast { askers[number] = nil }
      take(answer)
    case nil: break
    }
  }

  /// The pieces of a long answer, as they come.
  func askForPieces(
    _ question: Question, of party: PartyID, wait: Duration
  ) -> AsyncThrowingStream<[UInt8], any Error> {
    let (stream, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self)
    lastQuestion += 1
    let number = lastQuestion
    continuation.onTermination = { _ in Task { await self.letGo(number, of: party) } }
    var expected: UInt64 = 0
    askers[number] = .pieces { answer in
      switch answer {
      case .piece(let number, let bytes, let isLast):
        guard number == expected else { return }
        expected += 1
        continuation.yield(bytes)
        if isLast { continuation.finish() }
      case .failed(let failure): continuation.finish(throwing: failure)
      case .fingerprint, .holds:
        continuation.finish(
          throwing: Failure("protocol-violation", "'\(party)' answered another question"))
      }
    }
    let event = HubDesk.Event.ask(number, question, of: party, wait: wait)
    carryOut(desk.handle(event, at: clock.now()))
    return stream
  }
}

extension Failure {
  static let cancelledPart = Failure("cancelled", "the part was cancelled")
}
