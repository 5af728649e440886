import MoiraModel
import MoiraSchedule
import Testing

@testable import MoiraRelay

@Suite struct AgentConsentTests {
  @Test func `the policy is asked once, and its answer is said as often as the hub asks`() {
    var agent = ScriptedAgent(agreed: false)
    #expect(agent.hear(.consider(job, proposal: [1, 2])) == [.consider(job, proposal: [1, 2])])
    #expect(agent.hear(.consider(job, proposal: [1, 2])) == [])
    #expect(agent.tell(.decided(job, granted)) == [.send(.decided(job, granted))])
    #expect(agent.hear(.consider(job, proposal: [1, 2])) == [.send(.decided(job, granted))])
    #expect(agent.tell(.decided(job, Consent(refusals: [Failure("x", "")]))) == [])
  }

  @Test func `a decision is kept before it is said, and outlives the process`() {
    var agent = ScriptedAgent(agreed: false)
    _ = agent.hear(.consider(job, proposal: []))
    #expect(
      agent.machine.handle(.decided(job, granted)) == [
        .keep([.consent(job, granted)]), .send(.decided(job, granted)),
      ])
    agent.disk = agent.machine.memory
    agent.restart(connected: false)
    #expect(agent.tell(.connected) == [.send(.decided(job, granted))])
  }

  @Test func `a process that dies while the policy is asked asks it again`() {
    var agent = ScriptedAgent(agreed: false)
    _ = agent.hear(.consider(job, proposal: []))
    agent.restart()
    #expect(agent.hear(.consider(job, proposal: [])) == [.consider(job, proposal: [])])
  }

  @Test(arguments: [true, false])
  func `nothing runs without consent`(wasAsked: Bool) {
    var agent = ScriptedAgent(agreed: false)
    if wasAsked {
      _ = agent.hear(.consider(job, proposal: []))
      _ = agent.tell(.decided(job, Consent(refusals: [Failure("policy-refused", "no")])))
    }
    #expect(
      agent.hear(.start(order(), turn: 1)) == [
        .told(1, key(), .failed(.withoutConsent(job))), .refuse(.withoutConsent(job)),
      ])
    #expect(agent.machine.running.isEmpty && agent.disk.parts.isEmpty)
  }

  @Test func `questions about a job are answered only with consent`() {
    var agent = ScriptedAgent(agreed: false)
    let questions: [Question] = [.fingerprint(order()), .holds(job, seat: "a", [])]
    for question in questions {
      #expect(
        agent.hear(.ask(4, question)) == [
          .refuse(.withoutConsent(job)), .send(.answered(4, .failed(.withoutConsent(job)))),
        ])
    }
    agent.agree()
    for question in questions { #expect(agent.hear(.ask(4, question)) == [.answer(4, question)]) }
  }

  @Test func `after a job is over nothing of it is remembered`() {
    var agent = ScriptedAgent()
    _ = agent.hear(.start(order(), turn: 1))
    _ = agent.hear(.start(order("b-arbiter"), turn: 1))
    _ = agent.send(2)
    _ = agent.tell(.ended(key(), done))
    #expect(agent.disk.letters.count == 1)
    #expect(agent.hear(.forget(job)) == [.cancel(key("b-arbiter")), .forget(job)])
    #expect(agent.disk.jobs == [] && agent.machine.memory == agent.disk)
    #expect(agent.machine.lanes == LaneDesk())
    #expect(agent.machine.running.isEmpty && agent.machine.turns.isEmpty)
    // The end that was told is still said, so that no number is missing, until it is noted.
    #expect(agent.disk.tellings.count == 1)
    _ = agent.hear(.noted(1))
    _ = agent.tell(.tick)
    #expect(agent.disk.tellings.isEmpty && agent.disk.lastTold == 1)
    #expect(agent.tell(.ended(key("b-arbiter"), done)) == [])
    #expect(agent.hear(.forget(job)) == [.forget(job)])
  }

  @Test func `what is kept comes before all else`() {
    var agent = ScriptedAgent()
    var events: [AgentMachine.Event] = [.received(.start(order(), turn: 1))]
    events += [.ended(key(), done), .received(.start(order("b"), turn: 2))]
    events += [.received(.forget(job)), .received(.start(order(), turn: 3))]
    for event in events {
      let actions = agent.machine.handle(event)
      guard case .keep = actions.first else {
        Issue.record("\(event) keeps nothing first: \(actions)")
        continue
      }
    }
  }
}
