import MoiraModel
import MoiraSchedule

@testable import MoiraRelay

/// An agent with its disk: keeps what it is asked to, and gives back the other actions.
struct ScriptedAgent {
  var disk = AgentMemory()
  var machine = AgentMachine(restoring: AgentMemory(), incarnation: 1)

  init(connected: Bool = true, agreed: Bool = true) {
    if connected { _ = tell(.connected) }
    if agreed { agree() }
  }

  mutating func agree(to id: JobID = job) {
    _ = hear(.consider(id, proposal: []))
    _ = tell(.decided(id, granted))
  }

  mutating func tell(_ event: AgentMachine.Event) -> [AgentMachine.Action] {
    machine.handle(event).filter { action in
      guard case .keep(let changes) = action else { return true }
      for change in changes { disk.apply(change) }
      return false
    }
  }

  mutating func hear(_ message: HubMessage) -> [AgentMachine.Action] { tell(.received(message)) }

  /// The process dies, and another begins with what was kept.
  mutating func restart(connected: Bool = true) {
    machine = AgentMachine(restoring: disk, incarnation: machine.incarnation + 1)
    if connected { _ = tell(.connected) }
  }

  /// Sends pieces from one part to another.
  mutating func send(_ count: Int, to address: LaneAddress = lane()) -> [Letter] {
    (0..<count).flatMap { _ in machine.lanes.add([1], endsMessage: true, to: address) }
  }
}

extension AgentMachine.Action {
  static func told(_ number: UInt64, _ key: OrderKey, _ end: PartEnd) -> Self {
    .send(.told(number, .ended(key, end)))
  }
}
