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

  @Test func `tellings are numbered from 1 without a gap, across processes`() {
    var agent = running()
    #expect(agent.machine.firstTold == 1)
    #expect(agent.tell(.reported(key(), [1])) == [report(1, 1)])
    #expect(agent.tell(.reported(key(), [2])) == [report(2, 2)])
    _ = agent.hear(.noted(2))
    agent.restart()
    #expect(agent.machine.firstTold == 3)
    #expect(agent.hear(.start(order(), turn: 1)) == [.told(3, key(), .lost)])
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
