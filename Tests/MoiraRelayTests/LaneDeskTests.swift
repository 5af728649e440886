import MoiraModel
import Testing

@testable import MoiraRelay

@Suite struct LaneDeskTests {
  func desk(running keys: OrderKey...) -> LaneDesk {
    var desk = LaneDesk()
    for key in keys { desk.begin(key) }
    return desk
  }

  @Test func `a part that does not run sends nothing and lets nothing in`() {
    var desk = LaneDesk()
    #expect(desk.add([1], endsMessage: true, to: lane()) == [])
    #expect(desk.verdict(letter(0)) == .tell(receipt(0)))
    #expect(desk == LaneDesk())
  }

  @Test func `a letter is opened once`() {
    var desk = desk(running: key("b"))
    #expect(desk.verdict(letter(1)) == .tell(receipt(0)))
    #expect(desk.verdict(letter(0)) == .open)
    #expect(desk.letIn(letter(0), bytes: 1) == nil)
    #expect(desk.verdict(letter(0)) == .tell(receipt(1)))
    #expect(desk.verdict(letter(1)) == .open)
  }

  @Test func `a letter whose seal was broken is still expected`() {
    var desk = desk(running: key("b"))
    #expect(desk.verdict(letter(0)) == .open)
    #expect(desk.verdict(letter(0)) == .open)
  }

  @Test func `a part that is over takes nothing, whatever the attempt sends`() {
    var desk = desk(running: key("b"), key("b", 2))
    #expect(desk.verdict(letter(0)) == .open)
    #expect(desk.end(key("b")).isEmpty)
    #expect(desk.verdict(letter(0)) == .tell(closed))
    #expect(desk.verdict(letter(0, lane("a", "b", 2))) == .open)
  }

  @Test func `at its end a part tells the partners who have not heard what came`() {
    var desk = desk(running: key("b"))
    for (from, count) in [("a", 8), ("c", 1), ("d", 0)] as [(PartyID, UInt64)] {
      for number in 0..<count {
        #expect(desk.verdict(letter(number, lane(from, "b"))) == .open)
        _ = desk.letIn(letter(number, lane(from, "b")), bytes: 1)
      }
    }
    let closed = Receipt(address: lane("c", "b"), next: Receipt.closed, limit: Receipt.closed)
    #expect(desk.lastReceipts(key("b")) == [closed])
    _ = desk.end(key("b"))
    #expect(desk.lastReceipts(key("b")) == [])
  }

  @Test func `what a part leaves behind is sent until its partner has it`() {
    var desk = desk(running: key("a"))
    for _ in 0..<3 { _ = desk.add([1], endsMessage: true, to: lane()) }
    _ = desk.add([1], endsMessage: true, to: lane("a", "c"))
    _ = desk.take(receipt(1, lane("a", "c")))
    let left = desk.end(key("a"))
    #expect(left.map(\.0) == [lane()])
    #expect(left.first?.1.numbers() == [0, 1, 2])
    #expect(desk.isDrained(lane("a", "c")) && !desk.isDrained(lane()))
    #expect(desk.again(onlyStalled: false) == (0..<3).map { .letter(letter($0, sealed: [1])) })
    _ = desk.take(receipt(3))
    #expect(desk.again(onlyStalled: false) == [])
  }

  @Test func `what is forgotten leaves nothing`() {
    var desk = desk(running: key("a"), key("b"))
    _ = desk.add([1], endsMessage: true, to: lane())
    _ = desk.verdict(letter(0))
    _ = desk.end(key("b"))
    desk.forget(job)
    #expect(desk == LaneDesk())
  }

  @Test func `on a new connection letters and receipts go again, in the order of their lanes`() {
    var desk = desk(running: key("a"))
    for to in ["c", "b"] as [PartyID] { _ = desk.add([1], endsMessage: true, to: lane("a", to)) }
    _ = desk.verdict(letter(0, lane("b", "a")))
    _ = desk.letIn(letter(0, lane("b", "a")), bytes: 1)
    #expect(
      desk.again(onlyStalled: false) == [
        .letter(letter(0, lane("a", "b"), sealed: [1])),
        .letter(letter(0, lane("a", "c"), sealed: [1])),
        .receipt(receipt(1, lane("b", "a"))),
      ])
    #expect(desk.again(onlyStalled: true) == [.receipt(receipt(1, lane("b", "a")))])
    #expect(desk.again(onlyStalled: true).count == 3)
  }
}
