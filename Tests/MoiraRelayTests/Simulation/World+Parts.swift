import MoiraModel
import MoiraSchedule

@testable import MoiraRelay

/// A program in an agent's process, with the ends of its lanes.
struct RunningPart {
  var program: SumProgram
  let seats: [PartyID]
  let job: Int
  var outgoing: [PartyID: Outgoing] = [:]
  var incoming: [PartyID: Incoming] = [:]
  var isWoken = false
  var end: UInt64?

  /// What is to be sealed and sent when there is room.
  struct Outgoing {
    var pieces: [(value: UInt64, endsMessage: Bool)] = []
  }

  struct Incoming {
    var letters: UInt64 = 0
    var sum: UInt64 = 0
    var bytes = 0
    var messages: [(value: UInt64, bytes: Int)] = []
  }

  init(_ order: StartOrder, _ task: SimulatedTask, _ job: SimulatedJob) {
    program = SumProgram(order, task)
    seats = task.shape.parties
    self.job = task.job
  }

  /// What is sealed into each letter of a lane, so that one of another lane does not open.
  func seal(_ address: LaneAddress) -> UInt64 {
    let from = seats.firstIndex(of: address.from) ?? 255
    let to = seats.firstIndex(of: address.to) ?? 255
    let task = address.task.text.utf8.last ?? 0
    return UInt64(job) << 48 | UInt64(task) << 40 | UInt64(address.attempt) << 16 | UInt64(from)
      << 8
      | UInt64(to)
  }

  func address(from: PartyID, to: PartyID) -> LaneAddress {
    let key = program.key
    return LaneAddress(
      job: key.job, task: key.part.task, attempt: key.part.attempt, from: from, to: to)
  }
}

extension World {
  /// The part goes on in a moment.
  mutating func wake(_ place: Int, _ key: OrderKey) {
    guard let part = agents[place].process?.parts[key], !part.isWoken else { return }
    agents[place].process?.parts[key]?.isWoken = true
    plan(.step(place, key, life: agents[place].life), in: 0...50)
  }

  mutating func step(_ place: Int, _ key: OrderKey, life: UInt64) {
    guard agents[place].life == life, agents[place].process?.parts[key] != nil else { return }
    agents[place].process?.parts[key]?.isWoken = false
    var isGoing = true
    while isGoing, agents[place].life == life, pump(place, key),
      let next = agents[place].process?.parts[key]?.program.next()
    {
      isGoing = follow(next, place, key)
    }
  }

  /// - Returns: whether the part goes on at once.
  private mutating func follow(_ step: SumProgram.Step, _ place: Int, _ key: OrderKey) -> Bool {
    switch step {
    case .send(let messages):
      for message in messages { enqueue(message, place, key) }
      return true
    case .wait(let parties): return take(place, key, parties)
    case .report(let round):
      ledger.told[key, default: []].append(UInt8(round))
      tellAgent(place, .reported(key, [UInt8(round)]))
      return true
    case .end(let value):
      let made = ArtifactReference(
        port: "out", kind: .model, hash: ContentHash("\(value)"), bytes: 8)
      finish(place, key, .succeeded(outputs: [made], absent: nil))
      return false
    case .fail:
      finish(place, key, .failed(Failure("flaky", "for this once", isTransient: true)))
      return false
    }
  }

  mutating func finish(_ place: Int, _ key: OrderKey, _ end: PartEnd) {
    agents[place].process?.parts[key] = nil
    tellAgent(place, .ended(key, end))
  }

  // MARK: Sending

  /// Letter 0 opens the lane.
  private mutating func enqueue(_ message: SumProgram.Message, _ place: Int, _ key: OrderKey) {
    var outgoing = agents[place].process?.parts[key]?.outgoing[message.to]
    if outgoing == nil { outgoing = RunningPart.Outgoing(pieces: [(0, false)]) }
    for (index, piece) in message.pieces.enumerated() {
      outgoing?.pieces.append((piece, index == message.pieces.count - 1))
    }
    agents[place].process?.parts[key]?.outgoing[message.to] = outgoing
  }

  /// - Returns: whether all that the part has sent has found room.
  private mutating func pump(_ place: Int, _ key: OrderKey) -> Bool {
    guard let part = agents[place].process?.parts[key] else { return false }
    for to in part.outgoing.keys.sorted() {
      let address = part.address(from: key.part.party, to: to)
      let seal = part.seal(address)
      for (sent, piece) in (part.outgoing[to]?.pieces ?? []).enumerated() {
        guard let lanes = agents[place].process?.machine.lanes, lanes.hasRoom(address) else {
          agents[place].process?.parts[key]?.outgoing[to]?.pieces.removeFirst(sent)
          return false
        }
        let bytes = sealed(seal, lanes.next(address), piece.value)
        let due =
          agents[place].process?.machine.lanes.add(
            bytes, endsMessage: piece.endsMessage, to: address) ?? []
        for letter in due { sendToHub(place, .letter(letter)) }
      }
      agents[place].process?.parts[key]?.outgoing[to]?.pieces = []
    }
    return true
  }

  private func sealed(_ seal: UInt64, _ number: UInt64, _ value: UInt64) -> [UInt8] {
    withUnsafeBytes(of: (seal, number, value)) { Array($0) }
  }

  // MARK: Receiving

  mutating func takeLetter(_ place: Int, _ letter: Letter) {
    let address = letter.address
    switch agents[place].process?.machine.lanes.verdict(letter) {
    case .tell(let receipt): sendToHub(place, .receipt(receipt))
    case .open:
      guard let part = agents[place].process?.parts[address.receiver] else {
        return violate("\(address) is let in, but its part does not run")
      }
      letIn(place, letter, part)
    case nil: break
    }
  }

  private mutating func letIn(_ place: Int, _ letter: Letter, _ part: RunningPart) {
    let address = letter.address
    let key = address.receiver
    let (seal, number, value) = letter.sealed.withUnsafeBytes {
      $0.loadUnaligned(as: (UInt64, UInt64, UInt64).self)
    }
    var incoming = part.incoming[address.from] ?? RunningPart.Incoming()
    if seal != part.seal(address) { return violate("a letter of another lane comes by \(address)") }
    if number != incoming.letters { violate("\(address): \(number) after \(incoming.letters)") }
    let bytes = number == 0 ? 0 : part.program.task.pieceBytes
    incoming.letters += 1
    incoming.sum = incoming.sum &+ value
    incoming.bytes += bytes
    if letter.endsMessage {
      incoming.messages.append((incoming.sum, incoming.bytes))
      incoming.sum = 0
      incoming.bytes = 0
    }
    agents[place].process?.parts[key]?.incoming[address.from] = incoming
    if let receipt = agents[place].process?.machine.lanes.letIn(letter, bytes: bytes) {
      sendToHub(place, .receipt(receipt))
    }
    if letter.endsMessage { wake(place, key) }
  }

  /// - Returns: whether a message of one of the parties was there.
  private mutating func take(_ place: Int, _ key: OrderKey, _ parties: [PartyID]) -> Bool {
    guard let part = agents[place].process?.parts[key],
      let from = parties.first(where: { part.incoming[$0]?.messages.isEmpty == false }),
      let message = agents[place].process?.parts[key]?.incoming[from]?.messages.removeFirst()
    else { return false }
    agents[place].process?.parts[key]?.program.receive(message.value, from: from)
    let address = part.address(from: from, to: key.part.party)
    if let receipt = agents[place].process?.machine.lanes.taken(bytes: message.bytes, from: address)
    {
      sendToHub(place, .receipt(receipt))
    }
    return true
  }
}
