import MoiraModel
import Testing

@testable import MoiraSchedule

@Suite struct ReadyQueueTests {
  @Test(arguments: 0..<200 as Range<UInt64>)
  func `entries come out by priority, then order, whatever order they went in`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let count = Int(seed % 40)
    let entries = (0..<count).map {
      ReadyQueue.Entry(priority: .random(in: -2...2, using: &generator), order: $0)
    }
    var queue = ReadyQueue()
    for entry in entries.shuffled(using: &generator) { queue.push(entry) }
    #expect(queue.count == count)
    var out: [ReadyQueue.Entry] = []
    while let next = queue.pop() { out.append(next) }
    #expect(out == entries.sorted { ($1.priority, $0.order) < ($0.priority, $1.order) })
  }

  @Test func `an interleaving of pushes and pops always gives the first`() {
    var generator = SeededGenerator(seed: 1)
    var queue = ReadyQueue()
    var model: [Int] = []
    for order in 0..<2000 {
      if Bool.random(using: &generator) {
        queue.push(.init(priority: order % 5, order: order))
        model.append(order)
      } else {
        let first = model.min { ($1 % 5, $0) < ($0 % 5, $1) }
        #expect(queue.pop()?.order == first)
        model.removeAll { $0 == first }
      }
    }
  }
}
