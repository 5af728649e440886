import MoiraModel
import MoiraSchedule
import Testing

@testable import MoiraRelay

@Suite struct AgentPartTests {
  @Test func `an order that comes again begins nothing, and is answered with the end`() {
    var agent = ScriptedAgent()
    #expect(agent.hear(.start(order(), turn: 1)) == [.start(order())])
    #expect(agent.hear(.start(order(), turn: 2)) == [])
    #expect(agent.tell(.ended(key(), done)) == [.told(1, key(), done)])
    #expect(agent.hear(.start(order(), turn: 3)) == [.told(1, key(), done)])
    _ = agent.hear(.noted(1))
    #expect(agent.hear(.start(order(), turn: 4)) == [.told(2, key(), done)])
  }

  @Test func `a part that ends says what came for it, after its end is kept`() {
    var agent = ScriptedAgent()
    _ = agent.hear(.start(order(), turn: 1))
    #expect(agent.machine.lanes.verdict(letter(0, lane("b", "a"))) == .open)
    #expect(agent.machine.lanes.letIn(letter(0, lane("b", "a")), bytes: 1) == nil)
    let actions = agent.machine.handle(.ended(key(), done))
    let closed = Receipt(address: lane("b", "a"), next: Receipt.closed, limit: Receipt.closed)
    guard case .keep = actions.first else {
      Issue.record("nothing is kept")
      return
    }
    #expect(actions.last == .send(.receipt(closed)))
  }

  @Test func `a part that ran in a process before is lost, and said to be so on order or cancel`() {
    for message in [HubMessage.start(order(), turn: 1), .cancel(key())] {
      var agent = ScriptedAgent()
      _ = agent.hear(.start(order(), turn: 1))
      agent.restart()
      #expect(agent.hear(message) == [.told(1, key(), .lost)])
      #expect(agent.disk.parts[key()]?.end == .lost)
      #expect(agent.hear(message) == [.told(1, key(), .lost)])
    }
  }

  @Test func `a crash between keeping and beginning is a part lost, not one run twice`() {
    var agent = ScriptedAgent()
    guard case .keep(let changes) = agent.machine.handle(.received(.start(order(), turn: 1))).first
    else {
      Issue.record("nothing is kept")
      return
    }
    for change in changes { agent.disk.apply(change) }
    agent.restart()
    #expect(agent.hear(.start(order(), turn: 1)) == [.told(1, key(), .lost)])
  }

  @Test func `an end that was kept is told by the next process`() {
    var agent = ScriptedAgent()
    _ = agent.hear(.start(order(), turn: 1))
    _ = agent.tell(.ended(key(), done))
    agent.restart(connected: false)
    #expect(agent.machine.firstTold == 1)
    #expect(agent.tell(.connected).contains(.told(1, key(), done)))
    #expect(agent.hear(.start(order(), turn: 1)) == [.told(1, key(), done)])
  }

  @Test func `a cancel ends what runs, and the part says its own end`() {
    var agent = ScriptedAgent()
    _ = agent.hear(.start(order(), turn: 1))
    #expect(agent.hear(.cancel(key())) == [.cancel(key())])
    #expect(agent.hear(.cancel(key())) == [.cancel(key())])
    _ = agent.tell(.ended(key(), .failed(.cancelled)))
    #expect(agent.hear(.cancel(key())) == [.told(1, key(), .failed(.cancelled))])
  }

  @Test func `a cancel that overtakes the order holds`() {
    var agent = ScriptedAgent()
    #expect(agent.hear(.cancel(key())) == [.told(1, key(), .failed(.cancelled))])
    #expect(agent.hear(.start(order(), turn: 1)) == [.told(1, key(), .failed(.cancelled))])
    #expect(agent.machine.lanes.lookAt(letter(0, lane("b", "a"))) == .tell(closedTo("a")))
    agent.restart()
    #expect(agent.hear(.start(order(), turn: 1)) == [.told(1, key(), .failed(.cancelled))])
  }

