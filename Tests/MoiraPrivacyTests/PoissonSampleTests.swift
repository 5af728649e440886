import MoiraModel
import Testing

@testable import MoiraPrivacy

@Suite struct PoissonSampleTests {
  @Test func everyRowIsInAsOftenAsTheRateSays() throws {
    let (rounds, rows) = (2000, 40)
    let sample = try PoissonSample(rate: 0.3)
    var generator = SeededGenerator(seed: 1)
    var single = [Int](repeating: 0, count: rows)
    var neighbours = 0
    var sizes = 0.0
    for _ in 0..<rounds {
      let chosen = sample.rows(outOf: rows, using: &generator)
      #expect(chosen == chosen.sorted())
      for row in chosen { single[row] += 1 }
      if chosen.contains(6) && chosen.contains(7) { neighbours += 1 }
      sizes += (Double(chosen.count) - 12) * (Double(chosen.count) - 12)
    }
    for count in single { #expect(Statistics.agrees(count, of: rounds, with: 0.3)) }
    // Two rows are independent, and the size has the variance of a binomial one, n · q · (1 − q).
    #expect(Statistics.agrees(neighbours, of: rounds, with: 0.09))
    let variance = sizes / Double(rounds)
    #expect(abs(variance / 8.4 - 1) < Statistics.deviations * (2.0 / Double(rounds)).squareRoot())
  }

  @Test func theEndsOfTheRange() throws {
    var generator = SeededGenerator(seed: 1)
    #expect(try PoissonSample(rate: 1).rows(outOf: 5, using: &generator) == [0, 1, 2, 3, 4])
    #expect(try PoissonSample(rate: 1e-300).rows(outOf: 500, using: &generator).isEmpty)
    #expect(try PoissonSample(rate: 0.5).rows(outOf: 0, using: &generator).isEmpty)
    let almost = try PoissonSample(rate: 1 - 0x1p-53).rows(outOf: 500, using: &generator)
    #expect(almost.count == 500)
  }

  @Test func aRateOfHalfTakesTheWordsBelowHalf() throws {
    var (generator, plain) = (SeededGenerator(seed: 9), SeededGenerator(seed: 9))
    let chosen = try PoissonSample(rate: 0.5).rows(outOf: 100, using: &generator)
    #expect(chosen == (0..<100).filter { _ in plain.next() < 1 << 63 })
  }
}
