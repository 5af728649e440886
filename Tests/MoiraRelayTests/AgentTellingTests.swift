import MoiraModel
import MoiraSchedule
import Testing

@testable import MoiraRelay

@Suite struct AgentTellingTests {
  func report(_ number: UInt64, _ value: UInt8) -> AgentMachine.Action {
    .send(.told(number, .report(key(), [value])))
  }

  func running() -> ScriptedAgent {
    var agent = ScriptedAgent()
    _ = agent.hear(.start(order(), turn: 1))
    return agent
  }

  @Test
  func
    `tellings are numbered from 1 without a gap, and from the last on the disk by the next process`()
  {
    var agent = running()
    #expect(agent.machine.firstTold == 1)
    #expect(agent.tell(.reported(key(), [1])) == [report(1, 1)])
    #expect(agent.tell(.reported(key(), [2])) == [report(2, 2)])
    #expect(agent.tell(.ended(key(), done)) == [.told(3, key(), done)])
    _ = agent.hear(.noted(3))
    _ = agent.tell(.tick)
    #expect(agent.disk.tellings.isEmpty)
    agent.restart()
    #expect(agent.machine.firstTold == 4)
    #expect(agent.hear(.start(order(), turn: 1)) == [.told(4, key(), done)])
  }

  @Test
  func `reports reach the disk with an end or on a tick, those that were noted by then never`() {
    var agent = running()
    _ = agent.tell(.reported(key(), [1]))
    _ = agent.tell(.reported(key(), [2]))
    #expect(agent.disk.tellings.isEmpty)
    _ = agent.hear(.noted(1))
    _ = agent.tell(.tick)
    #expect(agent.disk.tellings == [2: .report(key(), [2])])
    _ = agent.tell(.reported(key(), [3]))
    _ = agent.hear(.noted(2))
    #expect(agent.disk.tellings == [2: .report(key(), [2])])
    _ = agent.tell(.ended(key(), done))
    #expect(agent.disk.tellings == [3: .report(key(), [3]), 4: .ended(key(), done)])
    // What was told and is not on the disk goes with the process, as its part does.
    agent.restart()
    #expect(agent.machine.firstTold == 3)
  }

  @Test func `what a part tells that does not run is dropped`() {
    var agent = ScriptedAgent()
    #expect(agent.tell(.reported(key(), [1])) == [])
    #expect(agent.tell(.ended(key(), done)) == [])
    #expect(agent.disk.tellings.isEmpty)
  }

  @Test func `a telling is said on each tick but its first, until it is noted`() {
    var agent = running()
    _ = agent.tell(.reported(key(), [1]))
    let consent = AgentMachine.Action.send(.decided(job, granted))
    #expect(agent.tell(.tick) == [consent])
    _ = agent.tell(.reported(key(), [2]))
    #expect(agent.tell(.tick) == [report(1, 1), consent])
    #expect(agent.tell(.tick) == [report(1, 1), report(2, 2), consent])
    #expect(agent.hear(.noted(1)) == [])
    #expect(agent.tell(.tick) == [report(2, 2), consent])
    #expect(agent.hear(.noted(1)) == [])
    #expect(agent.hear(.noted(9)) == [])
    #expect(agent.tell(.tick) == [consent])
  }

  @Test func `while it is away an agent keeps what it has to tell, and says it first thing`() {
    var agent = running()
    _ = agent.tell(.disconnected)
    #expect(agent.tell(.reported(key(), [1])) == [])
    #expect(agent.tell(.ended(key(), done)) == [])
    #expect(agent.tell(.tick) == [])
    #expect(
      agent.tell(.connected) == [
        report(1, 1), .told(2, key(), done), .send(.decided(job, granted)),
      ])
  }
}
