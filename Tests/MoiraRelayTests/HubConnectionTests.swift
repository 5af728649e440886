import MoiraModel
import MoiraSchedule
import Testing

@testable import MoiraRelay

@Suite struct HubConnectionTests {
  @Test func `a new connection replaces the old one, of which nothing is heard any more`() {
    var hub = ScriptedHub()
    _ = hub.connect("a")
    _ = hub.order("a", at: "a")
    #expect(hub.connect("a").first == .close("a", session: 1))
    let told = AgentMessage.told(1, .ended(key(), done))
    #expect(hub.tell(.received(told, from: "a", session: 1)) == [])
    #expect(hub.tell(.kept("a", session: 1, 1)) == [])
    #expect(hub.tell(.disconnected("a", session: 1)) == [])
    #expect(hub.desk.standings.map(\.isConnected) == [true, false])
    #expect(hub.hear(told, from: "a").first == .ended(key(), done))
  }

  @Test func `a silent connection is closed, and one that beats is not`() {
    var hub = ScriptedHub()
    _ = hub.connect("a")
    _ = hub.connect("b")
    _ = hub.tick(after: .seconds(10))
    _ = hub.hear(.beat, from: "b")
    #expect(hub.tick(after: .milliseconds(1)) == [.close("a", session: 1)])
    #expect(hub.desk.standings.map(\.isConnected) == [false, true])
    #expect(hub.desk.standings.map(\.party) == ["a", "b"])
  }

  @Test func `what is open is said again after the repetition, with a later turn`() {
    var hub = ScriptedHub()
    _ = hub.connect("a")
    _ = hub.order("a", at: "a")
    #expect(hub.tick(after: .milliseconds(4_999)) == [])
    #expect(
      hub.tick(after: .milliseconds(1)).said == [
        .standing([key()], turn: 3), .start(order(), turn: 3),
      ])
    #expect(hub.tick(after: .seconds(1)) == [])
  }

  @Test func `a clock that goes back an hour closes nothing and loses nothing`() {
    var hub = ScriptedHub()
    _ = hub.connect("a")
    _ = hub.order("a", at: "a")
    #expect(hub.tick(after: .seconds(-3600)) == [])
    #expect(hub.hear(.told(1, .ended(key(), done)), from: "a").first == .ended(key(), done))
  }

  @Test func `a party that knows of a job that is over is told to forget it`() {
    var hub = ScriptedHub()
    #expect(
      hub.connect("a", jobs: ["x", job, "old"]).said == [
        .forget("old"), .forget("x"), .standing([], turn: 1),
      ])
    #expect(hub.hear(.decided("old", granted), from: "a").said == [.forget("old")])
    #expect(hub.hear(.decided(job, granted), from: "a") == [])
  }

  @Test func `a job that waits for others' consent is not forgotten`() {
    var hub = ScriptedHub(open: false)
    _ = hub.connect("a")
    for party in ["a", "b"] as [PartyID] {
      _ = hub.tell(.propose(job, proposal: [], to: party, wait: .seconds(60)))
    }
    #expect(hub.hear(.decided(job, granted), from: "a") == [.decided(job, "a", granted)])
    #expect(hub.connect("a", jobs: [job]).said == [.standing([], turn: 2)])
  }

  @Test func `when a job is over all who were asked are told to forget it, once`() {
    var hub = ScriptedHub(open: false)
    for party in ["a", "b"] as [PartyID] {
      _ = hub.connect(party)
      _ = hub.tell(.propose(job, proposal: [], to: party, wait: .seconds(60)))
    }
    _ = hub.hear(.decided(job, granted), from: "a")
    let forget = [hub.send(.forget(job), to: "a"), hub.send(.forget(job), to: "b")]
    #expect(hub.tell(.over(job)) == forget)
    #expect(hub.tell(.over(job)) == [])
    #expect(hub.desk.jobs.isEmpty)
    #expect(hub.desk.parties.values.allSatisfy { !$0.hasOpen })
  }

  @Test func `orders of a job that is over are open no longer, those of others are`() {
    var hub = ScriptedHub()
    _ = hub.tell(.opened("k", seats: ["a": "a"]))
    _ = hub.order("a", at: "a")
    _ = hub.tell(.order(order("a", of: "k"), at: "a", wait: .seconds(9)))
    _ = hub.tell(.over(job))
    #expect(
      hub.connect("a").said == [
        .standing([key("a", of: "k")], turn: 3), .start(order("a", of: "k"), turn: 3),
      ])
  }
}
