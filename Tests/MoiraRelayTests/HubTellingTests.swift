import MoiraModel
import MoiraSchedule
import Testing

@testable import MoiraRelay

@Suite struct HubTellingTests {
  func hub() -> ScriptedHub {
    var hub = ScriptedHub()
    for party in ["a", "b"] as [PartyID] { _ = hub.connect(party) }
    _ = hub.order("a", at: "a")
    return hub
  }

  func report(_ number: UInt64) -> AgentMessage { .told(number, .report(key(), [UInt8(number)])) }

  @Test func `reports are taken in order, each once, and noted when they are kept`() {
    var hub = hub()
    for number in 1...2 as ClosedRange<UInt64> {
      #expect(
        hub.hear(report(number), from: "a") == [
          .report(key(), [UInt8(number)], from: "a", session: 1, number: number)
        ])
    }
    #expect(hub.hear(report(1), from: "a").said == [.noted(0)])
    #expect(hub.tell(.kept("a", session: 1, 1)).said == [.noted(1)])
    #expect(hub.hear(report(1), from: "a").said == [.noted(1)])
    #expect(hub.tell(.kept("a", session: 1, 2)).said == [.noted(2)])
  }

  @Test func `an end is taken once, and noted no further than the reports before it are kept`() {
    var hub = hub()
    _ = hub.hear(report(1), from: "a")
    let told = AgentMessage.told(2, .ended(key(), done))
    #expect(hub.hear(told, from: "a") == [.ended(key(), done), hub.send(.noted(0), to: "a")])
    #expect(hub.hear(told, from: "a").said == [.noted(0)])
    #expect(hub.tell(.kept("a", session: 1, 1)).said == [.noted(2)])
    #expect(hub.hear(.told(3, .ended(key(), done)), from: "a") == [hub.send(.noted(3), to: "a")])
  }

  @Test func `on a new connection tellings come again from the first that was not noted`() {
    var hub = hub()
    _ = hub.hear(report(1), from: "a")
    _ = hub.hear(report(2), from: "a")
    _ = hub.connect("a", firstTold: 2)
    #expect(
      hub.hear(report(2), from: "a")
        == [.report(key(), [2], from: "a", session: 3, number: 2)])
  }

  @Test func `a number that is left out is refused by name and ends the connection, no other one`()
  {
    var hub = hub()
    _ = hub.hear(report(1), from: "a")
    let gap = Failure(
      "frame-sequence",
      "what an agent tells must be numbered without a gap, but 'a' went from 1 to 3",
      hint: "use the same build of Moira at both; the agent says it again on its next connection")
    #expect(
      hub.hear(report(3), from: "a") == [
        .refuse(.skipped(job), from: "a"), .close("a", session: 1, because: gap),
      ])
    #expect(hub.desk.standings.map(\.isConnected) == [false, true])
    // Nothing more is heard on it, not even what was missing.
    #expect(hub.hear(report(2), from: "a") == [])
    _ = hub.connect("a", firstTold: 1)
    for number in 1...3 as ClosedRange<UInt64> {
      #expect(
        hub.hear(report(number), from: "a") == [
          .report(key(), [UInt8(number)], from: "a", session: 3, number: number)
        ])
    }
  }

  @Test func `an agent that leaves numbers out for ever is given up like one that is away`() {
    var hub = hub()
    for _ in 0..<3 {
      let gap = hub.hear(.told(7, .ended(key(), done)), from: "a")
      #expect(gap.contains { if case .close("a", _, .some) = $0 { true } else { false } })
      #expect(!gap.contains { if case .ended = $0 { true } else { false } })
      _ = hub.connect("a")
    }
    _ = hub.hear(.told(7, .ended(key(), done)), from: "a")
    #expect(
      hub.tick(after: .seconds(60)).contains(.ended(key(), .failed(HubOpenTests.unreachable))))
  }

  @Test func `nobody tells of another's part`() {
    var hub = hub()
    #expect(hub.hear(.told(1, .report(key(), [1])), from: "b").said == [.noted(1)])
    #expect(hub.hear(.told(2, .ended(key(), done)), from: "b").said == [.noted(2)])
    #expect(hub.hear(.told(1, .ended(key(), done)), from: "a").first == .ended(key(), done))
  }

  @Test func `the largest numbers overflow nothing`() {
    var hub = hub()
    _ = hub.connect("a", firstTold: .max)
    #expect(hub.hear(.told(.max, .ended(key(), done)), from: "a").first == .ended(key(), done))
    #expect(hub.hear(.told(.max, .report(key(), [])), from: "a").said == [.noted(.max)])
    #expect(hub.hear(report(1), from: "a").said == [.noted(.max)])
    _ = hub.connect("a", firstTold: 0)
    #expect(hub.hear(report(0), from: "a").said == [.noted(0)])
  }

  @Test func `a decision is taken once, from who was asked`() {
    var hub = hub()
    _ = hub.tell(.propose("k", proposal: [], to: "a", wait: .seconds(1)))
    #expect(hub.hear(.decided("k", granted), from: "b") == [])
    #expect(hub.hear(.decided("k", granted), from: "a") == [.decided("k", "a", granted)])
    #expect(hub.hear(.decided("k", granted), from: "a") == [])
  }
}
