import Foundation
import MoiraModel
import Testing

@testable import MoiraPrivacy

@Suite struct DiscreteGaussianTests {
  private static let count = 40_000

  private func draw(_ n: UInt128, _ d: UInt64, seed: UInt64, count: Int = count) throws -> [Int64] {
    let gaussian = try DiscreteGaussian(varianceNumerator: n, varianceDenominator: d)
    var generator = SeededGenerator(seed: seed)
    return gaussian.samples(count: count, using: &generator)
  }

  /// exp(−x² d / 2n), as a share of the sum over all whole numbers.
  private func probability(of x: Int, _ n: UInt128, _ d: UInt64) -> Double {
    let weight = { (x: Int) in exp(-Double(x * x) * Double(d) / (2 * Double(n))) }
    return weight(x) / (-200...200).reduce(0) { $0 + weight($1) }
  }

  @Test(arguments: [(1, 5), (1, 1), (7, 3), (4, 1), (25, 2), (100, 1)] as [(UInt128, UInt64)])
  func smallOnesHaveTheirExactOdds(n: UInt128, d: UInt64) throws {
    let samples = try draw(n, d, seed: UInt64(n) &* 31 &+ d)
    // All x that are expected ten times and more, and the rest on either side.
    let reach = (0...200).last { probability(of: $0, n, d) * Double(Self.count) >= 10 } ?? 0
    var seen = [Int](repeating: 0, count: 2 * reach + 2)
    for x in samples {
      seen[abs(x) <= reach ? Int(x) + reach : 2 * reach + 1] += 1
    }
    var expected = (-reach...reach).map { probability(of: $0, n, d) * Double(Self.count) }
    expected.append(max(Double(Self.count) - expected.reduce(0, +), 1e-3))
    let limit = Statistics.chiSquareLimit(degrees: expected.count - 1)
    // The few beyond are checked apart: their expected count is too small for chi-square.
    #expect(Statistics.chiSquare(seen.dropLast(), expected: expected.dropLast()) < limit)
    #expect(Double(seen[2 * reach + 1]) < expected[2 * reach + 1] + 40)
  }

  @Test(arguments: [10, 20, 30, 40, 42])
  func largeOnesFollowTheNormalDistribution(bits: Int) throws {
    let samples = try draw(1 << UInt128(2 * bits), 1, seed: UInt64(bits))
    let units = samples.map { Double($0) / Double(1 << bits) }
    let n = Double(Self.count)
    let mean = units.reduce(0, +) / n
    #expect(abs(mean) < Statistics.deviations / n.squareRoot())
    let variance = units.reduce(0) { $0 + $1 * $1 } / n
    #expect(abs(variance - 1) < Statistics.deviations * (2 / n).squareRoot())
    #expect(Statistics.agrees(samples.count { $0 > 0 }, of: Self.count, with: 0.5))
    // As many in each of fifty equally likely stretches.
    var seen = [Int](repeating: 0, count: 50)
    for x in units { seen[min(49, Int(Statistics.normalCumulative(x) * 50))] += 1 }
    let expected = [Double](repeating: n / 50, count: 50)
    #expect(
      Statistics.chiSquare(seen, expected: expected) < Statistics.chiSquareLimit(degrees: 49))
  }

  @Test func lowBitsAreUniform() throws {
    for bits in [12, 30] {
      let samples = try draw(1 << UInt128(2 * bits), 1, seed: 5)
      var seen = [Int](repeating: 0, count: 256)
      for x in samples { seen[Int(x & 255)] += 1 }
      let expected = [Double](repeating: Double(Self.count) / 256, count: 256)
      #expect(
        Statistics.chiSquare(seen, expected: expected) < Statistics.chiSquareLimit(degrees: 255))
    }
  }

  @Test func sharesOfTheNoiseAddUpToIt() throws {
    // Eight parties with σ²/8 each: the sum's variance is σ².
    var sums = [Int64](repeating: 0, count: 10_000)
    for party in 0..<8 {
      let share = try draw(1 << 40, 8, seed: 100 + UInt64(party), count: sums.count)
      for i in sums.indices { sums[i] += share[i] }
    }
    let variance = sums.reduce(0.0) { $0 + Double($1) * Double($1) } / 1e4 / 0x1p40
    #expect(abs(variance - 1) < Statistics.deviations * (2 / 1e4).squareRoot())
  }

  @Test func theSameSeedGivesTheSameNumbersAndAnotherDoesNot() throws {
    let (a, b, c) = (
      try draw(1 << 60, 3, seed: 1, count: 50), try draw(1 << 60, 3, seed: 1, count: 50),
      try draw(1 << 60, 3, seed: 2, count: 50)
    )
    #expect(a == b && a != c)
  }

  @Test(
    arguments: [
      (1, 1), (1, .max), (.init(UInt64.max), .max), (1 << 84, 1), (1 << 100, .max), (1, 1_000_000),
    ] as [(UInt128, UInt64)])
  func extremesDoNotTrap(n: UInt128, d: UInt64) throws {
    let samples = try draw(n, d, seed: 9, count: 500)
    let deviation = (Double(n) / Double(d)).squareRoot()
    #expect(samples.allSatisfy { abs(Double($0)) <= 12 * deviation + 1 })
  }

  @Test func whatIsTooWideIsRefused() throws {
    #expect(throws: Failure.self) { try DiscreteGaussian(standardDeviation: 1 << 42 + 1) }
    #expect(throws: Failure.self) { try DiscreteGaussian(standardDeviation: .max) }
    #expect(throws: Failure.self) {
      try DiscreteGaussian(varianceNumerator: .max, varianceDenominator: .max)
    }
    #expect(throws: Failure.self) {
      try DiscreteGaussian(varianceNumerator: 1, varianceDenominator: 0)
    }
  }

  @Test func noneMayBeAskedFor() throws {
    #expect(try draw(4, 1, seed: 1, count: 0).isEmpty)
  }

  @Test func rootsAreRoundedDown() {
    for n in [0, 1, 2, 3, 4, 8, 9, 1 << 84, (1 << 84) - 1, .max] as [UInt128] {
      let root = UInt128(squareRoot(n))
      #expect(root * root <= n)
      #expect(
        (root + 1).multipliedReportingOverflow(by: root + 1).overflow || (root + 1) * (root + 1) > n
      )
    }
  }
}
