import MoiraModel
import Testing

@testable import MoiraMath

@Suite("robust rules")
struct RobustRuleTests {
  private func vectors(_ count: Int, _ dimension: Int, seed: UInt64) -> [[Double]] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in (0..<dimension).map { _ in generator.unit() * 2 - 1 } }
  }

  /// The value that as many lie below as above, by counting; of an even number the middle of two.
  private func medianByCounting(_ values: [Double]) -> Double {
    let n = values.count
    let lower = values.filter { v in values.count { $0 < v } <= (n - 1) / 2 }.max() ?? .nan
    let upper = values.filter { v in values.count { $0 > v } <= (n - 1) / 2 }.min() ?? .nan
    return (lower + upper) / 2
  }

  /// All ways to take `cut` least and greatest out, one at a time.
  private func trimmedByRemoving(_ values: [Double], cut: Int) -> Double {
    var left = values
    for _ in 0..<cut {
      left.remove(at: left.firstIndex(of: left.min() ?? 0) ?? 0)
      left.remove(at: left.firstIndex(of: left.max() ?? 0) ?? 0)
    }
    return left.reduce(0, +) / Double(left.count)
  }

  /// Krum's score by trying all sets of n − f − 2 others.
  private func scoreByTrying(_ vectors: [[Double]], of own: Int, byzantine: Int) -> Double {
    let others = vectors.indices.filter { $0 != own }
    let size = vectors.count - byzantine - 2
    var best = Double.infinity
    for bits in 0..<(1 << others.count) where bits.nonzeroBitCount == size {
      var sum = 0.0
      for (place, other) in others.enumerated() where bits >> place & 1 == 1 {
        for (a, b) in zip(vectors[own], vectors[other]) { sum += (a - b) * (a - b) }
      }
      best = min(best, sum)
    }
    return best
  }

  @Test("median and trimmed mean agree with counting and removing", arguments: 1...9)
  func coordinates(count: Int) {
    for seed in 1...20 as ClosedRange<UInt64> {
      let vectors = vectors(count, 5, seed: seed)
      let median = RobustRule.median.combine(vectors)
      let trimmed = RobustRule.trimmedMean(fraction: 0.25).combine(vectors)
      for place in 0..<5 {
        let values = vectors.map { $0[place] }
        #expect(abs(median[place] - medianByCounting(values)) < 1e-12)
        let exact = trimmedByRemoving(values, cut: count / 4)
        #expect(abs(trimmed[place] - exact) < 1e-12)
      }
      let whole = RobustRule.trimmedMean(fraction: 0).combine(vectors)
      for (ours, theirs) in zip(whole, RobustRule.mean.combine(vectors)) {
        #expect(abs(ours - theirs) < 1e-15)
      }
    }
  }

  @Test("Krum's scores are those of the nearest sets, found by trying all", arguments: [0, 1, 2])
  func krum(byzantine: Int) {
    for seed in 1...10 as ClosedRange<UInt64> {
      let vectors = vectors(2 * byzantine + 4, 3, seed: seed)
      let scores = RobustRule.krumScores(vectors, byzantine: byzantine)
      let exact = vectors.indices.map { scoreByTrying(vectors, of: $0, byzantine: byzantine) }
      for (ours, theirs) in zip(scores, exact) { #expect(abs(ours - theirs) < 1e-12) }
      let best = vectors.indices.min { exact[$0] < exact[$1] } ?? 0
      #expect(
        RobustRule.krum(byzantine: byzantine, selected: 1).combine(vectors) == vectors[best])
    }
  }

  @Test("equal vectors come out as they went in, whatever the rule")
  func fixedPoint() {
    let one = [0.25, -3, 7.5]
    for rule in [
      .mean, .median, .trimmedMean(fraction: 0.3), .krum(byzantine: 1, selected: 2),
    ] as [RobustRule] {
      #expect(rule.combine(Array(repeating: one, count: 6)) == one)
    }
  }

  /// Honest vectors lie within 1 of the truth in each coordinate; an attacker at 10⁶ moves the mean
  /// by 10⁵ and more, and must move no robust rule out of where the honest ones lie.
  @Test(
    "attackers move the mean anywhere, and no robust rule beyond the honest vectors",
    arguments: 1...20)
  func byzantine(seed: UInt64) {
    let truth = [5.0, -2, 0, 100]
    let honest = vectors(7, 4, seed: seed).map { zip($0, truth).map(+) }
    let far = [[1e6, -1e6, 1e6, 1e6], [1e6, -1e6, 1e6, 1e6]]
    // Inner attackers: all just at the edge, to pull as far as can be without showing.
    let near = [truth.map { $0 + 1 }, truth.map { $0 + 1 }]
    for attackers in [far, near] {
      let all = honest + attackers
      for rule in [
        .median, .trimmedMean(fraction: 0.25), .krum(byzantine: 2, selected: 1),
        .krum(byzantine: 2, selected: 3),
      ] as [RobustRule] {
        for (value, place) in zip(rule.combine(all), truth.indices) {
          #expect(abs(value - truth[place]) <= 1, "\(rule) left the honest vectors")
        }
      }
    }
    #expect(abs(RobustRule.mean.combine(honest + far)[0] - truth[0]) > 1e5)
  }

  @Test("how many vectors a rule needs")
  func least() {
    #expect(RobustRule.krum(byzantine: 1, selected: 1).leastVectors == 5)
    #expect(RobustRule.krum(byzantine: 2, selected: 9).leastVectors == 13)
    #expect(RobustRule.median.leastVectors == 1)
    #expect(RobustRule.trimCount(0.49, of: 3) == 1)
    #expect(RobustRule.trimCount(0.49, of: 2) == 0)
  }
}
