import MoiraModel
import Testing

@testable import MoiraMath

@Suite("sparse updates")
struct SharedIndicesTests {
  @Test(
    "every coordinate has its turn, equally often, and all parties choose alike",
    arguments: [1, 2, 7, 31, 100], [0.01, 0.1, 0.3, 0.5, 0.9])
  func turns(dimension: Int, keep: Double) {
    var one = SharedIndices(dimension: dimension, keep: keep, seed: 7)
    var other = SharedIndices(dimension: dimension, keep: keep, seed: 7)
    let cycle = (dimension + one.count - 1) / one.count
    var sent = [Int](repeating: 0, count: dimension)
    var last = [Int](repeating: -1, count: dimension)
    for step in 0..<(20 * cycle) {
      let indices = one.next()
      #expect(indices == other.next())
      #expect(indices.count == one.count && Set(indices).count == one.count)
      #expect(indices == indices.sorted() && indices.allSatisfy { (0..<dimension).contains($0) })
      for index in indices {
        #expect(step - last[index] <= 2 * cycle)
        last[index] = step
        sent[index] += 1
      }
    }
    #expect((sent.max() ?? 0) - (sent.min() ?? 0) <= 1)
  }

  @Test("another seed chooses otherwise")
  func seeds() {
    var one = SharedIndices(dimension: 100, keep: 0.1, seed: 1)
    var other = SharedIndices(dimension: 100, keep: 0.1, seed: 2)
    #expect(one.next() != other.next())
  }

  @Test("what was sent and what is left add up to all that was put in, to the last bit")
  func exact() {
    var generator = SeededGenerator(seed: 3)
    var indices = SharedIndices(dimension: 40, keep: 0.2, seed: 4)
    var feedback = ErrorFeedback(dimension: 40)
    var (sent, put) = ([Double](repeating: 0, count: 40), [Double](repeating: 0, count: 40))
    for _ in 0..<200 {
      // Whole numbers, so that adding them up in another order changes nothing.
      let update = (0..<40).map { _ in Double(Int(generator.next() % 2001) - 1000) }
      feedback.add(update)
      let chosen = indices.next()
      for (index, value) in zip(chosen, feedback.take(chosen)) { sent[index] += value }
      for place in 0..<40 { put[place] += update[place] }
      for place in 0..<40 { #expect(sent[place] + feedback.residual[place] == put[place]) }
    }
    #expect(sent.contains { $0 != 0 })
  }

  @Test("the largest are those of greatest magnitude")
  func largest() {
    var feedback = ErrorFeedback(dimension: 6)
    feedback.add([1, -5, 0, 5, 2, -1])
    #expect(feedback.largest(3) == [1, 3, 4])
    #expect(feedback.largest(4) == [0, 1, 3, 4])
  }
}
