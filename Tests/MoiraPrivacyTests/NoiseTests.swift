import MoiraModel
import Testing

@testable import MoiraPrivacy

@Suite struct NoiseTests {
  @Test(arguments: [1e-60, 3e-9, 0.7, 1, 123.4, 1e30, 1e60])
  func noiseLiesOnItsGridWithItsWidth(deviation: Double) throws {
    let noise = try GaussianNoise(standardDeviation: deviation)
    #expect(deviation / noise.step >= 0x1p30 && deviation / noise.step < 0x1p31)
    var generator = SeededGenerator(seed: 1)
    let samples = noise.samples(count: 20_000, using: &generator)
    #expect(samples.allSatisfy { ($0 / noise.step).rounded() == $0 / noise.step })
    let variance = samples.reduce(0) { $0 + ($1 / deviation) * ($1 / deviation) } / 20_000
    #expect(abs(variance - 1) < Statistics.deviations * (2.0 / 20_000).squareRoot())
  }

  @Test func theGridMayBeChosen() throws {
    let noise = try GaussianNoise(standardDeviation: 1, gridExponent: -10)
    #expect(noise.step == 0x1p-10)
    #expect(noise.sensitivity(clip: 2, count: 16) == 2 + 4 * 0x1p-10)
    var generator = SeededGenerator(seed: 1)
    #expect(noise.samples(count: 3, using: &generator).count == 3)
    #expect(noise.samples(count: 0, using: &generator).isEmpty)
  }

  /// The attacker knows that a value is one of two, and looks at the low bits of what was published.
  @Test func lowBitsTellTwoValuesNoBetterThanChance() throws {
    let noise = try GaussianNoise(standardDeviation: 1)
    let count = 20_000
    for (seed, value) in [0, 0.1 + 0.2, 1.0 / 3].enumerated() {
      var generator = SeededGenerator(seed: UInt64(seed))
      var values = [Double](repeating: value, count: count)
      noise.add(to: &values, using: &generator)
      var seen = [Int](repeating: 0, count: 64)
      for y in values {
        let steps = y / noise.step
        #expect(steps.rounded() == steps, "off the grid")
        seen[Int(steps) & 63] += 1
      }
      let expected = [Double](repeating: Double(count) / 64, count: 64)
      #expect(
        Statistics.chiSquare(seen, expected: expected) < Statistics.chiSquareLimit(degrees: 63))
    }
  }

  /// What the test above would see without rounding: the low bits of the value are still there.
  @Test func withoutTheGridTheLowBitsWouldTell() throws {
    let noise = try GaussianNoise(standardDeviation: 1)
    var generator = SeededGenerator(seed: 4)
    let samples = noise.samples(count: 100, using: &generator)
    let offGrid = samples.count { sample in
      let steps = (sample + 1.0 / 3) / noise.step
      return steps.rounded() != steps
    }
    #expect(offGrid == 100)
  }

  @Test func noiseIsCentredOnTheValue() throws {
    let noise = try GaussianNoise(standardDeviation: 0.5)
    var generator = SeededGenerator(seed: 8)
    var values = [Double](repeating: 41.25, count: 20_000)
    noise.add(to: &values, using: &generator)
    let mean = values.reduce(0, +) / 20_000
    #expect(abs(mean - 41.25) < Statistics.deviations * 0.5 / 20_000.0.squareRoot())
  }

  @Test func hugeValuesDoNotTrap() throws {
    let noise = try GaussianNoise(standardDeviation: 1)
    var generator = SeededGenerator(seed: 8)
    var values = [1e300, -1e300, 0x1p60]
    noise.add(to: &values, using: &generator)
    #expect(values.allSatisfy { $0.isFinite })
  }
}
