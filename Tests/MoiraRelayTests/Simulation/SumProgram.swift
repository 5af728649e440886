import MoiraModel
import MoiraRelay
import MoiraSchedule

/// One part of a simulated task, without lanes: messages in, messages and an end out.
///
/// 1. Each client sends the arbiter its value of the round, in pieces that sum up to it.
/// 2. The arbiter sends each client the sum of the round.
/// 3. Both report the round, and go on with the next.
struct SumProgram {
  let key: OrderKey
  let task: SimulatedTask
  /// What earlier tasks made here, summed up.
  let input: UInt64
  private(set) var round = 0
  private var sum: UInt64 = 0
  private var heard: Set<PartyID> = []
  private var total: UInt64 = 0

  struct Message {
    let to: PartyID
    let pieces: [UInt64]
  }

  enum Step {
    case send([Message])
    /// Wait for the next message of one of these.
    case wait([PartyID])
    case report(Int)
    case end(UInt64)
    case fail
  }

  init(_ order: StartOrder, _ task: SimulatedTask) {
    key = order.key
    self.task = task
    input = order.inputs.values.reduce(0) { $0 &+ (UInt64($1.hash.text) ?? 0) }
  }

  private enum Phase { case begun, waiting, summed, heard, done }
  private var phase = Phase.begun

  private var isArbiter: Bool { key.part.party == task.arbiter }

  /// What the part does next, as long as nothing comes.
  mutating func next() -> Step {
    switch phase {
    case .begun:
      phase = .waiting
      if isArbiter { return next() }
      let value = task.value(of: key.part.party, round: round) &+ input
      return .send([Message(to: task.arbiter, pieces: split(value))])
    case .waiting:
      if let flaky = task.flaky, flaky.party == key.part.party,
        flaky.attempts.contains(key.part.attempt)
      {
        return .fail
      }
      let others = isArbiter ? task.clients : [task.arbiter]
      return .wait(others.filter { !heard.contains($0) })
    case .summed:
      phase = .heard
      return isArbiter ? .send(task.clients.map { Message(to: $0, pieces: [sum]) }) : next()
    case .heard:
      defer { round += 1 }
      total = total &+ sum
      sum = 0
      heard = []
      phase = round + 1 == task.rounds ? .done : .begun
      return .report(round)
    case .done:
      return .end((isArbiter ? total &* 3 : total) &+ input)
    }
  }

  mutating func receive(_ value: UInt64, from party: PartyID) {
    sum = sum &+ value
    heard.insert(party)
    if heard.count == (isArbiter ? task.clients.count : 1) { phase = .summed }
  }

  private func split(_ value: UInt64) -> [UInt64] {
    let rest = (1..<task.pieces).map { UInt64($0 * 7) }
    return [value &- rest.reduce(0, &+)] + rest
  }
}
