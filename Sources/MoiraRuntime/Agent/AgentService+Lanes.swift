internal import MoiraCrypto
internal import MoiraModel
internal import MoiraRelay
internal import MoiraSchedule

/// What parts send to one another.
extension AgentService {
  /// Seals a message piece by piece, as fast as its receiver takes it.
  func send(_ message: [UInt8], from key: OrderKey, to party: PartyID) async throws {
    let address = LaneAddress(
      job: key.job, task: key.part.task, attempt: key.part.attempt, from: key.part.party,
      to: party)
    try await openLane(address)
    if message.count <= LaneLimits.letterBytes {
      return try await send(message, endsMessage: true, to: address)
    }
    for piece in message.pieces(of: LaneLimits.letterBytes) {
      try await send(Array(piece), endsMessage: piece.endIndex == message.count, to: address)
    }
  }

  private func openLane(_ address: LaneAddress) async throws {
    guard lanes.seals[address] == nil else { return }
    let job = try await agreed(address.job)
    guard let peer = job.peer(address.to) else {
      throw Failure("party-unreachable", "'\(address.to)' has no part in the job '\(address.job)'")
    }
    guard lanes.seals[address] == nil else { return }
    dial(address, in: job)
    let seals = LaneSeals(from: sealing, to: peer.sealing, context: address.context)
    lanes.seals[address] = seals
    post(machine.lanes.add(seals.opening, endsMessage: false, to: address))
  }

  private func send(_ piece: [UInt8], endsMessage: Bool, to address: LaneAddress) async throws {
    while !machine.lanes.hasRoom(address), !lanes.isClosed(address.sender) {
      try Task.checkCancellation()
      await withTaskCancellationHandler {
        await withCheckedContinuation { lanes.wait($0, for: address) }
      } onCancel: {
        Task { await self.wake(address) }
      }
    }
    try Task.checkCancellation()
    guard let sealed = lanes.seals[address]?.seal(piece, isLast: endsMessage) else {
      throw CancellationError()
    }
    post(machine.lanes.add(sealed, endsMessage: endsMessage, to: address))
  }

  private func wake(_ address: LaneAddress) { lanes.wake(address) }

  func post(_ letters: [Letter]) {
    // What finds no room is sent again when its receipt does not come.
    for letter in letters {
      way(letter.address)?.add(.letter(letter), bytes: letter.sealed.count)
    }
  }

  // MARK: What comes

  /// Lets a letter in if it is the next one and its seal opens.
  func take(_ letter: Letter) {
    let address = letter.address
    guard machine.memory.consents[address.job]?.isGranted == true else {
      return refuse(.withoutConsent(address.job))
    }
    guard letter.sealed.count <= LaneLimits.sealedBytes else { return refuse(.tooLong(address)) }
    switch machine.lanes.verdict(letter) {
    case .tell(let receipt):
      // A partner's order may be carried out before this party's own has come, or has been kept.
      let key = address.receiver
      if parts[key] == nil, machine.memory.parts[key]?.end == nil { park(letter) }
      reply(receipt)
    case .open: open(letter)
    }
  }

  /// Letters for a part whose beginning is being kept: were they let in before, a crash in between
  /// would lose them for the next process, which runs the part.
  func takeEarly(of key: OrderKey) {
    for letter in early.removeValue(forKey: key) ?? [] { take(letter) }
  }

  private func park(_ letter: Letter) {
    let key = letter.address.receiver
    guard early[key] != nil || early.count < Self.earlyParts,
      early[key, default: []].count < Self.earlyLimit
    else { return }
    early[key, default: []].append(letter)
  }

  private func open(_ letter: Letter) {
    guard parts[letter.address.receiver] != nil else { return park(letter) }
    guard let job = proposals[letter.address.job] else {
      // After a restart: the proposal is read first, and the letter comes again.
      Task { _ = try? await agreed(letter.address.job) }
      return
    }
    let address = letter.address
    guard job.holders[address.to] == site.party, let peer = job.peer(address.from) else {
      return refuse(.misrouted(address.job))
    }
    if letter.number == 0 {
      guard
        let opener = LaneOpener(
          letter.sealed, from: peer.sealing, to: sealing, context: address.context)
      else { return refuse(.broken(address)) }
      lanes.openers[address] = opener
      return letIn(letter, bytes: 0)
    }
    guard let piece = lanes.openers[address]?.open(letter.sealed, isLast: letter.endsMessage)
    else { return refuse(.broken(address)) }
    assemble(piece, letter)
    letIn(letter, bytes: piece.count)
  }

  private func assemble(_ piece: [UInt8], _ letter: Letter) {
    let address = letter.address
    guard letter.endsMessage else {
      lanes.partial[address, default: []].append(contentsOf: piece)
      return
    }
    var message = lanes.partial.removeValue(forKey: address) ?? []
    if message.isEmpty { message = piece } else { message.append(contentsOf: piece) }
    let delivery = lanes.mailboxes[address.receiver, default: Mailbox()].take(
      .init(from: address.from, bytes: message))
    if let delivery { delivery.waiter.continuation.resume(returning: delivery.letter) }
  }

  private func letIn(_ letter: Letter, bytes: Int) {
    if let receipt = machine.lanes.letIn(letter, bytes: bytes) { reply(receipt) }
  }

  private func reply(_ receipt: Receipt) { wayBack(receipt.address)?.add(.receipt(receipt)) }

  func refuse(_ refusal: RelayRefusal) { Task { await site.record(.refused(refusal)) } }

  // MARK: Parts that wait

  /// The next message for the part, of one sender or of any.
  func receive(at key: OrderKey, from sender: PartyID?) async throws -> Mailbox.Letter {
    if lanes.isClosed(key) { throw CancellationError() }
    let number = Mailbox.nextNumber()
    let letter = try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let waiter = Mailbox.Waiter(number: number, sender: sender, continuation: continuation)
        switch lanes.mailboxes[key, default: Mailbox()].ask(waiter) {
        case .success(let letter): continuation.resume(returning: letter)
        case .failure(let error): continuation.resume(throwing: error)
        case nil: break
        }
      }
    } onCancel: {
      Task { await self.cancel(number, at: key) }
    }
    taken(letter, at: key)
    return letter
  }

  private func cancel(_ number: Int, at key: OrderKey) {
    let waiter = lanes.mailboxes[key, default: Mailbox()].cancel(number)
    waiter?.continuation.resume(throwing: CancellationError())
  }

  private func taken(_ letter: Mailbox.Letter, at key: OrderKey) {
    let address = LaneAddress(
      job: key.job, task: key.part.task, attempt: key.part.attempt, from: letter.from,
      to: key.part.party)
    if let receipt = machine.lanes.taken(bytes: letter.bytes.count, from: address) {
      reply(receipt)
    }
  }

  func close(_ key: OrderKey) {
    lanes.close(key)
    lanes.wakeSenders(machine.lanes)
  }
}

extension LaneAddress {
  /// What seals and letters of the lane are bound to.
  var context: [UInt8] {
    var writer = ByteWriter()
    writer.write("moira/lane/1")
    writer.write(job.text)
    writer.write(task.text)
    writer.write(UInt64(attempt))
    writer.write(from.text)
    writer.write(to.text)
    return writer.bytes
  }
}
