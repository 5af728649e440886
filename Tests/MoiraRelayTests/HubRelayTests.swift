import MoiraModel
import MoiraSchedule
import Testing

@testable import MoiraRelay

@Suite struct HubRelayTests {
  func hub() -> ScriptedHub {
    var hub = ScriptedHub()
    for party in ["a", "b", "c"] as [PartyID] { _ = hub.connect(party) }
    return hub
  }

  @Test func `letters go to who holds the seat, and receipts back`() {
    var hub = hub()
    let letter = letter(0, lane("a", "b-arbiter"))
    #expect(hub.hear(.letter(letter), from: "a") == [hub.send(.letter(letter), to: "b")])
    let receipt = receipt(1, lane("a", "b-arbiter"))
    #expect(hub.hear(.receipt(receipt), from: "b") == [hub.send(.receipt(receipt), to: "a")])
  }

  @Test func `nobody writes in another's name`() {
    var hub = hub()
    for party in ["a", "c"] as [PartyID] {
      let refused = [HubDesk.Action.refuse(.forgedSender(lane("b", "a")), from: party)]
      #expect(hub.hear(.letter(letter(0, lane("b", "a"))), from: party) == refused)
      let forged = [HubDesk.Action.refuse(.forgedSender(lane()), from: party)]
      #expect(hub.hear(.receipt(receipt(1)), from: party) == forged)
    }
    let stranger = lane("a", "z")
    #expect(
      hub.hear(.letter(letter(0, stranger)), from: "a")
        == [.refuse(.forgedSender(stranger), from: "a")])
  }

  @Test func `nothing is relayed of a job that is not open`() {
    var hub = hub()
    _ = hub.tell(.over(job))
    #expect(hub.hear(.letter(letter(0)), from: "a") == [.refuse(.unknownJob(job), from: "a")])
    _ = hub.tell(.propose(job, proposal: [], to: "a", wait: .seconds(1)))
    #expect(hub.hear(.letter(letter(0)), from: "a") == [.refuse(.unknownJob(job), from: "a")])
  }

  @Test func `a letter that is too long is refused, and one that is just not is relayed`() {
    var hub = hub()
    for excess in [0, 1] {
      let long = Letter(
        address: lane(), number: 0, endsMessage: true,
        sealed: [UInt8](repeating: 0, count: LaneLimits.sealedBytes + excess))
      #expect(
        hub.hear(.letter(long), from: "a")
          == (excess == 0
            ? [hub.send(.letter(long), to: "b")] : [.refuse(.tooLong(lane()), from: "a")]))
    }
  }

  @Test func `for a party that is away nothing is kept`() {
    var hub = hub()
    _ = hub.leave("b")
    #expect(hub.hear(.letter(letter(0)), from: "a") == [])
    #expect(hub.connect("b").said == [.standing([], turn: 4)])
  }

  @Test func `letters to a part of which nothing more is expected are answered by the hub`() {
    var hub = hub()
    _ = hub.order("b", at: "b")
    #expect(hub.hear(.letter(letter(0)), from: "a").said == [.letter(letter(0))])
    _ = hub.hear(.told(1, .ended(key("b"), done)), from: "b")
    #expect(hub.hear(.letter(letter(0)), from: "a") == [hub.send(.receipt(closed), to: "a")])
    #expect(
      hub.hear(.letter(letter(0)), from: "c") == [.refuse(.forgedSender(lane()), from: "c")])
  }
}
