import MoiraModel
import Testing

@testable import MoiraRelay

@Suite struct LaneSenderTests {
  /// A sender that was given as many pieces.
  func sender(_ count: Int) -> LaneSender {
    var sender = LaneSender(lane())
    for _ in 0..<count { _ = sender.add([1], endsMessage: true) }
    return sender
  }

  @Test func `letters are numbered from 0 and go at once while the window has room`() {
    var sender = LaneSender(lane())
    for number in 0..<LaneLimits.window {
      #expect(sender.hasRoom)
      #expect(sender.add([7], endsMessage: false).numbers() == [number])
    }
    #expect(!sender.hasRoom)
    #expect(sender.add([7], endsMessage: true) == [])
    #expect(sender.next == LaneLimits.window + 1)
  }

  @Test func `a receipt moves the window, and what waited goes`() {
    var sender = sender(20)
    #expect(sender.take(receipt(3)).numbers() == [16, 17, 18])
    #expect(sender.unreceived.numbers() == Array(3..<20))
    #expect(sender.take(receipt(4)).numbers() == [19])
    #expect(sender.take(receipt(20)) == [])
    #expect(sender.isDrained)
  }

  @Test func `a limit below the window holds letters back until there is room`() {
    var sender = sender(20)
    #expect(sender.take(receipt(16, limit: 16)) == [])
    #expect(!sender.hasRoom)
    #expect(sender.take(receipt(16, limit: 18)).numbers() == [16, 17])
    #expect(sender.take(receipt(16)).numbers() == [18, 19])
  }

  @Test func `a limit further away than a window is not used`() {
    var sender = sender(40)
    #expect(sender.take(receipt(1, limit: .max - 1)).numbers() == [16])
  }

  @Test func `receipts that are late, repeated or of letters never sent change nothing`() {
    var sender = sender(20)
    _ = sender.take(receipt(5))
    let before = sender
    for late in [
      receipt(5), receipt(2), receipt(0, limit: 0), receipt(21), receipt(.max - 1, limit: 0),
    ] {
      #expect(sender.take(late) == [])
    }
    #expect(sender == before)
  }

  @Test func `after a cut all without a receipt goes again, in order and within the window`() {
    var sender = sender(20)
    _ = sender.take(receipt(2, limit: 4))
    #expect(sender.again().numbers() == Array(2..<16))
    _ = sender.take(receipt(4))
    #expect(sender.again().numbers() == Array(4..<20))
  }

  @Test func `what is stalled goes again only when no receipt came since`() {
    var sender = sender(3)
    #expect(sender.stalled() == [])
    #expect(sender.stalled().numbers() == [0, 1, 2])
    _ = sender.take(receipt(1))
    #expect(sender.stalled() == [])
    #expect(sender.stalled().numbers() == [1, 2])
    _ = sender.take(receipt(3))
    #expect(sender.stalled() == [])
    #expect(sender.stalled() == [])
  }

  @Test func `what was sent since the last tick is not stalled`() {
    var sender = sender(1)
    _ = sender.take(receipt(1))
    #expect(sender.stalled() == [])
    _ = sender.add([1], endsMessage: true)
    #expect(sender.stalled() == [])
    #expect(sender.stalled().numbers() == [1])
  }

  @Test func `a receiver that is over takes nothing: nothing is held, and there is room for ever`()
  {
    var sender = sender(20)
    #expect(sender.take(closed) == [])
    #expect(sender.isDrained && sender.hasRoom)
    for _ in 0..<40 { #expect(sender.add([1], endsMessage: true) == []) }
    #expect(sender.isDrained && sender.again() == [])
  }

  @Test func `the next process goes on with what was left`() {
    var sender = LaneSender(lane(), leaving: (5..<30).map { letter($0) })
    #expect(sender.next == 30)
    #expect(sender.again().numbers() == Array(5..<21))
    #expect(sender.take(receipt(7)).numbers() == [21, 22])
    #expect(sender.take(receipt(3)) == [])
  }
}
