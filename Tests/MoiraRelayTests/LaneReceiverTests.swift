import MoiraModel
import Testing

@testable import MoiraRelay

@Suite struct LaneReceiverTests {
  @Test func `each letter is let in once and in order`() {
    var receiver = LaneReceiver(lane())
    for number in 0..<40 as Range<UInt64> {
      #expect(!receiver.expects(letter(number + 1)))
      #expect(receiver.expects(letter(number)))
      _ = receiver.letIn(letter(number), bytes: 1)
      #expect(!receiver.expects(letter(number)))
      _ = receiver.receipt
    }
    #expect(receiver.next == 40)
  }

  @Test func `a receipt follows each half of the window since the last one`() {
    var receiver = LaneReceiver(lane())
    for number in 0..<7 as Range<UInt64> {
      #expect(receiver.letIn(letter(number), bytes: 1) == nil)
    }
    #expect(receiver.letIn(letter(7, ends: false), bytes: 1) == receipt(8))
    #expect(!receiver.owesReceipt)
    #expect(receiver.letIn(letter(8), bytes: 1) == nil)
    #expect(receiver.owesReceipt)
    #expect(receiver.receipt == receipt(9))
    for number in 9..<16 as Range<UInt64> {
      #expect(receiver.letIn(letter(number), bytes: 1) == nil)
    }
    #expect(receiver.letIn(letter(16), bytes: 1) == receipt(17))
  }

  @Test func `a receipt follows a message with which much has come`() {
    var receiver = LaneReceiver(lane())
    let much = LaneLimits.unsaidBytes
    #expect(receiver.letIn(letter(0, ends: false), bytes: much) == nil)
    #expect(receiver.letIn(letter(1), bytes: 1) == receipt(2))
    #expect(receiver.letIn(letter(2), bytes: much - 1) == nil)
    #expect(receiver.letIn(letter(3), bytes: 1) == receipt(4))
  }

  @Test func `a receipt follows large pieces before half of the window`() {
    var receiver = LaneReceiver(lane())
    let piece = LaneLimits.letterBytes
    let due = UInt64(LaneLimits.unsaidPieces / piece)
    #expect((2..<LaneLimits.window / 2).contains(due))
    for number in 0..<due - 1 {
      #expect(receiver.letIn(letter(number, ends: false), bytes: piece) == nil)
    }
    #expect(receiver.letIn(letter(due - 1, ends: false), bytes: piece) == receipt(due))
    #expect(receiver.letIn(letter(due, ends: false), bytes: piece) == nil)
  }

  @Test func `what waits for the part closes the window, and taking it opens the window`() {
    var receiver = LaneReceiver(lane())
    let room = LaneLimits.roomBytes
    #expect(receiver.letIn(letter(0), bytes: room - 1)?.limit == 17)
    #expect(receiver.letIn(letter(1), bytes: 1) == nil)
    #expect(receiver.receipt == receipt(2, limit: 17))
    for number in 2..<17 as Range<UInt64> {
      #expect(receiver.expects(letter(number)))
      _ = receiver.letIn(letter(number), bytes: 1)
    }
    #expect(!receiver.expects(letter(17)))
    #expect(receiver.taken(bytes: 1) == nil)
    #expect(receiver.taken(bytes: room) == receipt(17))
    #expect(receiver.taken(bytes: room) == nil)
    #expect(receiver.expects(letter(17)))
  }

  @Test func `bytes of a message that is not whole take no room`() {
    var receiver = LaneReceiver(lane())
    _ = receiver.letIn(letter(0, ends: false), bytes: 2 * LaneLimits.roomBytes)
    #expect(receiver.receipt == receipt(1))
    _ = receiver.letIn(letter(1), bytes: 0)
    #expect(receiver.receipt == receipt(2, limit: 17))
  }

  /// Any order, any repetition, any loss: the receiver's sequence is the sender's.
  @Test(arguments: 0..<50 as Range<UInt64>)
  func `a lane over a bad way brings each letter once and in order`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var sender = LaneSender(lane())
    var receiver = LaneReceiver(lane())
    var way: [Letter] = []
    var back: [Receipt] = []
    var made: UInt64 = 0
    var got: [UInt64] = []
    for _ in 0..<20_000 where got.count < 100 {
      if made < 100, sender.hasRoom {
        way += sender.add([UInt8(made)], endsMessage: made % 3 == 2)
        made += 1
      }
      if way.isEmpty, back.isEmpty { way += sender.again() }
      if let place = way.indices.randomElement(using: &generator) {
        let letter = generator.unit() < 0.1 ? way[place] : way.remove(at: place)
        if generator.unit() < 0.1 { continue }
        if receiver.expects(letter) {
          got.append(letter.number)
          _ = receiver.letIn(letter, bytes: 1)
          _ = receiver.taken(bytes: 1)
        }
        back.append(receiver.receipt)
      }
      if let place = back.indices.randomElement(using: &generator) {
        way += sender.take(back.remove(at: place))
      }
    }
    #expect(got == Array(0..<100))
  }
}
