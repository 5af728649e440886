import Foundation
import MoiraModel
import Testing

@testable import MoiraPrivacy

@Suite("noise of whole updates")
struct UpdateGaussianTests {
  private func vector(_ count: Int, seed: UInt64, length: Double) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    let raw = (0..<count).map { _ in generator.unit() - 0.5 }
    let norm = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return raw.map { $0 / norm * length }
  }

  private func squares(_ steps: [Int64]) -> UInt128 {
    steps.reduce(0) { $0 + UInt128($1.magnitude) * UInt128($1.magnitude) }
  }

  @Test(
    "after rounding no update is longer than the clip, in exact integers",
    arguments: [1e-6, 0.1, 1, 3, 1000], [0.5, 1, 1.0000000001, 50])
  func clipHolds(clip: Double, factor: Double) throws {
    let grid = try ClippedGrid(norm: clip, deviation: min(clip, 200))
    for seed in 1...40 as ClosedRange<UInt64> {
      let update = vector(1 + Int(seed) * 7, seed: seed, length: clip * factor)
      let steps = grid.integers(of: update)
      #expect(squares(steps) <= UInt128(grid.normSteps) * UInt128(grid.normSteps))
      // And next to nothing is lost: a step a coordinate, and 2⁻³⁸ of the length.
      let unit = Double(sign: .plus, exponent: -grid.fractionBits, significand: 1)
      for (step, value) in zip(steps, update) {
        let wanted = factor > 1 ? value / factor : value
        #expect(abs(Double(step) * unit - wanted) <= 2 * unit + clip * 0x1p-32)
        #expect(abs(Double(step) * unit) <= abs(value))
      }
    }
  }

  @Test("rounding to the nearest step would break the clip that rounding toward zero keeps")
  func nearestBreaks() throws {
    let grid = try ClippedGrid(norm: 0x1p-30, deviation: 1)
    // A norm of 1024 steps, and 4308 coordinates of 15.6 of them each: 1023.9 in all.
    let scale = Double(sign: .plus, exponent: grid.fractionBits, significand: 1)
    #expect(grid.normSteps == 1024)
    let update = [Double](repeating: 15.6 / scale, count: 4308)
    #expect(grid.integers(of: update) == [Int64](repeating: 15, count: 4308))
    let nearest = update.map { Int64(($0 * scale).rounded()) }
    let breaks = grid.isWithinNorm(nearest)
    #expect(!breaks)
  }

  @Test("a step too many that floating point cannot see is seen in integers")
  func lastStep() throws {
    let grid = try ClippedGrid(norm: 1, deviation: 1)
    // In Doubles 1 + 2⁻⁸⁰ is 1: the vector passes for one of norm 1.
    let steps = grid.integers(of: [1, 0x1p-40])
    #expect(grid.normSteps == 1 << 40)
    let breaks = grid.isWithinNorm([1 << 40, 1])
    #expect(!breaks)
    #expect(grid.isWithinNorm(steps) && steps[0] > (1 << 40) - 4)
  }

  @Test("an update that is no number counts as zeros")
  func notFinite() throws {
    let grid = try ClippedGrid(norm: 1, deviation: 1)
    #expect(grid.integers(of: [1, .nan, 2]) == [0, 0, 0])
    #expect(grid.integers(of: [.infinity, 0]) == [0, 0])
    #expect(squares(grid.integers(of: [.greatestFiniteMagnitude, -1e308])) <= 1 << 80)
  }

  @Test("the noise of any t parties is at least what is accounted for", arguments: [2, 3, 7, 100])
  func variance(least: Int) throws {
    for (noise, clip) in [(0.5, 1.0), (1, 0.01), (20, 10), (1.37, 0.7)] {
      let gaussian = try UpdateGaussian.distributed(
        noiseMultiplier: noise, clip: clip, leastParties: least, parties: least + 5, dimension: 10)
      let total = Double(gaussian.noise.varianceNumerator) * Double(least)
      let steps = Double(sign: .plus, exponent: gaussian.grid.fractionBits, significand: 1)
      let wanted = noise * noise * clip * clip * steps * steps
      #expect(total >= wanted)
      #expect(total <= wanted * (1 + 1e-9) + Double(least))
      #expect(gaussian.noise.varianceDenominator == 1)
      #expect(
        total >= noise * noise * Double(gaussian.grid.normSteps) * Double(gaussian.grid.normSteps))
    }
  }

  @Test("central noise costs what the Gaussian mechanism does, and shares next to nothing more")
  func accounting() throws {
    for noise in [0.5, 1, 4, 8.0] {
      let central = try UpdateGaussian.central(noiseMultiplier: noise, clip: 1, dimension: 1000)
      let shares = try UpdateGaussian.distributed(
        noiseMultiplier: noise, clip: 1, leastParties: 3, parties: 10, dimension: 1000)
      let plain = try Reference.mechanism(noise, 1)
      for order in [1.05, 2, 9.5, 300] {
        #expect(central.renyiDivergence(order: order) == plain.renyiDivergence(order: order))
        let ratio =
          shares.renyiDivergence(order: order) / plain.renyiDivergence(order: order)
        #expect(ratio >= 1 && ratio < 1 + 1e-9)
      }
    }
  }

  /// Theorem 1's τ by its formula, and the bound against the exact divergence of a convolution.
  @Test(
    "the bound for a sum of discrete Gaussians lies above its exact divergence",
    arguments: [0.5, 0.7, 1, 2], [2, 3, 5])
  func convolution(variance: Double, parties: Int) {
    let one = (-60...60).map { exp(-Double($0 * $0) / (2 * variance)) }
    let mass = one.reduce(0, +)
    var sum: [Double] = [1]
    for _ in 0..<parties {
      var next = [Double](repeating: 0, count: sum.count + one.count - 1)
      for (i, a) in sum.enumerated() where a > 0 {
        for (j, b) in one.enumerated() { next[i + j] += a * b / mass }
      }
      sum = next
    }
    let tau = UpdateGaussian.inflation(variance: variance, parties: parties)
    var expected = 0.0
    for k in 1..<parties {
      expected += 10 * exp(-2 * Double.pi * Double.pi * variance * Double(k) / Double(k + 1))
    }
    #expect(abs(tau - expected) <= 1e-12 * expected)
    for order in [1.5, 2, 4, 8] {
      var moment = 0.0
      for x in 1..<sum.count where sum[x] > 1e-250 && sum[x - 1] > 1e-250 {
        moment += exp(order * log(sum[x]) + (1 - order) * log(sum[x - 1]))
      }
      let exact = log(moment) / (order - 1)
      let scale = 1 / (Double(parties) * variance).squareRoot()
      let bound = UpdateGaussian.divergence(
        order: order, scale: scale, dimension: 1, inflation: tau)
      #expect(exact <= bound * (1 + 1e-9))
      #expect(exact > 0)
    }
  }

  @Test("noise of less than two steps a party is refused, and what the ring cannot hold")
  func limits() throws {
    func failure(_ noise: Double, _ clip: Double, least: Int = 3) -> Failure? {
      do {
        _ = try UpdateGaussian.distributed(
          noiseMultiplier: noise, clip: clip, leastParties: least, parties: least, dimension: 5)
        return nil
      } catch { return error }
    }
    // 0.0011 · 1024 steps / √3 is below one step.
    #expect(failure(0.0011, 0x1p-30)?.code == "privacy-out-of-range")
    #expect(failure(0.0011, 0x1p-30)?.message.contains("at least 2 steps") == true)
    #expect(failure(1, 0x1p-30) == nil)
    #expect(failure(1, 0x1p-31)?.code == "privacy-out-of-range")
    #expect(failure(1, 1025)?.code == "privacy-out-of-range")
    #expect(failure(300, 1)?.code == "privacy-out-of-range")
    #expect(failure(256, 1) == nil)
  }

  @Test("calibration for updates spends no more than was asked for", arguments: [0.5, 1, 3, 8])
  func calibration(epsilon: Double) throws {
    let noise = try RDPAccountant.calibrate(epsilon: epsilon, delta: 1e-5, steps: 30) {
      (noise) throws(Failure) in
      try UpdateGaussian.distributed(
        noiseMultiplier: noise, clip: 0.1, leastParties: 3, parties: 5, dimension: 31)
    }
    var accountant = RDPAccountant()
    let gaussian = try UpdateGaussian.distributed(
      noiseMultiplier: noise, clip: 0.1, leastParties: 3, parties: 5, dimension: 31)
    try accountant.add(gaussian, steps: 30)
    let spent = try accountant.epsilon(delta: 1e-5)
    #expect(spent <= epsilon && spent > epsilon * 0.999)
  }
}