  @Test func `a cancel in an unknown job is not remembered`() {
    var agent = ScriptedAgent(agreed: false)
    #expect(agent.hear(.cancel(key())) == [])
    #expect(agent.disk == AgentMemory())
  }

  @Test func `what the hub does not want is cancelled, unless it was ordered later`() {
    var agent = ScriptedAgent()
    _ = agent.hear(.start(order("a"), turn: 3))
    _ = agent.hear(.start(order("b"), turn: 5))
    #expect(agent.hear(.standing([key("a"), key("b")], turn: 9)) == [])
    #expect(agent.hear(.standing([], turn: 3)) == [])
    #expect(agent.hear(.standing([], turn: 5)) == [.cancel(key("a"))])
    _ = agent.hear(.start(order("a"), turn: 8))
    #expect(agent.hear(.standing([], turn: 7)) == [.cancel(key("b"))])
    #expect(agent.hear(.standing([key("b")], turn: 9)) == [.cancel(key("a"))])
  }

  @Test
  func `a part that was ended because nobody wanted it is lost, should it be wanted after all`() {
    var agent = ScriptedAgent()
    _ = agent.hear(.start(order("a"), turn: 3))
    _ = agent.hear(.start(order("b"), turn: 3))
    _ = agent.hear(.standing([], turn: 4))
    #expect(agent.tell(.ended(key("a"), .failed(.cancelled))).contains(.told(1, key("a"), .lost)))
    #expect(agent.tell(.ended(key("b"), done)).contains(.told(2, key("b"), done)))
    #expect(agent.hear(.start(order("a"), turn: 5)).contains(.told(1, key("a"), .lost)))
    _ = agent.hear(.start(order("c"), turn: 6))
    _ = agent.hear(.cancel(key("c")))
    let cancelled = agent.tell(.ended(key("c"), .failed(.cancelled)))
    #expect(cancelled.contains(.told(3, key("c"), .failed(.cancelled))))
  }

  @Test func `turns of a hub that died mean nothing to the next one`() {
    var agent = ScriptedAgent()
    _ = agent.hear(.start(order(), turn: 900))
    _ = agent.tell(.disconnected)
    _ = agent.tell(.connected)
    #expect(agent.hear(.standing([], turn: 1)) == [.cancel(key())])
  }

  @Test func `letters left at the end of a part are sent by the next process until received`() {
    var agent = ScriptedAgent()
    _ = agent.hear(.start(order(), turn: 1))
    #expect(agent.send(20).numbers() == Array(0..<16))
    #expect(agent.hear(.receipt(receipt(1))) == [.send(.letter(letter(16, sealed: [1])))])
    _ = agent.tell(.ended(key(), done))
    #expect(agent.disk.letters[lane()]?.numbers() == Array(1..<20))
    agent.restart(connected: false)
    let said = agent.tell(.connected)
    #expect((1..<17).allSatisfy { said.contains(.send(.letter(letter($0, sealed: [1])))) })
    #expect(agent.hear(.receipt(receipt(10))).count == 3)
    #expect(agent.disk.letters.count == 1)
    #expect(agent.hear(.receipt(receipt(20))) == [])
    #expect(agent.disk.letters.isEmpty)
    #expect(agent.machine.lanes.isDrained(lane()))
  }

  @Test func `letters for a partner that is over are kept no longer`() {
    var agent = ScriptedAgent()
    _ = agent.hear(.start(order(), turn: 1))
    _ = agent.send(3)
    _ = agent.tell(.ended(key(), done))
    _ = agent.hear(.receipt(closed))
    #expect(agent.disk.letters.isEmpty)
  }

  @Test func `a letter that reaches the machine itself is refused`() {
    var agent = ScriptedAgent()
    #expect(agent.hear(.letter(letter(0))) == [.refuse(.misrouted(job))])
  }
}

private func closedTo(_ party: PartyID) -> Receipt {
  Receipt(address: lane("b", party), next: Receipt.closed, limit: Receipt.closed)
}

extension LaneDesk {
  /// The verdict on a letter, of a copy.
  fileprivate func lookAt(_ letter: Letter) -> Verdict {
    var copy = self
    return copy.verdict(letter)
  }
}
